// The switches that make trouble: WhatsApp's own through the simulated one, the fake Gemini and SUNAT, and a process that dies.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import * as store from "./store.js";
import { W } from "./words.js";

const { state } = store;

const SWITCHES = { duplicate: 1, reorder: 1.5, down: true }; // what each is when it is on
const T = W.trouble;

const isOn = (name) => Boolean(state.switches[name]);
export const troubles = () => Object.keys(SWITCHES).filter(isOn).length + (state.about.gemini.slow ? 1 : 0) + (state.about.sunat.plays ? 1 : 0);
const off = (name) => (typeof SWITCHES[name] === "boolean" ? false : 0);

export function trouble() {
  const { slow } = state.about.gemini;
  const { plays } = state.about.sunat;
  return html`<p class="note">${T.note}</p>
    <ul class="switches">
      ${Object.entries(T.switches).map(([name, [label, hint]]) => toggle(name, isOn(name), label, hint, () => attempt(store.setSwitches({ [name]: isOn(name) ? off(name) : SWITCHES[name] }))))}
      ${toggle("gemini", slow, T.gemini[0], changing ? T.restarts : T.gemini[1], () => changing || attempt(slowGemini(!slow)))}
      ${Object.entries(T.sunat).map(([name, [label, hint]]) => toggle(`sunat-${name}`, plays === name, label, changing ? T.restarts : hint, () => changing || attempt(sunat(plays === name ? null : name))))}
    </ul>
    ${state.about.services.includes("worker") ? html`<button class="danger" @click=${() => attempt(kill("worker"))}>${T.kill}</button><p class="note">${T.killNote}</p>` : nothing}
    <button class="quiet" ?disabled=${!troubles()} @click=${() => attempt(calm())}>${T.calm}</button>`;
}

const toggle = (name, on, label, hint, flip) => html`<li>
  <button role="switch" aria-checked=${on} data-switch=${name} @click=${flip}>
    <span><b>${label}</b><small>${hint}</small></span><i class="knob" aria-hidden="true"></i>
  </button>
</li>`;

async function calm() {
  await store.setSwitches(Object.fromEntries(Object.keys(SWITCHES).map((name) => [name, off(name)])));
  if (state.about.gemini.slow) await slowGemini(false);
  if (state.about.sunat.plays) await sunat(null);
}

let changing = false;

async function slowGemini(slow) {
  changing = true;
  store.changed();
  try {
    state.about.gemini = await store.call("/web/api/gemini", { method: "POST", json: { slow } });
    store.tell(slow ? T.geminiOn : T.geminiOff);
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
    store.tell(plays ? T.sunatOn : T.sunatOff);
  } finally {
    changing = false;
    store.changed();
  }
}

async function kill(name) {
  await store.call(`/web/api/kill/${name}`, { method: "POST" });
  store.tell(T.killed, 12_000);
}

const attempt = (promise) => promise.catch(() => store.tell(T.notChanged));
