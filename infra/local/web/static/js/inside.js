// Behind the scenes of one message: its journey, what was read and why, its rows; and the switches that make trouble.

import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { icons, isPdf, pageOf, time } from "./parts.js";
import { plain } from "./format.js";
import * as store from "./store.js";

const { state } = store;

export const panel = {
  open: false,
  tab: "journey",
  wamid: null, // the chosen message; null follows the newest
  data: null,
  missing: false,
  ordinal: 0,
  field: null,
  page: null,
  toggle() {
    panel.open = !panel.open;
    if (panel.open) look();
    store.changed();
  },
};

const TABS = { journey: "Recorrido", reading: "Lectura", rows: "Postgres", trouble: "Fallas" };
const SOURCES = { qr: "QR", text: "Texto del PDF", gemini: "Gemini", ocr: "OCR" };
const VERDICTS = {
  proven: ["Comprobada", "las fuentes dicen lo mismo y todo cuadra", "good"],
  consistent: ["Consistente", "lo leído cuadra entre sí", "good"],
  needs_review: ["Conviene revisarla", "algo no cuadra o no se leyó", "watch"],
  unreadable: ["No se pudo leer", "", "bad"],
  not_an_invoice: ["No es un comprobante", "", "watch"],
};
const WHAT = {
  yape: "captura de Yape",
  plin: "captura de Plin",
  bank_transfer: "constancia de transferencia",
  card_slip: "voucher de tarjeta",
  delivery_guide: "guía de remisión",
  quote: "cotización o proforma",
  foreign: "comprobante de otro país",
  photo: "foto sin comprobante",
  other: "otro documento",
};
const FAILURES = {
  empty: "archivo vacío",
  not_supported: "tipo que no se admite",
  corrupt: "archivo dañado",
  encrypted: "PDF con contraseña",
  too_large: "demasiado grande",
  too_complex: "demasiado complejo",
  unreadable: "ilegible",
  deadline: "más de 30 segundos",
  internal: "falla nuestra",
  media_expired: "WhatsApp ya no lo tiene",
};
const FIELDS = {
  kind: "Tipo",
  series: "Serie",
  number: "Número",
  issue_date: "Fecha de emisión",
  due_date: "Vencimiento",
  currency: "Moneda",
  "supplier.ruc": "RUC del proveedor",
  "supplier.name": "Razón social",
  "customer.id": "Documento del cliente",
  "customer.id_type": "Tipo de documento",
  "customer.name": "Cliente",
  taxable: "Op. gravada",
  exempt: "Op. exonerada",
  unaffected: "Op. inafecta",
  free: "Op. gratuita",
  discounts: "Descuentos",
  igv: "IGV",
  isc: "ISC",
  icbper: "ICBPER",
  other_charges: "Otros cargos",
  rounding: "Redondeo",
  total: "Total",
  detraction: "Detracción",
  perception: "Percepción",
  net_payable: "Neto a pagar",
  amount_in_words: "Monto en letras",
  "modifies.kind": "Modifica a",
  "modifies.series": "Serie modificada",
  "modifies.number": "Número modificado",
};
const KINDS = { "01": "Factura", "03": "Boleta", "07": "Nota de crédito", "08": "Nota de débito", "02": "Recibo por honorarios", 12: "Ticket", 14: "Recibo de servicios" };
const CHECKS = {
  supplier_ruc: "Dígito verificador del RUC del proveedor",
  customer_ruc: "Dígito verificador del RUC del cliente",
  customer_dni: "DNI del cliente",
  series: "Serie y número según el tipo",
  date: "Fecha posible",
  due_date: "Vencimiento posible",
  igv_rate: "IGV según la tasa del día",
  sum: "Base, impuestos y cargos suman el total",
  items: "Los ítems suman la base o el total",
  lines: "Cantidad por precio da el importe",
  words: "Monto en letras",
  net: "Neto a pagar",
  net_payable: "Neto a pagar",
};
const ITEM = { description: "descripción", quantity: "cantidad", unit: "unidad", unit_price: "precio", amount: "importe" };

const nameOfCheck = (name) => CHECKS[name] ?? name.replaceAll("_", " ");
const valueOf = (each) => (each.field === "kind" && KINDS[each.value] ? `${each.value} · ${KINDS[each.value]}` : each.value);

const labelOf = (path) => {
  const item = /^items\.(\d+)(?:\.(\w+))?$/.exec(path);
  return item ? `Ítem ${Number(item[1]) + 1}${item[2] ? `, ${ITEM[item[2]] ?? item[2]}` : ""}` : (FIELDS[path] ?? path);
};

// What is looked at

export function choosePoint(wamid) {
  panel.open = true;
  panel.wamid = wamid;
  panel.field = panel.page = null;
  panel.ordinal = 0;
  if (panel.tab === "trouble") panel.tab = "journey";
  look();
  store.changed();
  queueMicrotask(() => document.querySelector(".inside")?.focus());
}

let asked = 0;
let timer;

function target() {
  const kept = store.conversation(state.current);
  if (panel.wamid && kept.some((each) => each.wamid === panel.wamid)) return panel.wamid;
  panel.wamid = null;
  return kept.findLast((each) => each.direction === "in")?.wamid ?? null;
}

async function look() {
  if (!panel.open) return;
  const wamid = target();
  const turn = ++asked;
  if (!wamid) {
    panel.data = null;
    return store.changed();
  }
  try {
    const data = await store.call(`/web/api/inside?wamid=${encodeURIComponent(wamid)}`);
    if (turn !== asked) return;
    if (data.message.wamid !== panel.data?.message.wamid) {
      panel.field = panel.page = null;
      panel.ordinal = 0;
    }
    panel.data = data;
    panel.missing = false;
  } catch {
    if (turn !== asked) return;
    panel.missing = true;
  }
  store.changed();
}

// Looks again a little after whatever happened to this sender: log lines and rows are written around the events, not by them.
export function follow() {
  const soon = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      look();
      timer = setTimeout(look, 900);
    }, ms);
  };
  store.onEvent((event) => {
    if (!panel.open || (event.sender && event.sender !== state.current)) return;
    if (event.type === "message" && event.data.direction === "in") panel.wamid = null;
    soon(120);
  });
  let shown = null;
  store.onChange(() => {
    if (shown === state.current) return;
    shown = state.current;
    panel.wamid = null;
    panel.data = null;
    look();
  });
}

// The panel

export function inside() {
  const tab = (name) => html`<button
    role="tab"
    id="tab-${name}"
    aria-selected=${panel.tab === name}
    aria-controls="tabpanel"
    tabindex=${panel.tab === name ? 0 : -1}
    @click=${() => choose(name)}
    @keydown=${(event) => step(event, name)}
  >
    ${TABS[name]}${name === "trouble" && troubles() ? html`<i class="dot" aria-label="hay fallas encendidas"></i>` : nothing}
  </button>`;
  return html`<aside class="inside" aria-label="Por dentro" tabindex="-1" @keydown=${(event) => event.key === "Escape" && close()}>
    <header class="bar">
      <div class="title"><h2>Por dentro</h2><p>${panel.tab === "trouble" ? "Lo que puede salir mal" : caption()}</p></div>
      <button class="round" @click=${close} aria-label="Cerrar el panel">${icons.close}</button>
    </header>
    <div class="tabs" role="tablist" aria-label="Por dentro">${Object.keys(TABS).map(tab)}</div>
    <div class="sheet" role="tabpanel" id="tabpanel" aria-labelledby="tab-${panel.tab}" tabindex="0">${sheet()}</div>
  </aside>`;
}

function sheet() {
  if (panel.tab === "trouble") return trouble();
  if (!panel.data) return html`<p class="hint">${panel.missing ? "Todavía no hay nada que mostrar de este mensaje." : "Envía un mensaje y aquí verás su recorrido."}</p>`;
  return { journey, reading, rows }[panel.tab](panel.data);
}

function caption() {
  const message = panel.data?.message;
  if (!message) return "Ningún mensaje elegido";
  const name = message.file ? message.filename || "archivo" : `«${plain(message.text).slice(0, 40) || "vacío"}»`;
  const more = panel.data.about.length > 1 ? ` y ${panel.data.about.length - 1} más` : "";
  return `${name}${more}, ${time(message.at)}`;
}

function close() {
  panel.open = false;
  store.changed();
  queueMicrotask(() => document.querySelector(".pill")?.focus());
}

function choose(name) {
  panel.tab = name;
  store.changed();
}

function step(event, name) {
  const names = Object.keys(TABS);
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  choose(names.at((names.indexOf(name) + by) % names.length));
  queueMicrotask(() => document.getElementById(`tab-${panel.tab}`)?.focus());
}

const duration = (ms) => (ms === null || ms === undefined ? "" : ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(ms < 9950 ? 2 : 1)} s`);

// Its journey

function journey(data) {
  const began = data.message.at;
  const ends = data.steps.map((each) => each.at + (each.ms ?? 0) / 1000);
  const span = Math.max(0.001, Math.max(...ends) - began);
  return html`
    <div class="total">
      ${
        data.total_ms === null
          ? html`<b class="live">En camino…</b><span>todavía no hay respuesta</span>`
          : html`<b>${duration(data.total_ms)}</b><span>desde que salió del teléfono hasta que salió la respuesta</span>`
      }
    </div>
    ${data.asleep ? html`<p class="why" role="status">La base de datos no responde: se muestra lo que vio WhatsApp.</p>` : nothing}
    <ol class="journey">
      ${data.steps.map(
        (each) => html`<li class=${each.trouble ? "bad" : ""} data-depth=${each.depth}>
          <span class="what">${each.what}${each.note ? html`<small>${each.note}</small>` : nothing}</span>
          <span class="track" aria-hidden="true"><i class=${each.ms === null ? "moment" : ""} .style=${along(each, began, span)}></i></span>
          <span class="ms">${each.ms === null ? html`<small>+${duration(Math.max(0, Math.round((each.at - began) * 1000)))}</small>` : duration(each.ms)}</span>
        </li>`,
      )}
    </ol>
    ${data.lines.length ? html`<details><summary>Los registros, tal como se escribieron</summary>${data.lines.map((each) => html`<pre tabindex="0">${JSON.stringify(each, null, 1)}</pre>`)}</details>` : nothing}
  `;
}

const along = (step, began, span) => {
  const left = Math.max(0, Math.min(98.5, ((step.at - began) / span) * 100));
  const width = Math.min(100 - left, (((step.ms ?? 0) / 1000) / span) * 100);
  return `left:${left.toFixed(2)}%;width:${width.toFixed(2)}%`;
};

// What was read

function reading(data) {
  const document = data.rows["documents.documents"]?.[0];
  if (!document) return html`<p class="hint">${data.message.file ? "Todavía no se lee." : "Este mensaje no trae un documento."}</p>`;
  const read = data.rows["extractor.extractions"] ?? [];
  const extraction = read[Math.min(panel.ordinal, read.length - 1)];
  const evidence = extraction?.evidence ?? [];
  const [verdict, why, tone] = VERDICTS[document.verdict] ?? [document.status === "working" ? "Leyéndose…" : "Sin resultado", "", "watch"];
  return html`
    <div class="verdict" data-tone=${tone}>
      <b>${verdict}</b><span>${[why, FAILURES[document.failure] ?? document.failure, WHAT[document.what] ?? document.what].filter(Boolean).join(" · ")}</span>
      ${extraction ? html`<small>${extraction.engine}${extraction.model ? ` · ${extraction.model}` : ""} · ${duration(extraction.elapsed_ms)}</small>` : nothing}
    </div>
    ${
      read.length > 1
        ? html`<div class="several" role="group" aria-label="Comprobantes del archivo">
            ${read.map((each, index) => html`<button aria-pressed=${extraction === each} @click=${() => pick(index)}>${each.series ?? "?"}-${each.number ?? "?"}</button>`)}
          </div>`
        : nothing
    }
    <div class="evidence">
      ${picture(data.message, document, evidence)}
      ${extraction ? html`${checks(extraction)} ${fields(evidence, extraction.checks)}` : nothing}
    </div>
  `;
}

function pick(index) {
  panel.ordinal = index;
  panel.field = panel.page = null;
  store.changed();
}

const drawn = new Set(); // media id and page whose picture is there: marks without it would be squashed
const undrawn = new Set(); // media id and page of which there is no picture
const symbols = new Map(); // media id and page → boxes of its QR codes

async function findSymbols(key, file, page) {
  symbols.set(key, []);
  try {
    symbols.set(key, await store.call(`/web/api/files/${file}/pages/${page}/codes`));
    store.changed();
  } catch {
    symbols.delete(key); // asked again when the page is drawn again
  }
}

function picture(message, document, evidence) {
  const drawable = isPdf(message) || /^image\//.test(message.mime ?? "");
  const chosen = evidence.find((each) => each.field === panel.field && each.box);
  const page = panel.page ?? chosen?.box[0] ?? evidence.find((each) => each.box)?.box[0] ?? 0;
  const key = `${message.file}/${page}`;
  if (!drawable || undrawn.has(key)) return nothing;
  if (!symbols.has(key) && evidence.some((each) => each.source === "qr" || each.agree.includes("qr"))) findSymbols(key, message.file, page);
  const codes = (symbols.get(key) ?? []).map((box) => ({ source: "qr", agree: [], field: "qr", box: [page, ...box] }));
  const boxes = [...evidence.filter((each) => each.box?.[0] === page), ...codes];
  const unique = new Map(boxes.map((each) => [`${each.source}${each.box}`, each])); // one QR tells many fields
  const pages = document.pages ?? 1;
  return html`<figure>
    <div class="page" tabindex="0" role="group" aria-label="El documento con lo hallado">
     <div>
      <img src=${pageOf(message.file, page, 1200)} alt="Página ${page + 1} de ${message.filename}" @error=${() => missing(key)} @load=${() => arrived(key)} />
      <svg ?hidden=${!drawn.has(key)} viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
        ${[...unique.values()].map((each) => mark(each))} ${chosen?.box[0] === page ? mark(chosen, true) : nothing}
      </svg>
     </div>
    </div>
    <figcaption>
      ${Object.keys(SOURCES)
        .filter((source) => boxes.some((each) => printed(each) === source))
        .map((source) => html`<span class="source" data-source=${source}>${SOURCES[source]}</span>`)}
      ${
        pages > 1
          ? html`<span class="pages"><button ?disabled=${page === 0} @click=${() => turn(page - 1)} aria-label="Página anterior">‹</button> ${page + 1} de ${pages}
              <button ?disabled=${page + 1 >= pages} @click=${() => turn(page + 1)} aria-label="Página siguiente">›</button></span>`
          : nothing
      }
    </figcaption>
  </figure>`;
}

// What the QR says is marked where the same is printed, so the mark bears the source that read the print.
const printed = (each) => (each.source === "qr" ? (each.agree[0] ?? "qr") : each.source);

const mark = (each, chosen = false) => {
  const [, x0, y0, x1, y1] = each.box;
  const pad = chosen ? 5 : 2;
  return svg`<rect class=${chosen ? "chosen" : ""} data-source=${printed(each)} data-field=${each.field} x=${x0 * 1000 - pad} y=${y0 * 1000 - pad}
    width=${(x1 - x0) * 1000 + 2 * pad} height=${(y1 - y0) * 1000 + 2 * pad} rx="3"></rect>`;
};

function missing(key) {
  undrawn.add(key);
  store.changed();
}

function arrived(key) {
  drawn.add(key);
  store.changed();
}

function turn(page) {
  panel.page = page;
  panel.field = null;
  store.changed();
}

function fields(evidence, made) {
  if (!evidence.length) return nothing;
  return html`<h3>Campo por campo</h3>
    <ul class="fields">
      ${grouped(evidence).map((each) => {
        const wrong = (made ?? []).filter((check) => check.ok === false && check.fields.some((path) => within(each.field, path)));
        return html`<li>
          <button aria-pressed=${panel.field === each.field} data-field=${each.field} @click=${() => point(each.field)} @mouseenter=${() => point(each.field, true)}>
            <span class="name">${labelOf(each.field.replace(/^(items\.\d+).*/, "$1"))}</span>
            <span class="value">${each.shown ?? valueOf(each)}${each.repaired ? html`<small>se leyó «${each.repaired}»</small>` : nothing}</span>
            <span class="says">
              <span class="source" data-source=${each.source}>${SOURCES[each.source] ?? each.source}</span>
              ${each.agree.map((source) => html`<span class="source agrees" data-source=${source}>✓ ${SOURCES[source] ?? source}</span>`)}
              ${each.disagree.map(([source, value]) => html`<span class="source differs">${SOURCES[source] ?? source} dice «${value}»</span>`)}
              ${wrong.map((check) => html`<span class="source differs">no pasa: ${nameOfCheck(check.name)}</span>`)}
            </span>
          </button>
        </li>`;
      })}
    </ul>`;
}

const within = (field, path) => field === path || field.startsWith(`${path}.`);

// The fields, with each item's together on one line: what, and "2 UND × 9.45 = 18.90".
function grouped(evidence) {
  const found = [];
  const items = new Map();
  for (const each of evidence) {
    const [, at, name] = /^items\.(\d+)\.(\w+)$/.exec(each.field) ?? [];
    if (at === undefined) found.push(each);
    else if (items.has(at)) items.get(at)[name] = each;
    else {
      items.set(at, { [name]: each });
      found.push(items.get(at));
    }
  }
  return found.map((each) => (each.field ? each : item(each)));
}

function item(parts) {
  const all = Object.values(parts);
  const value = (name) => parts[name]?.value ?? "";
  const sum = [[value("quantity"), value("unit")].filter(Boolean).join(" "), value("unit_price")].filter(Boolean).join(" × ");
  const shown = html`${value("description")}<small>${sum}${value("amount") ? `${sum ? " = " : ""}${value("amount")}` : ""}</small>`;
  return { ...(parts.description ?? all[0]), shown, repaired: null, disagree: all.flatMap((each) => each.disagree) };
}

function point(field, passing = false) {
  if (panel.field === field && passing) return;
  panel.field = field;
  panel.page = null;
  store.changed();
  queueMicrotask(() => {
    const mark = document.querySelector(".page rect.chosen");
    const page = mark?.closest(".page");
    if (!page) return;
    const [outer, inner] = [page.getBoundingClientRect(), mark.getBoundingClientRect()];
    page.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
  });
}

function checks(extraction) {
  const made = extraction.checks ?? [];
  if (!made.length) return nothing;
  const sign = (ok) => (ok === null ? ["–", "no se pudo hacer"] : ok ? ["✓", "pasa"] : ["✗", "no pasa"]);
  const order = [...made].sort((a, b) => rank(a.ok) - rank(b.ok));
  const failed = made.filter((each) => each.ok === false).length;
  const passed = made.filter((each) => each.ok).length;
  return html`<details class="checks" ?open=${failed > 0}>
    <summary>Comprobaciones: ${passed} pasan${failed ? html`, <b>${failed} no</b>` : nothing}</summary>
    <ul>
      ${order.map((each) => {
        const [mark, label] = sign(each.ok);
        return html`<li data-ok=${each.ok}><i aria-label=${label} role="img">${mark}</i> <span>${nameOfCheck(each.name)}</span> <small>${each.ok ? "" : each.detail}</small></li>`;
      })}
    </ul>
  </details>`;
}

const rank = (ok) => (ok === false ? 0 : ok ? 1 : 2);

// Its rows

function rows(data) {
  const tables = Object.entries(data.rows);
  if (!tables.length) return html`<p class="hint">${data.asleep ? "La base de datos no responde." : "Todavía no hay filas de este mensaje."}</p>`;
  return html`<p class="note">Solo lectura, con la cuenta de operadores. Seguridad por filas forzada en todas las tablas.</p>
    ${tables.map(([table, found]) =>
      found.map(
        (row) => html`<section class="rows">
          <h3>${table}</h3>
          <dl>
            ${Object.entries(row).map(([column, value]) => html`<div class=${value === null ? "null" : ""}><dt>${column}</dt><dd>${cell(value)}</dd></div>`)}
          </dl>
        </section>`,
      ),
    )}`;
}

function cell(value) {
  if (value === null) return "null";
  if (typeof value === "object" && !(Array.isArray(value) && value.every((each) => typeof each !== "object"))) {
    const size = Array.isArray(value) ? `${value.length} elementos` : `${Object.keys(value).length} campos`;
    return html`<details><summary>jsonb, ${size}</summary><pre tabindex="0">${JSON.stringify(value, null, 1)}</pre></details>`;
  }
  return Array.isArray(value) ? `{${value.join(", ")}}` : String(value);
}

// Trouble

const SWITCHES = [
  ["duplicate", 1, "Duplicar", "Cada aviso llega dos veces a la vez"],
  ["reorder", 1.5, "Desordenar", "Cada aviso espera al azar hasta 1,5 s; se adelantan unos a otros"],
  ["down", true, "Graph caído", "Toda llamada a WhatsApp recibe un error 503"],
];

const isOn = (name) => Boolean(state.switches[name]);
export const troubles = () => SWITCHES.filter(([name]) => isOn(name)).length + (state.about.gemini?.slow ? 1 : 0);

function trouble() {
  const off = (value) => (typeof value === "boolean" ? false : 0);
  return html`<p class="note">Enciende una falla y sigue escribiendo: cada archivo recibe una sola respuesta, en orden, cuando todo vuelve.</p>
    <ul class="switches">
      ${SWITCHES.map(([name, value, label, hint]) => toggle(name, isOn(name), label, hint, () => attempt(store.setSwitches({ [name]: isOn(name) ? off(value) : value }))))}
      ${
        state.about.gemini
          ? toggle("gemini", state.about.gemini.slow, "Gemini lento", "La lectura con IA tarda 20 s: responde el OCR propio", () => attempt(slowGemini(!state.about.gemini.slow)))
          : nothing
      }
    </ul>
    ${state.about.services.includes("worker") ? html`<button class="danger" @click=${() => attempt(kill("worker"))}>Matar al trabajador</button><p class="note">El proceso muere sin aviso, a media lectura si la hay. El supervisor lo enciende otra vez y la cola repite la tarea.</p>` : nothing}
    <button class="quiet" ?disabled=${!troubles()} @click=${() => attempt(calm())}>Apagar todas las fallas</button>`;
}

const toggle = (name, on, label, hint, flip) => html`<li>
  <button role="switch" aria-checked=${on} data-switch=${name} @click=${flip}>
    <span><b>${label}</b><small>${hint}</small></span><i class="knob" aria-hidden="true"></i>
  </button>
</li>`;

async function calm() {
  await store.setSwitches(Object.fromEntries(SWITCHES.map(([name, value]) => [name, typeof value === "boolean" ? false : 0])));
  if (state.about.gemini?.slow) await slowGemini(false);
}

async function slowGemini(slow) {
  state.about.gemini = await store.call("/web/api/gemini", { method: "POST", json: { slow } });
  store.changed();
}

async function kill(name) {
  await store.call(`/web/api/kill/${name}`, { method: "POST" });
  store.tell("El trabajador murió. El supervisor lo está encendiendo otra vez.");
}

const attempt = (promise) => promise.catch(() => store.tell("No se pudo cambiar: el WhatsApp simulado no responde."));
