// Moving around: to a sender, to a message, to the end of the conversation, to where one writes.

import * as store from "./store.js";

const { state } = store;

export const place = { atEnd: true };

export function enter(id) {
  store.choose(id);
  queueMicrotask(() => {
    if (!store.isNarrow()) focusWriting();
    document.querySelector(`.row[data-sender="${id}"]`)?.scrollIntoView({ block: "nearest" });
    toEnd();
  });
}

export function back() {
  state.screen = "list";
  store.changed();
  queueMicrotask(() => document.querySelector(`.row[data-sender="${state.current}"]`)?.focus());
}

export const focusWriting = () => queueMicrotask(() => document.querySelector(".write textarea")?.focus());

export function show(wamid) {
  const found = document.getElementById(wamid);
  found?.scrollIntoView({ block: "center", behavior: "smooth" });
  found?.focus({ preventScroll: true });
}

export function scrolled(event) {
  const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
  const atEnd = scrollHeight - scrollTop - clientHeight < 80;
  if (place.atEnd === atEnd) return;
  place.atEnd = atEnd;
  store.changed();
}

export function toEnd(smooth) {
  place.atEnd = true;
  const log = document.querySelector(".log");
  log?.scrollTo({ top: log.scrollHeight, behavior: smooth ? "smooth" : "instant" });
}

let settled = "";

// When it grows the conversation stays at its end, if that is where it was; what changes without growing must not undo a scroll.
export function settle() {
  const log = document.querySelector(".log");
  const size = log ? `${state.current} ${log.scrollHeight} ${log.clientHeight}` : "";
  if (log && place.atEnd && size !== settled) log.scrollTop = log.scrollHeight;
  settled = size;
  const area = document.querySelector(".write textarea");
  if (area) {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 140)}px`;
  }
}
