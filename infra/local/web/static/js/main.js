import { html, nothing, render } from "../vendor/lit-html/lit-html.js";
import { chat } from "./chat.js";
import { dialog } from "./dialog.js";
import { follow as followInside, inside, panel } from "./inside.js";
import { light } from "./light.js";
import { list } from "./list.js";
import { focusWriting, settle } from "./moves.js";
import * as store from "./store.js";
import { W } from "./words.js";

const root = document.getElementById("app");
const { state } = store;

function draw() {
  if (!state.ready) {
    render(html`<p class="boot" role="status">${state.connected ? W.boot : W.waiting}</p>`, root);
    return;
  }
  render(
    html`<main class="shell" data-screen=${state.screen} data-inside=${panel.open}>
        <h1 class="unseen">${W.title}</h1>
        <button class="skip" ?hidden=${!state.current} @click=${focusWriting}>${W.skip}</button>
        ${list()} ${chat(panel)} ${panel.open ? inside() : nothing}
      </main>
      ${dialog()} ${light()}
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
