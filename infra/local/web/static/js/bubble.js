// One message as it stands in the conversation. Its text only ever becomes text nodes.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { blocks, plain } from "./format.js";
import { choosePoint } from "./inside.js";
import { openLight } from "./light.js";
import { preview } from "./list.js";
import { focusWriting, show, toEnd } from "./moves.js";
import { bytes, day, extension, icons, isPdf, isPhoto, isPicture, nameOf, original, pageOf, statusOf, ticks, time } from "./parts.js";
import * as store from "./store.js";
import { W } from "./words.js";

const { state } = store;
const view = { touched: null, broken: new Set(), ratios: new Map() }; // touched: the message whose buttons a tap has opened; broken: addresses of which no picture came
const NARROWEST = 3 / 4;
const WIDEST = 4 / 3;

export function bubble(message, before, sender, panel, at) {
  const mine = message.direction === "in";
  const first = before?.direction !== message.direction || day(before.at) !== day(message.at);
  const chosen = panel.open && panel.wamid === message.wamid;
  const failed = !mine && message.failed;
  const tab = at ? 0 : -1;
  return html`<article
    class="message ${mine ? "in" : "out"} ${first ? "first" : ""} ${chosen ? "chosen" : ""} ${failed ? "lost" : ""}"
    id=${message.wamid}
    tabindex=${tab}
    data-touched=${view.touched === message.wamid}
    aria-label="${mine ? nameOf(sender) : W.cuadra}, ${time(message.at)}: ${spoken(message)}"
    aria-keyshortcuts="Enter R"
  >
    <div class="bubble" @click=${(event) => touch(event, message.wamid)}>
      ${quote(message, sender, tab)} ${media(message, sender, tab)} ${body(message)}
      ${failed ? html`<p class="why">${icons.warn}${W.bubble.lost(message.failed)}</p>` : nothing}
      <span class="meta"><time>${time(message.at)}</time>${mine ? ticks(statusOf(message)) : nothing}</span>
      ${choices(message, sender, tab)}
    </div>
    <div class="acts">
      <button class="round" tabindex=${tab} @click=${() => reply(sender.id, message)} aria-label=${W.bubble.reply} title=${W.bubble.reply}>${icons.reply}<span aria-hidden="true">${W.bubble.reply}</span></button>
      <button class="round" tabindex=${tab} @click=${() => choosePoint(message.wamid)} aria-label=${W.bubble.inside} title=${W.bubble.inside}>${icons.inside}<span aria-hidden="true">${W.bubble.insideShort}</span></button>
    </div>
  </article>`;
}

// Where nothing hovers, a tap on a bubble opens its buttons, and another closes them.
function touch(event, wamid) {
  if (!matchMedia("(hover: none)").matches || event.target.closest("a, button, summary")) return;
  view.touched = view.touched === wamid ? null : wamid;
  store.changed();
  queueMicrotask(() => document.getElementById(wamid)?.scrollIntoView({ block: "nearest" })); // what opened may be below the edge
}

export function reply(id, message) {
  view.touched = null;
  if (message) state.quoting.set(id, message);
  else state.quoting.delete(id);
  store.changed();
  focusWriting();
}

// Buttons under the text, or a list that one more button opens; as on a phone they stay, however often they were tapped.
function choices(message, sender, tab) {
  if (!message.offered) return nothing;
  const { label, options } = message.offered;
  const option = (each) => html`<button data-choice=${each.id} tabindex=${tab} @click=${() => tap(sender.id, message, each)}>
    <b>${each.title}</b>${each.description ? html`<small>${each.description}</small>` : nothing}
  </button>`;
  if (!label) return html`<div class="choices" role="group" aria-label=${W.bubble.answers}>${options.map(option)}</div>`;
  return html`<details class="choices rows">
    <summary tabindex=${tab}>${label}</summary>
    <div role="group" aria-label=${label}>${options.map(option)}</div>
  </details>`;
}

async function tap(id, message, option) {
  document.getElementById(message.wamid)?.querySelector("details")?.removeAttribute("open");
  try {
    await store.tap(id, message, option);
  } catch {
    store.tell(W.write.notSent);
  }
  toEnd();
}

// What a screen reader says of a message that is walked to: a name hides what is inside, so it is all in the name.
function spoken(message) {
  const name = message.filename || W.file;
  const file = message.file ? (message.kind === "image" ? W.bubble.photo(name) : W.bubble.document(name)) : "";
  const offered = message.offered ? W.bubble.canTap(message.offered.options.map((each) => each.title).join(", ")) : "";
  return [file, unmarked(message), offered].filter(Boolean).join(". ") || W.bubble.nothing;
}

function quote(message, sender, tab) {
  if (!message.quoted) return nothing;
  const quoted = store.message(sender.id, message.quoted);
  if (!quoted) return nothing;
  return html`<button class="quote ${quoted.direction === "in" ? "of-me" : ""}" tabindex=${tab} @click=${() => show(quoted.wamid)} aria-label=${W.bubble.quoted}>
    ${cited(quoted)} ${quoted.file && (isPdf(quoted) || isPicture(quoted)) ? thumbnail(quoted.file, 46, 46) : nothing}
  </button>`;
}

export const cited = (quoted) => html`<span><b>${quoted.direction === "in" ? W.you : W.cuadra}</b><span>${preview(quoted)}</span></span>`;

function media(message, sender, tab) {
  if (!message.file) return nothing;
  const name = message.filename || W.file;
  const photo = [pageOf(message.file, 0, 480), original(message.file)].find((address) => !view.broken.has(address));
  if (isPhoto(message) && photo) {
    const ratio = view.ratios.get(photo) ?? NARROWEST;
    return html`<button class="photo" tabindex=${tab} @click=${() => openLight(sender.id, message.wamid)} aria-label=${W.bubble.openPhoto(name)}>
      <img src=${photo} alt="" .style=${`aspect-ratio:${ratio}`} loading="lazy" @load=${(event) => fit(photo, event.target)} @error=${() => broke(photo)} />
    </button>`;
  }
  const seen = isPdf(message) || /^image\//.test(message.mime ?? "");
  const pages = store.pagesOf(message.file);
  const facts = [pages && W.bubble.pages(pages), message.size && bytes(message.size), extension(name).toUpperCase()];
  return html`<a class="document" href=${original(message.file)} target="_blank" rel="noopener" download=${seen ? nothing : name} tabindex=${tab} aria-label=${W.bubble.open(name)}>
    ${seen ? thumbnail(message.file, 270, 128, () => isPdf(message) && store.countPages(message.file)) : nothing}
    <span class="paper" data-kind=${extension(name)}><i aria-hidden="true">${extension(name)}</i><span><b title=${name}>${name}</b><small>${facts.filter(Boolean).join(" · ")}</small></span></span>
  </a>`;
}

// A photo keeps its own shape between 3:4 and 4:3; only beyond that is it cut.
function fit(address, { naturalWidth, naturalHeight }) {
  const ratio = Math.min(WIDEST, Math.max(NARROWEST, naturalWidth / naturalHeight));
  if (view.ratios.get(address) === ratio) return;
  view.ratios.set(address, ratio);
  store.changed();
}

// `seen` is told when the picture has come, which is not before it is near what is looked at.
function thumbnail(file, width, height, seen = () => {}) {
  const address = pageOf(file, 0, 480);
  if (view.broken.has(address)) return nothing;
  return html`<img src=${address} alt="" width=${width} height=${height} loading="lazy" @load=${seen} @error=${() => broke(address)} />`;
}

function broke(address) {
  view.broken.add(address);
  store.changed();
}

store.onEvent((event) => event.lost && view.broken.clear()); // what the stack could not give then, it may give now

function body(message) {
  if (message.file && !message.text) return nothing;
  if (!message.text?.trim()) return html`<p class="void">${W.empty}</p>`;
  if (message.kind === "interactive" && message.direction === "in") return html`<div class="text"><p>${message.text}</p></div>`;
  const large = message.file ? 0 : emojiAlone(message);
  return html`<div class="text" data-emoji=${large || nothing}>${parsed(message).map(block)}</div>`;
}

// Made once a message: its text never changes, and every change of anything draws every bubble.
function once(make) {
  const made = new WeakMap();
  return (message) => {
    if (!made.has(message)) made.set(message, make(message.text ?? ""));
    return made.get(message);
  };
}

const parsed = once(blocks);
const unmarked = once(plain);
const letters = new Intl.Segmenter("es", { granularity: "grapheme" });
// How many emoji a text of nothing else has, up to three; 0 for any other.
const emojiAlone = once((text) => {
  const all = text.length > 60 ? [] : [...letters.segment(text.trim())].map((each) => each.segment);
  return all.length <= 3 && all.every((each) => /^(\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F?)/u.test(each)) ? all.length : 0;
});

function block(each) {
  switch (each.type) {
    case "pre":
      return html`<pre>${each.text}</pre>`;
    case "ul":
      return html`<ul>${each.rows.map((row) => html`<li>${row.map(piece)}</li>`)}</ul>`;
    case "ol":
      return html`<ol start=${each.start}>${each.rows.map((row) => html`<li>${row.map(piece)}</li>`)}</ol>`;
    case "quote":
      return html`<blockquote>${joined(each.rows)}</blockquote>`;
    default:
      return html`<p>${joined(each.rows)}</p>`;
  }
}

const joined = (rows) => rows.map((row, index) => [index ? "\n" : "", row.map(piece)]); // lines are kept by white-space: pre-wrap

function piece(each) {
  if (typeof each === "string") return each;
  const inner = each.pieces.map(piece);
  switch (each.mark) {
    case "b":
      return html`<b>${inner}</b>`;
    case "i":
      return html`<i>${inner}</i>`;
    case "s":
      return html`<s>${inner}</s>`;
    case "url":
      return html`<span class="url">${inner}</span>`; // seen as a link, and none: a paper's words lead nobody off this page
    default:
      return html`<code>${inner}</code>`;
  }
}
