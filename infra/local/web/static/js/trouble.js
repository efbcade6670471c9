// The switches that make trouble: WhatsApp's own through the simulated one, the fake Gemini and SUNAT, and a process that dies.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import * as store from "./store.js";

const { state } = store;

const SWITCHES = [
  ["duplicate", 1, "Duplicar", "Cada aviso llega dos veces a la vez"],
  ["reorder", 1.5, "Desordenar", "Cada aviso espera al azar hasta 1,5 s; se adelantan unos a otros"],
  ["down", true, "Graph caído", "Toda llamada a WhatsApp recibe un error 503"],
];

const RESTARTS = "El trabajador termina lo que tiene entre manos y se reinicia…";
const SLOW = "Lo que no se comprueba solo, como una foto, se le pregunta a un Gemini de prueba que tarda 20 s; a los 13 s se responde con el OCR propio. Al cambiar, el trabajador se reinicia";

const SUNAT = [
  ["good", "SUNAT encendida", "A cada comprobante completo que su QR no comprueba se le pregunta a un SUNAT de prueba, que conoce los de la demo. Al encenderla o apagarla, el trabajador se reinicia"],
  ["down", "SUNAT caída", "Corta cada llamada: se responde como si no se le preguntara. Cuando vuelve, se le pregunta otra vez en hasta un minuto"],
  ["slow", "SUNAT lenta", "Contesta a los 20 s: el primer archivo la espera hasta 3 s y los siguientes nada"],
  ["not_found", "SUNAT: no figura", "No tiene ningún comprobante, como con una boleta de hoy"],
];

const isOn = (name) => Boolean(state.switches[name]);
export const troubles = () => SWITCHES.filter(([name]) => isOn(name)).length + (state.about.gemini.slow ? 1 : 0) + (state.about.sunat.plays ? 1 : 0);

export function trouble() {
  const off = (value) => (typeof value === "boolean" ? false : 0);
  return html`<p class="note">Enciende una falla y sigue escribiendo: cada archivo recibe una sola respuesta, en orden, cuando todo vuelve.</p>
    <ul class="switches">
      ${SWITCHES.map(([name, value, label, hint]) => toggle(name, isOn(name), label, hint, () => attempt(store.setSwitches({ [name]: isOn(name) ? off(value) : value }))))}
      ${toggle("gemini", state.about.gemini.slow, "Gemini lento", changing ? RESTARTS : SLOW, () => changing || attempt(slowGemini(!state.about.gemini.slow)))}
      ${SUNAT.map(([plays, label, hint]) => toggle(`sunat-${plays}`, state.about.sunat.plays === plays, label, changing ? RESTARTS : hint, () => changing || attempt(sunat(state.about.sunat.plays === plays ? null : plays))))}
    </ul>
    ${state.about.services.includes("worker") ? html`<button class="danger" @click=${() => attempt(kill("worker"))}>Matar al trabajador</button><p class="note">El proceso muere sin aviso, a media lectura si la hay. El supervisor lo enciende otra vez y la cola repite la tarea: lo que estaba leyendo se responde cuando termina su reserva, en hasta unos dos minutos.</p>` : nothing}
    <button class="quiet" ?disabled=${!troubles()} @click=${() => attempt(calm())}>Apagar todas las fallas</button>`;
}

const toggle = (name, on, label, hint, flip) => html`<li>
  <button role="switch" aria-checked=${on} data-switch=${name} @click=${flip}>
    <span><b>${label}</b><small>${hint}</small></span><i class="knob" aria-hidden="true"></i>
  </button>
</li>`;

async function calm() {
  await store.setSwitches(Object.fromEntries(SWITCHES.map(([name, value]) => [name, typeof value === "boolean" ? false : 0])));
  if (state.about.gemini.slow) await slowGemini(false);
  if (state.about.sunat.plays) await sunat(null);
}

let changing = false;

async function slowGemini(slow) {
  changing = true;
  store.changed();
  try {
    state.about.gemini = await store.call("/web/api/gemini", { method: "POST", json: { slow } });
    store.tell(slow ? "El trabajador se reinició: ahora le pregunta a un Gemini lento." : "El trabajador se reinició, ya sin el Gemini lento.");
  } finally {
    changing = false;
    store.changed();
  }
}

async function sunat(plays) {
  changing = true;
  store.changed();
  try {
    state.about.sunat = await store.call("/web/api/sunat", { method: "POST", json: { plays } });
    store.tell(plays ? "Desde ahora se le pregunta a un SUNAT de prueba." : "Ya no se le pregunta a SUNAT.");
  } finally {
    changing = false;
    store.changed();
  }
}

async function kill(name) {
  await store.call(`/web/api/kill/${name}`, { method: "POST" });
  store.tell("El trabajador murió y se está encendiendo otra vez. Si leía algo, la respuesta llega cuando termina su reserva: hasta unos dos minutos.", 12_000);
}

const attempt = (promise) => promise.catch(() => store.tell("No se pudo cambiar: el WhatsApp simulado no responde."));
