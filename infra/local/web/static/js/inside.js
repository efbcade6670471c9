// Behind the scenes of one message: the panel with its tabs, the journey and the rows.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { plain } from "./format.js";
import { duration, icons, time } from "./parts.js";
import { forget, reading } from "./reading.js";
import * as store from "./store.js";
import { trouble, troubles } from "./trouble.js";
import { W } from "./words.js";

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

const TABS = W.inside.tabs;

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
    ${TABS[name]}${name === "trouble" && troubles() ? html`<i class="dot" role="img" aria-label=${W.inside.on}></i>` : nothing}
  </button>`;
  return html`<section class="inside" aria-label=${W.inside.name} tabindex="-1" @keydown=${(event) => event.key === "Escape" && close()}>
    <header class="bar">
      <div class="title"><h2>${W.inside.name}</h2><p>${panel.tab === "trouble" ? W.inside.wrong : caption()}</p></div>
      <button class="round" @click=${close} aria-label=${W.inside.close}>${icons.close}</button>
    </header>
    <div class="tabs" role="tablist" aria-label=${W.inside.name}>${Object.keys(TABS).map(tab)}</div>
    <div class="sheet" role="tabpanel" id="tabpanel" aria-labelledby="tab-${panel.tab}" tabindex="0">${sheet()}</div>
  </section>`;
}

function sheet() {
  if (panel.tab === "trouble") return trouble();
  if (!panel.data) return html`<p class="hint">${!state.connected ? W.inside.offline : panel.missing ? W.inside.notYet : W.inside.begin}</p>`;
  return { journey, reading, rows }[panel.tab](panel.data);
}

function caption() {
  const message = panel.data?.message;
  if (!message) return state.connected ? W.inside.noMessage : W.inside.offlineShort;
  const name = message.file ? message.filename || W.file : `«${plain(message.text).slice(0, 40) || W.inside.void}»`;
  const more = panel.data.about.length > 1 ? W.inside.more(panel.data.about.length - 1) : "";
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
  queueMicrotask(() => document.querySelector(".sheet")?.scrollTo(0, 0));
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
    ${held(data)} ${data.asleep ? html`<p class="why" role="status">${W.inside.asleep}</p>` : nothing}
    <ol class="journey">
      ${data.steps.map(
        (each) => html`<li class=${each.trouble ? "bad" : ""} data-depth=${each.depth}>
          <span class="what">${each.what}${each.note ? html`<small>${each.note}</small>` : nothing}</span>
          <span class="track" aria-hidden="true"><i class=${each.ms === null ? "moment" : ""} .style=${along(each, began, span)}></i></span>
          <span class="ms">${each.ms === null ? html`<small>+${duration(Math.max(0, Math.round((each.at - began) * 1000)))}</small>` : duration(each.ms)}</span>
        </li>`,
      )}
    </ol>
    ${data.lines.length ? html`<details><summary>${W.inside.lines}</summary>${data.lines.map((each) => html`<pre tabindex="0">${JSON.stringify(each, null, 1)}</pre>`)}</details>` : nothing}
  `;
}

// Whether there is an answer is the database's to say: while it or the whole stack does not, nothing is said of it.
function total(data) {
  if (data.total_ms !== null) return html`<div class="total"><b>${duration(data.total_ms)}</b><span>${W.inside.total}</span></div>`;
  if (data.asleep || panel.missing || !state.connected) return nothing;
  return html`<div class="total"><b class="live">${W.inside.coming}</b><span>${W.inside.noAnswer}</span></div>`;
}

// While a document is somebody's and unanswered: when it would be taken up again, should its worker have died. Counts down.
function held(data) {
  const row = data.total_ms === null && data.rows["documents.documents"]?.[0];
  const left = row?.lease_until ? (Date.parse(row.lease_until.replace(" ", "T")) - Date.now()) / 1000 : 0;
  clearTimeout(ticking);
  if (row?.status !== "working" || left <= 0) return nothing;
  ticking = setTimeout(store.changed, 1000);
  return html`<p class="note held" role="timer">${W.inside.held} <b>${Math.ceil(left)} s</b>.</p>`;
}

let ticking;

const along = (step, began, span) => {
  const left = Math.max(0, Math.min(98.5, ((step.at - began) / span) * 100));
  const width = Math.min(100 - left, (((step.ms ?? 0) / 1000) / span) * 100);
  return `left:${left.toFixed(2)}%;width:${width.toFixed(2)}%`;
};

// Its rows

function rows(data) {
  const tables = Object.entries(data.rows);
  if (!tables.length) return html`<p class="hint">${data.asleep ? W.inside.asleepShort : W.inside.noRows}</p>`;
  return html`<p class="note">${W.inside.readOnly}</p>
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
    const size = Array.isArray(value) ? W.inside.elements(value.length) : W.inside.members(Object.keys(value).length);
    return html`<details><summary>${size}</summary><pre tabindex="0">${JSON.stringify(value, null, 1)}</pre></details>`;
  }
  return Array.isArray(value) ? `{${value.join(", ")}}` : String(value);
}
