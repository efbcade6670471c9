import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { chat, dialog, list, settle } from "./chat.js";
import { panel, inside, follow as followInside } from "./inside.js";
import * as store from "./store.js";

const root = document.getElementById("app");
const { state } = store;

function draw() {
  if (!state.ready) {
    const waiting = html`<p class="boot" role="status">${state.connected ? "Abriendo el chat…" : "Esperando a que el WhatsApp simulado responda…"}</p>`;
    render(waiting, root);
    return;
  }
  render(
    html`<div class="shell" data-screen=${state.screen} data-inside=${panel.open}>
        ${list()} ${chat(panel)} ${panel.open ? inside() : nothing}
      </div>
      ${dialog()}
      <div class="notice" role="status">${state.notice ? html`<p>${state.notice}</p>` : nothing}</div>`,
    root,
  );
  settle();
}

store.onChange(draw);
followInside();
addEventListener("hashchange", () => store.sender(location.hash.slice(1)) && store.choose(location.hash.slice(1)));
addEventListener("dragover", (event) => event.preventDefault()); // a file dropped beside the chat must not replace the page
addEventListener("drop", (event) => event.preventDefault());
addEventListener("beforeunload", (event) => store.isSending() && event.preventDefault()); // what waits to go up would be lost without a word
root.replaceChildren();
draw();
store.follow();
