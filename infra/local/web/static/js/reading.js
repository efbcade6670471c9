// What was read of a document, and why: the picture with what was found marked on it, the checks, and each field's sources.

import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { duration, isPdf, pageOf } from "./parts.js";
import * as store from "./store.js";

const view = { ordinal: 0, field: null, page: null }; // which invoice of the file, the chosen field, the page that was turned to

export function forget() {
  Object.assign(view, { ordinal: 0, field: null, page: null });
}

// The Spanish names of sources and checks come with `about`: the journey, told by Python, uses the same.
const sources = () => store.state.about.names.sources;
const nameOfSource = (name) => sources()[name] ?? name;
const nameOfCheck = (name) => store.state.about.names.checks[name] ?? name.replaceAll("_", " ");
const nameOfEngine = (engine) => (engine ?? "").split("+").filter(Boolean).map(nameOfSource).join(" + ");

export const VERDICTS = {
  proven: ["Comprobada", "las fuentes dicen lo mismo y todo cuadra", "good"],
  consistent: ["Consistente", "lo leído cuadra entre sí", "good"],
  needs_review: ["Conviene revisarla", "algo no cuadra o no se leyó", "watch"],
  unreadable: ["No se pudo leer", "", "bad"],
  not_an_invoice: ["No es un comprobante", "", "watch"],
};
export const WHAT = {
  yape: "captura de Yape",
  plin: "captura de Plin",
  bank_transfer: "constancia de transferencia",
  card_slip: "voucher de tarjeta",
  delivery_guide: "guía de remisión",
  quote: "cotización o proforma",
  foreign: "comprobante de otro país",
  continuation: "continuación de un comprobante",
  photo: "foto sin comprobante",
  other: "otro documento",
};
export const FAILURES = {
  empty: "archivo vacío",
  not_supported: "tipo que no se admite",
  xml: "XML del comprobante",
  corrupt: "archivo dañado",
  encrypted: "PDF con contraseña",
  too_large: "demasiado grande",
  too_complex: "demasiado complejo",
  dark: "demasiado oscura",
  unreadable: "ilegible",
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
const ITEM = { description: "descripción", quantity: "cantidad", unit: "unidad", unit_price: "precio", amount: "importe" };

const valueOf = (each) => (each.field === "kind" && KINDS[each.value] ? `${each.value} · ${KINDS[each.value]}` : each.value);

const labelOf = (path) => {
  const item = /^items\.(\d+)(?:\.(\w+))?$/.exec(path);
  return item ? `Ítem ${Number(item[1]) + 1}${item[2] ? `, ${ITEM[item[2]] ?? item[2]}` : ""}` : (FIELDS[path] ?? path);
};

export function reading(data) {
  const document = data.rows["documents.documents"]?.[0];
  if (!document) return html`<p class="hint">${data.message.file ? "Todavía no se lee." : "Este mensaje no trae un documento."}</p>`;
  const read = data.rows["extractor.extractions"] ?? [];
  const extraction = read[Math.min(view.ordinal, read.length - 1)];
  const evidence = extraction?.evidence ?? [];
  const [verdict, why, tone] = VERDICTS[document.verdict] ?? [document.status === "working" ? "Leyéndose…" : "Sin resultado", "", "watch"];
  return html`
    <div class="verdict" data-tone=${tone}>
      <b>${verdict}</b><span>${[why, FAILURES[document.failure] ?? document.failure, WHAT[document.what] ?? document.what].filter(Boolean).join(" · ")}</span>
      ${extraction ? html`<small>${[nameOfEngine(extraction.engine), extraction.model, duration(extraction.elapsed_ms)].filter(Boolean).join(" · ")}</small>` : nothing}
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
  view.ordinal = index;
  view.field = view.page = null;
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
  const chosen = evidence.find((each) => each.field === view.field && each.box);
  const page = view.page ?? chosen?.box[0] ?? evidence.find((each) => each.box)?.box[0] ?? 0;
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
      ${Object.keys(sources())
        .filter((source) => boxes.some((each) => printed(each) === source))
        .map((source) => html`<span class="source" data-source=${source}>${nameOfSource(source)}</span>`)}
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
  view.page = page;
  view.field = null;
  store.changed();
}

function fields(evidence, made) {
  if (!evidence.length) return nothing;
  return html`<h3>Campo por campo</h3>
    <ul class="fields">
      ${grouped(evidence).map((each) => {
        const wrong = (made ?? []).filter((check) => check.ok === false && check.fields.some((path) => within(each.field, path)));
        return html`<li>
          <button aria-pressed=${view.field === each.field} data-field=${each.field} @click=${() => point(each.field)} @mouseenter=${() => point(each.field, true)}>
            <span class="name">${labelOf(each.field.replace(/^(items\.\d+).*/, "$1"))}</span>
            <span class="value">${each.shown ?? valueOf(each)}${each.repaired ? html`<small>se leyó «${each.repaired}»</small>` : nothing}</span>
            <span class="says">
              <span class="source" data-source=${each.source}>${nameOfSource(each.source)}</span>
              ${each.agree.map((source) => html`<span class="source agrees" data-source=${source}>✓ ${nameOfSource(source)}</span>`)}
              ${each.disagree.map(([source, value]) => html`<span class="source differs">${nameOfSource(source)} dice «${value}»</span>`)}
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
  if (view.field === field && passing) return;
  view.field = field;
  view.page = null;
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
        return html`<li data-ok=${each.ok}><i aria-label=${label} role="img">${mark}</i> <span>${nameOfCheck(each.name)}</span></li>`;
      })}
    </ul>
  </details>`;
}

const rank = (ok) => (ok === false ? 0 : ok ? 1 : 2);
