// What was read of a document, and why: the picture with what was found marked on it, the checks, and each field's sources.

import { html, nothing, svg } from "../vendor/lit-html/lit-html.js";
import { duration, isPdf, pageOf } from "./parts.js";
import * as store from "./store.js";
import { FAILURES, FIELDS, ITEM, KINDS, VERDICTS, W, WHAT } from "./words.js";

const view = { ordinal: 0, field: null, page: null }; // which invoice of the file, the chosen field, the page that was turned to

export function forget() {
  Object.assign(view, { ordinal: 0, field: null, page: null });
}

// The Spanish names of sources and checks come with `about`: the journey, told by Python, uses the same.
const sources = () => store.state.about.names.sources;
const nameOfSource = (name) => sources()[name] ?? name;
const nameOfCheck = (name) => store.state.about.names.checks[name] ?? name.replaceAll("_", " ");
const nameOfEngine = (engine) => (engine ?? "").split("+").filter(Boolean).map(nameOfSource).join(" + ");

const valueOf = (each) => (each.field === "kind" && KINDS[each.value] ? `${each.value} · ${KINDS[each.value]}` : each.value);

const labelOf = (path) => {
  const item = /^items\.(\d+)(?:\.(\w+))?$/.exec(path);
  return item ? W.reading.item(Number(item[1]) + 1, ITEM[item[2]] ?? item[2]) : (FIELDS[path] ?? path);
};

export function reading(data) {
  const document = data.rows["documents.documents"]?.[0];
  if (!document) return html`<p class="hint">${data.message.file ? W.reading.notYet : W.reading.noDocument}</p>`;
  const read = data.rows["extractor.extractions"] ?? [];
  const extraction = read[Math.min(view.ordinal, read.length - 1)];
  const evidence = extraction?.evidence ?? [];
  const [verdict, why, tone] = VERDICTS[document.verdict] ?? [document.status === "working" ? W.reading.working : W.reading.noResult, "", "watch"];
  return html`
    <div class="verdict" data-tone=${tone}>
      <b>${verdict}</b><span>${[why, FAILURES[document.failure] ?? document.failure, WHAT[document.what] ?? document.what].filter(Boolean).join(" · ")}</span>
      ${extraction ? html`<small>${[nameOfEngine(extraction.engine), extraction.model, duration(extraction.elapsed_ms)].filter(Boolean).join(" · ")}</small>` : nothing}
    </div>
    ${
      read.length > 1
        ? html`<div class="several" role="group" aria-label=${W.reading.several}>
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

const drawn = new Map(); // media id and page whose picture is there → its width by its height: marks without it would be squashed
const undrawn = new Set(); // media id and page of which there is no picture
const shapes = new Map(); // media id and page → the corners of its QR codes, and how its lines slant

async function findShape(key, file, page) {
  shapes.set(key, { codes: [], slopes: [0, 0] });
  try {
    shapes.set(key, await store.call(`/web/api/files/${file}/pages/${page}/shape`));
    store.changed();
  } catch {
    shapes.delete(key); // asked again when the page is drawn again
  }
}

function picture(message, document, evidence) {
  const drawable = isPdf(message) || /^image\//.test(message.mime ?? "");
  const parts = evidence.filter((each) => each.box && whole(each.field) === whole(view.field ?? ""));
  const chosen = [...new Map(parts.map((each) => [`${each.box}`, each])).values()]; // several numbers of an item may stand in one place
  const page = view.page ?? chosen[0]?.box[0] ?? evidence.find((each) => each.box)?.box[0] ?? 0;
  const key = `${message.file}/${page}`;
  if (!drawable || undrawn.has(key)) return nothing;
  if (!shapes.has(key) && evidence.length) findShape(key, message.file, page);
  const { codes, slopes } = shapes.get(key) ?? { codes: [], slopes: [0, 0] };
  const boxes = evidence.filter((each) => each.box?.[0] === page);
  const unique = new Map(boxes.map((each) => [`${each.source}${each.box}`, each])); // one QR tells many fields
  const outline = (each, pad) => slanted(each.box.slice(1), slopes, drawn.get(key) ?? 1, pad);
  const pages = document.pages ?? 1;
  return html`<figure>
    <div class="page" tabindex="0" role="group" aria-label=${W.reading.picture}>
     <div>
      <img src=${pageOf(message.file, page, 1200)} alt=${W.reading.page(page + 1, message.filename)} @error=${() => missing(key)} @load=${(event) => arrived(key, event.target)} />
      <svg ?hidden=${!drawn.has(key)} viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">
        ${codes.map((corners) => mark({ source: "qr", agree: [], field: "qr" }, corners))} ${[...unique.values()].map((each) => mark(each, outline(each, 2)))}
        ${chosen.filter((each) => each.box[0] === page).map((each) => mark(each, outline(each, 5), "chosen"))}
      </svg>
     </div>
    </div>
    <figcaption>
      ${Object.keys(sources())
        .filter((source) => boxes.some((each) => printed(each) === source) || (source === "qr" && codes.length))
        .map((source) => html`<span class="source" data-source=${source}>${nameOfSource(source)}</span>`)}
      ${
        pages > 1
          ? html`<span class="pages"><button ?disabled=${page === 0} @click=${() => turn(page - 1)} aria-label=${W.reading.before}>‹</button> ${page + 1} ${W.reading.of} ${pages}
              <button ?disabled=${page + 1 >= pages} @click=${() => turn(page + 1)} aria-label=${W.reading.after}>›</button></span>`
          : nothing
      }
    </figcaption>
  </figure>`;
}

// What the QR says is marked where the same is printed, so the mark bears the source that read the print.
const printed = (each) => (each.source === "qr" ? (each.agree[0] ?? "qr") : each.source);

// All parts of one item are chosen together; every other field is alone.
const whole = (field) => field.replace(/^(items\.\d+).*/, "$1");

const mark = (each, corners, look = "") => svg`<polygon class=${look} data-source=${printed(each)} data-field=${each.field} points=${pairs(corners)}></polygon>`;

const pairs = (corners) => corners.map((each, at) => `${(each * 1000).toFixed(1)}${at % 2 ? " " : ","}`).join("");

// The corners of a slanted line inside its upright box. Lines go down to the right by slopes[0] at the page's top and slopes[1] at its bottom, in
// pixels a pixel; `shape` is the page's width by its height, `pad` in thousandths.
export function slanted([x0, y0, x1, y1], slopes, shape, pad) {
  const slope = (slopes[0] + ((slopes[1] - slopes[0]) * (y0 + y1)) / 2) * shape;
  const most = 0.75 * (y1 - y0); // of its height the box is the line's own at least a quarter
  const rise = Math.max(-most, Math.min(most, slope * (x1 - x0)));
  const [down, up] = [Math.max(0, rise), Math.max(0, -rise)];
  const [x, y] = [pad / 1000, pad / 1000];
  return [x0 - x, y0 + up - y, x1 + x, y0 + down - y, x1 + x, y1 - up + y, x0 - x, y1 - down + y];
}

function missing(key) {
  undrawn.add(key);
  store.changed();
}

function arrived(key, { naturalWidth, naturalHeight }) {
  drawn.set(key, naturalWidth / naturalHeight);
  store.changed();
}

function turn(page) {
  view.page = page;
  view.field = null;
  store.changed();
}

function fields(evidence, made) {
  if (!evidence.length) return nothing;
  return html`<h3>${W.reading.fields}</h3>
    <ul class="fields">
      ${grouped(evidence).map((each) => {
        const wrong = (made ?? []).filter((check) => check.ok === false && check.fields.some((path) => within(each.field, path)));
        return html`<li>
          <button aria-pressed=${view.field === each.field} data-field=${each.field} @click=${() => point(each.field)} @mouseenter=${() => point(each.field, true)}>
            <span class="name">${labelOf(each.field.replace(/^(items\.\d+).*/, "$1"))}</span>
            <span class="value">${each.shown ?? valueOf(each)}${each.repaired ? html`<small>${W.reading.repaired(each.repaired)}</small>` : nothing}</span>
            <span class="says">
              <span class="source" data-source=${each.source}>${nameOfSource(each.source)}</span>
              ${each.agree.map((source) => html`<span class="source agrees" data-source=${source}>✓ ${nameOfSource(source)}</span>`)}
              ${each.disagree.map(([source, value]) => html`<span class="source differs">${W.reading.says(nameOfSource(source), value)}</span>`)}
              ${wrong.map((check) => html`<span class="source differs">${W.reading.fails(nameOfCheck(check.name))}</span>`)}
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
    const mark = document.querySelector(".page polygon.chosen");
    const page = mark?.closest(".page");
    if (!page) return;
    const [outer, inner] = [page.getBoundingClientRect(), mark.getBoundingClientRect()];
    page.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
  });
}

function checks(extraction) {
  const made = extraction.checks ?? [];
  if (!made.length) return nothing;
  const sign = (ok) => [ok === null ? "–" : ok ? "✓" : "✗", W.reading.ok[ok]];
  const order = [...made].sort((a, b) => rank(a.ok) - rank(b.ok));
  const failed = made.filter((each) => each.ok === false).length;
  const passed = made.filter((each) => each.ok).length;
  return html`<details class="checks" ?open=${failed > 0}>
    <summary>${W.reading.checks(passed)}${failed ? html`, <b>${W.reading.failed(failed)}</b>` : nothing}</summary>
    <ul>
      ${order.map((each) => {
        const [mark, label] = sign(each.ok);
        return html`<li data-ok=${each.ok}><i aria-label=${label} role="img">${mark}</i> <span>${nameOfCheck(each.name)}</span></li>`;
      })}
    </ul>
  </details>`;
}

const rank = (ok) => (ok === false ? 0 : ok ? 1 : 2);
