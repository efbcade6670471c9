// A photo as large as the window, and the conversation's other photos beside it.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { icons, isPhoto, original, pageOf } from "./parts.js";
import * as store from "./store.js";
import { W } from "./words.js";

const view = { sender: null, wamid: null, broken: false };

export function openLight(sender, wamid) {
  set({ sender, wamid });
  queueMicrotask(() => document.querySelector("dialog.light")?.showModal());
}

export function light() {
  const photos = store.conversation(view.sender).filter(isPhoto);
  const at = photos.findIndex((each) => each.wamid === view.wamid);
  if (at < 0) return nothing;
  const photo = photos[at];
  const name = photo.filename || W.file;
  const turn = (by) => photos[at + by] && set({ wamid: photos[at + by].wamid });
  const close = () => set({ wamid: null });
  return html`<dialog
    class="light"
    aria-label=${W.light.name(name)}
    @close=${close}
    @click=${(event) => !event.target.closest("img, a, button") && close()}
    @keydown=${(event) => turn({ ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? NaN)}
  >
    <header>
      <p><b>${name}</b>${photo.text ? html`<span>${photo.text}</span>` : nothing}</p>
      <a class="round" href=${original(photo.file)} download=${name} aria-label=${W.light.save} title=${W.light.save}>${icons.save}</a>
      <button class="round" @click=${close} aria-label=${W.light.close} title=${W.light.close} autofocus>${icons.close}</button>
    </header>
    <button class="round turn" ?hidden=${!photos[at - 1]} @click=${() => turn(-1)} aria-label=${W.light.before}>${icons.back}</button>
    <img src=${view.broken ? pageOf(photo.file, 0, 1200) : original(photo.file)} alt=${W.light.name(name)} @error=${() => view.broken || set({ broken: true })} />
    <button class="round turn" ?hidden=${!photos[at + 1]} @click=${() => turn(1)} aria-label=${W.light.after}>${icons.next}</button>
  </dialog>`;
}

function set(changes) {
  Object.assign(view, { broken: false }, changes);
  store.changed();
}
