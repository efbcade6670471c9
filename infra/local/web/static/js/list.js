// Who writes: the senders, the newest conversation first, and a search among them.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { openDialog, welcome } from "./dialog.js";
import { plain } from "./format.js";
import { enter } from "./moves.js";
import { addressOf, avatar, icons, nameOf, statusOf, ticks, time } from "./parts.js";
import * as store from "./store.js";
import { W } from "./words.js";

const { state } = store;
const view = { search: "" };

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function matches(sender, wanted) {
  const about = [nameOf(sender), addressOf(sender), sender.phone ?? ""];
  return [...about, ...store.conversation(sender.id).map((each) => `${each.text ?? ""} ${each.filename ?? ""}`)].some((text) => folded(text).includes(wanted));
}

export function list() {
  const newest = (sender) => store.conversation(sender.id).at(-1)?.at ?? 0;
  const wanted = folded(view.search.trim());
  const found = state.senders.filter((each) => !wanted || matches(each, wanted)).sort((a, b) => newest(b) - newest(a));
  const stop = found.some((each) => each.id === state.current) ? state.current : found[0]?.id; // one row is in the way of Tab, arrows walk the others
  return html`<nav class="list" aria-label=${W.list.name}>
    <header class="bar">
      <h2>${W.list.name}</h2>
      <button class="round" @click=${openDialog} aria-label=${W.list.add} title=${W.list.add}>${icons.add}</button>
    </header>
    ${
      state.senders.length
        ? html`<label class="search">
            ${icons.search}
            <input type="search" aria-label=${W.list.searchFor} placeholder=${W.list.search} .value=${live(view.search)} @input=${(event) => search(event.target.value)} @keydown=${fromSearch} />
          </label>`
        : welcome()
    }
    ${view.search && !found.length ? html`<p class="hint" role="status">${W.list.nobody(view.search)}</p>` : nothing}
    <ul @keydown=${walk}>
      ${repeat(
        found,
        (each) => each.id,
        (each) => row(each, each.id === stop),
      )}
    </ul>
    <p class="note">${W.list.note}</p>
  </nav>`;
}

function row(sender, stop) {
  const last = store.conversation(sender.id).at(-1);
  const unread = state.unread.get(sender.id);
  return html`<li>
    <button class="row" data-sender=${sender.id} tabindex=${stop ? 0 : -1} title=${addressOf(sender)} aria-current=${sender.id === state.current} @click=${() => enter(sender.id)}>
      ${avatar(sender)}
      <span class="who"><b>${nameOf(sender)}</b><time class=${unread ? "new" : ""}>${last ? time(last.at) : nothing}</time></span>
      <span class="last">
        ${saying(sender, last)}
        ${unread ? html`<i class="unread" aria-label=${W.list.unread(unread)}>${unread}</i>` : nothing}
      </span>
    </button>
  </li>`;
}

function saying(sender, last) {
  if (store.isTyping(sender.id)) return html`<em>${W.list.typing}</em>`;
  if (!last) return html`<span>${addressOf(sender).startsWith(nameOf(sender)) ? W.list.none : addressOf(sender)}</span>`;
  return html`${last.direction === "in" ? ticks(statusOf(last)) : nothing}<span>${preview(last)}</span>`;
}

export function preview(message) {
  if (message.file) return `${message.kind === "image" ? "📷" : "📄"} ${message.text || message.filename || W.bubble.anyFile}`;
  return plain(message.text).slice(0, 90) || W.empty;
}

function search(text) {
  view.search = text;
  store.changed();
}

function fromSearch(event) {
  if (event.key === "Escape") search("");
  if (event.key !== "ArrowDown") return;
  event.preventDefault();
  document.querySelector(".row")?.focus();
}

function walk(event) {
  const all = [...event.currentTarget.querySelectorAll(".row")];
  const at = all.indexOf(document.activeElement);
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined || !all[to]) return;
  event.preventDefault();
  all[to].focus();
}
