// What one writes with: the line, what is answered, and the menu of files and samples.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { cited, reply } from "./bubble.js";
import { focusWriting, toEnd } from "./moves.js";
import { extension, icons } from "./parts.js";
import * as store from "./store.js";
import { W } from "./words.js";

const { state } = store;
const view = { menu: false, broken: new Set() }; // broken: samples of which there is no picture

export function write(sender) {
  const quoted = state.quoting.get(sender.id);
  const draft = state.drafts.get(sender.id) ?? "";
  return html`<footer class="write" @keydown=${(event) => event.key === "Escape" && view.menu && closeMenu()}>
    ${
      quoted
        ? html`<div class="quoting">
            <span class="quote ${quoted.direction === "in" ? "of-me" : ""}">${cited(quoted)}</span>
            <button class="round" @click=${() => reply(sender.id, null)} aria-label=${W.write.noQuote}>${icons.close}</button>
          </div>`
        : nothing
    }
    ${view.menu ? menu(sender) : nothing}
    <div class="line">
      <button class="round clip" aria-label=${W.write.attach} title=${W.write.attach} aria-expanded=${view.menu} aria-controls="adjuntar" @click=${() => (view.menu ? closeMenu() : openMenu())}>${icons.clip}</button>
      <textarea
        rows="1"
        placeholder=${W.write.placeholder}
        aria-label=${W.write.message}
        .value=${live(draft)}
        @input=${(event) => {
          state.drafts.set(sender.id, event.target.value);
          store.changed();
        }}
        @keydown=${(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
            event.preventDefault();
            submit(sender.id);
          }
        }}
      ></textarea>
      <button class="round main" aria-label=${W.write.send} title=${W.write.send} ?disabled=${!draft.trim()} @click=${() => submit(sender.id)}>${icons.send}</button>
    </div>
  </footer>`;
}

function menu(sender) {
  const { samples } = state.about;
  const send = (names) => {
    set(false);
    giveSamples(sender.id, names);
  };
  const photos = samples.filter((each) => /^foto\d/.test(each.name)).map((each) => each.name);
  const single = samples.filter((each) => !/^foto\d/.test(each.name));
  return html`<div class="menu" id="adjuntar" role="group" aria-label=${W.write.attach}>
    <label class="choose">
      ${icons.image}<span><b>${W.write.choose}</b><small>${W.write.chooseHint}</small></span>
      <input type="file" multiple accept="image/*,application/pdf,.pdf,.heic" @change=${chosen} />
    </label>
    <p>${W.write.samples}</p>
    <div class="samples">
      ${single.map((each) => html`<button data-sample=${each.name} @click=${() => send([each.name])}><span class="thumb" data-kind=${extension(each.name)}>${face(each.name)}</span><b>${each.label}</b><small>${each.hint}</small></button>`)}
      ${photos.length ? html`<button data-sample="fotos" @click=${() => send(photos)}><span class="thumb several">${photos.map(face)}</span><b>${W.write.three}</b><small>${W.write.threeHint}</small></button>` : nothing}
    </div>
  </div>`;
}

function face(name) {
  const drawn = /\.(jpg|png|webp)$/.test(name) ? name : /\.pdf$/.test(name) ? `${name}/picture` : "";
  if (!drawn || view.broken.has(name)) return html`<i aria-hidden="true">${extension(name)}</i>`;
  return html`<img src="/web/api/samples/${drawn}" alt="" @error=${() => view.broken.add(name) && store.changed()} />`;
}

function openMenu() {
  set(true);
  queueMicrotask(() => document.querySelector(".menu input")?.focus()); // it comes before the clip: Tab alone would not lead into it
}

function closeMenu() {
  set(false);
  document.querySelector(".clip")?.focus();
}

function set(menu) {
  view.menu = menu;
  store.changed();
}

function chosen(event) {
  give(event.target.files);
  event.target.value = "";
  set(false);
  focusWriting();
}

export function give(files) {
  store.sendFiles(state.current, files);
  toEnd();
}

export function giveSamples(id, names) {
  const all = names.reduce((chain, name) => chain.then(() => store.sendSample(id, name)), Promise.resolve());
  all.catch(() => store.tell(W.write.sampleNotSent));
  toEnd();
  focusWriting();
}

async function submit(id) {
  const text = (state.drafts.get(id) ?? "").trim();
  if (!text) return;
  state.drafts.delete(id);
  store.changed();
  await say(id, text);
}

export async function say(id, text) {
  try {
    await store.sendText(id, text);
  } catch {
    if (!state.drafts.get(id)) state.drafts.set(id, text);
    store.tell(W.write.kept);
  }
  toEnd();
}

document.addEventListener("pointerdown", (event) => view.menu && !event.target.closest(".menu, .clip") && set(false));
store.onChange(() => {
  if (view.of !== state.current) Object.assign(view, { of: state.current, menu: false }); // another conversation begins without it
});
