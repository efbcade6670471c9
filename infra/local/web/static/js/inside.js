// Behind the scenes of one message: the panel with its tabs, the journey and the rows.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { duration, icons, time } from "./parts.js";
import { forget, reading } from "./reading.js";
import { plain } from "./format.js";
import * as store from "./store.js";
import { trouble, troubles } from "./trouble.js";

const { state } = store;

export const panel = {
  open: false,
  tab: "journey",
  wamid: null, // the chosen message; null follows the newest
  data: null,
  missing: false,
  toggle() {
    panel.open = !panel.open;
    if (panel.open) look();
    store.changed();
  },
};

const TABS = { journey: "Recorrido", reading: "Lectura", rows: "Postgres", trouble: "Fallas" };

// What is looked at

export function choosePoint(wamid) {
  panel.open = true;
  panel.wamid = wamid;
  forget();
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
    if (data.message.wamid !== panel.data?.message.wamid) forget();
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

// Its journey

function journey(data) {
  const began = data.message.at;
  const ends = data.steps.map((each) => each.at + (each.ms ?? 0) / 1000);
  const span = Math.max(0.001, Math.max(...ends) - began);
  return html`
    ${total(data)}
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

// Whether there is an answer is the database's to say: while it or the whole stack does not, nothing is said of it.
function total(data) {
  if (data.total_ms !== null) return html`<div class="total"><b>${duration(data.total_ms)}</b><span>desde que salió del teléfono hasta que salió la respuesta</span></div>`;
  if (data.asleep || panel.missing || !state.connected) return nothing;
  return html`<div class="total"><b class="live">En camino…</b><span>todavía no hay respuesta</span></div>`;
}

const along = (step, began, span) => {
  const left = Math.max(0, Math.min(98.5, ((step.at - began) / span) * 100));
  const width = Math.min(100 - left, (((step.ms ?? 0) / 1000) / span) * 100);
  return `left:${left.toFixed(2)}%;width:${width.toFixed(2)}%`;
};

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
