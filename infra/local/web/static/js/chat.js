// The conversation of one sender with the business.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { bubble, reply } from "./bubble.js";
import { welcome } from "./dialog.js";
import { choosePoint } from "./inside.js";
import { back, focusWriting, place, scrolled, toEnd } from "./moves.js";
import { addressOf, day, extension, icons, logo, nameOf, ticks } from "./parts.js";
import * as store from "./store.js";
import { troubles } from "./trouble.js";
import { W } from "./words.js";
import { give, giveSamples, say, write } from "./write.js";

const { state } = store;
const view = { over: false, at: null }; // at: the message that the keyboard is on

export function chat(panel) {
  const sender = store.sender(state.current);
  if (!sender) return html`<section class="chat">${welcome()}</section>`;
  const kept = store.conversation(sender.id);
  const at = kept.some((each) => each.wamid === view.at) ? view.at : kept.at(-1)?.wamid; // one message at a time is in the way of Tab
  return html`<section
    class="chat"
    aria-label=${W.chat.log(nameOf(sender))}
    data-over=${view.over}
    @dragenter=${over}
    @dragover=${over}
    @dragleave=${(event) => !event.currentTarget.contains(event.relatedTarget) && set({ over: false })}
    @pointermove=${() => set({ over: false }) /* none comes during a drag: one that was given up need not say so */}
    @drop=${drop}
    @paste=${paste}
  >
    <header class="bar">
      <button class="round back" @click=${() => back()} aria-label=${W.chat.back}>${icons.back}</button>
      ${logo}
      <div class="title">
        <h2>${W.cuadra}</h2>
        <p aria-live="polite" title=${addressOf(sender)}>${subtitle(sender)}</p>
      </div>
      <button class="pill" aria-pressed=${panel.open} @click=${panel.toggle} aria-label=${troubles() ? W.inside.troubled : W.inside.name} title=${W.inside.what}>
        ${icons.inside}<span>${W.inside.name}</span>${troubles() ? html`<i class="dot"></i>` : nothing}
      </button>
    </header>
    <div class="log" role="log" aria-label=${W.chat.log(nameOf(sender))} aria-describedby="teclas" tabindex="0" @keydown=${walk} @focusin=${arrive} @scroll=${scrolled}>
      ${kept.length || state.sending.get(sender.id)?.length ? nothing : beginning(sender)}
      ${repeat(
        kept,
        (each) => each.wamid,
        (each, index) => html`${newDay(each, kept[index - 1])}${bubble(each, kept[index - 1], sender, panel, each.wamid === at)}`,
      )}
      ${repeat(
        state.sending.get(sender.id) ?? [],
        (item) => item.key,
        (item) => rising(item, sender),
      )}
      ${store.isTyping(sender.id) ? html`<div class="message out first typing"><div class="bubble" role="status" aria-label=${W.chat.typing}><i></i><i></i><i></i></div></div>` : nothing}
    </div>
    <p class="keys" id="teclas"><kbd>↑</kbd> <kbd>↓</kbd> ${W.chat.keys.between} · <kbd>Tab</kbd> ${W.chat.keys.tab} · <kbd>Enter</kbd> ${W.chat.keys.enter} · <kbd>R</kbd> ${W.chat.keys.reply}</p>
    <button class="round end" ?hidden=${place.atEnd} @click=${() => toEnd(true)} aria-label=${W.chat.end}>${icons.down}</button>
    ${write(sender)}
    <div class="drop" aria-hidden="true"><p>${icons.image}<b>${W.chat.drop}</b>${W.chat.inOrder}</p></div>
  </section>`;
}

const beginning = (sender) => html`<div class="beginning">
  <p class="hint">${W.chat.hint}</p>
  <button @click=${() => { say(sender.id, W.chat.hello); focusWriting(); }}>${W.chat.sayHello}</button>
  <button @click=${() => giveSamples(sender.id, ["factura.pdf"])}>${W.chat.sendSample}</button>
</div>`;

function subtitle(sender) {
  if (!state.connected) return html`<span class="offline">${W.chat.offline}</span>`;
  if (store.isTyping(sender.id)) return html`<span class="live">${W.list.typing}</span>`;
  return W.chat.as(nameOf(sender));
}

const newDay = (message, before) =>
  !before || day(before.at) !== day(message.at) ? html`<p class="day"><span>${day(message.at)}</span></p>` : nothing;

function rising(item, sender) {
  const percent = Math.round(item.progress * 100);
  return html`<div class="message in first">
    <div class="bubble">
      <div class="rising">
        ${item.preview ? html`<img src=${item.preview} alt="" width="250" height="300" />` : html`<span class="paper" data-kind=${extension(item.name)}><i aria-hidden="true">${extension(item.name)}</i><span><b>${item.name}</b></span></span>`}
        ${
          item.error
            ? html`<p class="why" role="alert">
                ${item.error}: ${item.name}
                ${item.hopeless ? nothing : html`<button class="link" @click=${() => again(sender.id, item)}>${W.bubble.again}</button>`}
                <button class="link" @click=${() => store.forgetFile(sender.id, item)}>${W.bubble.drop}</button>
              </p>`
            : html`<progress max="100" value=${percent} aria-label=${W.bubble.rising(item.name)}></progress>`
        }
      </div>
      <span class="meta">${item.error ? nothing : ticks("waiting")}</span>
    </div>
  </div>`;
}

function again(id, item) {
  store.forgetFile(id, item);
  store.sendFiles(id, [item.file]);
}

const carries = (event) => event.dataTransfer?.types.includes("Files");

function over(event) {
  if (!carries(event)) return;
  event.preventDefault();
  set({ over: true });
}

function drop(event) {
  if (!carries(event)) return;
  event.preventDefault();
  set({ over: false });
  give(event.dataTransfer.files);
}

function paste(event) {
  if (!event.clipboardData?.files.length) return;
  event.preventDefault();
  give(event.clipboardData.files);
}

// Arrows walk from message to message, Tab through the links and buttons of the one that is walked to, Enter looks inside, R answers.
function walk(event) {
  const all = [...event.currentTarget.querySelectorAll("article")];
  const at = all.indexOf(document.activeElement.closest("article"));
  const to = { ArrowUp: at < 0 ? all.length - 1 : at - 1, ArrowDown: at < 0 ? all.length - 1 : at + 1, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined && all[to]) {
    event.preventDefault();
    all[to].focus();
  } else if (at >= 0 && event.target === all[at]) {
    if (event.key === "Enter") choosePoint(all[at].id);
    if (event.key.toLowerCase() === "r" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      reply(state.current, store.message(state.current, all[at].id));
    }
  }
}

function arrive(event) {
  const message = event.target.closest("article");
  if (message) set({ at: message.id });
}

function set(changes) {
  const same = Object.entries(changes).every(([key, value]) => view[key] === value);
  Object.assign(view, changes);
  if (!same) store.changed();
}
