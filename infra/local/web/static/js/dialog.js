// A new sender.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { enter } from "./moves.js";
import { logo } from "./parts.js";
import * as store from "./store.js";
import { W } from "./words.js";

const { state } = store;
const view = { dialog: null };

// Where nobody writes yet: in the conversation's place, and on a phone in the list's.
export const welcome = () => html`<div class="welcome">
  ${logo}
  <h2>${W.welcome.title}</h2>
  <p>${W.welcome.text}</p>
  <button class="main" @click=${openDialog}>${W.list.add}</button>
</div>`;

export function openDialog() {
  set({ phone: true, error: "" });
  queueMicrotask(() => document.querySelector("dialog.new")?.showModal());
}

let pressedOutside = false; // a click that only ends outside is the end of a selection
const outside = (event) => event.target === event.currentTarget; // the backdrop: the form fills the dialog

export function dialog() {
  if (!view.dialog) return nothing;
  const close = () => set(null);
  const pick = (phone, name, hint) => html`<label class="pick">
    <input type="radio" name="by" .checked=${live(view.dialog.phone === phone)} @change=${() => set({ phone, error: "" })} /><span><b>${name}</b><small>${hint}</small></span>
  </label>`;
  return html`<dialog
    class="new"
    aria-labelledby="nuevo"
    @close=${close}
    @pointerdown=${(event) => (pressedOutside = outside(event))}
    @click=${(event) => pressedOutside && outside(event) && close()}
  >
    <form method="dialog" @submit=${create} novalidate>
      <h2 id="nuevo">${W.dialog.title}</h2>
      <label>${W.dialog.name}<input name="name" autocomplete="off" placeholder=${W.dialog.nameExample} maxlength="60" autofocus /></label>
      <fieldset>
        <legend>${W.dialog.shows}</legend>
        ${pick(true, W.dialog.byPhone, W.dialog.byPhoneHint)} ${pick(false, W.dialog.byUser, W.dialog.byUserHint)}
      </fieldset>
      ${
        view.dialog.phone
          ? html`<label>${W.dialog.phone}<input name="phone" inputmode="tel" autocomplete="off" placeholder=${W.dialog.phoneExample} /></label>`
          : html`<label>${W.dialog.user}<input name="username" autocomplete="off" placeholder=${W.dialog.userExample} /></label>`
      }
      <p class="why" role="alert">${view.dialog.error}</p>
      <div class="buttons"><button type="button" class="quiet" @click=${close}>${W.dialog.cancel}</button><button class="main">${W.dialog.create}</button></div>
    </form>
  </dialog>`;
}

async function create(event) {
  event.preventDefault();
  const given = new FormData(event.target);
  const name = String(given.get("name") ?? "").trim();
  const digits = withCountry(String(given.get("phone") ?? "").replace(/[\s+()-]/g, ""));
  const username = String(given.get("username") ?? "").trim().replace(/^@/, "");
  const refuse = (error) => set({ ...view.dialog, error });
  if (view.dialog.phone && digits && !/^\d{8,15}$/.test(digits)) return refuse(W.dialog.badPhone);
  if (!view.dialog.phone && !username) return refuse(W.dialog.badUser);
  const json = { name: name || null, ...(view.dialog.phone ? { phone: digits || null } : { username }) };
  try {
    const made = await store.call("/_sim/senders", { method: "POST", json });
    if (!store.sender(made.id)) state.senders.push(made);
    if (!state.messages.has(made.id)) state.messages.set(made.id, []);
    view.dialog = null;
    enter(made.id);
  } catch (problem) {
    const taken = /that (phone|username)\b.* belongs/.exec(problem.message)?.[1];
    refuse(W.dialog.taken[taken] ?? W.dialog.failed);
  }
}

// Nine digits that begin with 9 are a Peruvian mobile as it is said here, and no country's code.
const withCountry = (digits) => (/^9\d{8}$/.test(digits) ? `51${digits}` : digits);

function set(dialog) {
  view.dialog = dialog;
  store.changed();
}
