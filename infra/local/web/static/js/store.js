// What the page knows, kept current by the simulated WhatsApp's events. Views read `state`; everything that changes it calls `changed`.

import { W } from "./words.js";

export const state = {
  ready: false,
  connected: false,
  about: { samples: [], services: [], gemini: { slow: false }, sunat: { plays: null }, names: { sources: {}, checks: {} } },
  business: "",
  senders: [],
  messages: new Map(), // sender id → messages both ways, in order
  sending: new Map(), // sender id → files on their way up: {key, file, name, preview, progress, error, hopeless}
  typing: new Map(), // sender id → epoch ms until which "escribiendo…" shows
  unread: new Map(),
  drafts: new Map(),
  quoting: new Map(), // sender id → the message that the next one answers
  current: null,
  screen: "list", // on a phone's width: "list" or "chat"
  switches: {},
  notice: "",
};

const TYPING_MS = 25_000; // Meta: the indicator ends with the answer, or after 25 seconds
const listeners = new Set();
const eventListeners = new Set();
let due = false;
let last = 0;
let noticeTimer;

export const onChange = (listener) => listeners.add(listener);
// Of the simulated WhatsApp's events, and of "connected": the stream is open, at first or again, `lost` when the stack had not answered.
export const onEvent = (listener) => eventListeners.add(listener);

export function changed() {
  if (due) return;
  due = true;
  // Not requestAnimationFrame: a tab in the background gets none, and what it sends must be shown as sent all the same.
  queueMicrotask(() => {
    due = false;
    for (const listener of listeners) listener();
  });
}

export function tell(notice, ms = 6000) {
  state.notice = notice;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => {
    state.notice = "";
    changed();
  }, ms);
  changed();
}

export async function call(path, { method = "GET", json, body, headers } = {}) {
  const answer = await fetch(path, {
    method,
    headers: json === undefined ? headers : { "Content-Type": "application/json" },
    body: json === undefined ? body : JSON.stringify(json),
    cache: "no-store",
  });
  const type = answer.headers.get("content-type") ?? "";
  const value = type.includes("json") ? await answer.json() : null;
  if (!answer.ok) throw new Error(value?.error ? JSON.stringify(value.error) : `${answer.status}`);
  return value;
}

export const conversation = (id) => state.messages.get(id) ?? [];
export const sender = (id) => state.senders.find((each) => each.id === id);
export const message = (id, wamid) => conversation(id).find((each) => each.wamid === wamid);

export function choose(id) {
  state.current = id;
  state.screen = "chat";
  state.unread.delete(id);
  if (location.hash.slice(1) !== id) history.replaceState(null, "", `#${id}`);
  changed();
}

// Everything anew: at the start, and when the state folder was emptied behind our back.
export async function load() {
  const [about, senders, messages, switches, page] = await Promise.all([
    call("/_sim"),
    call("/_sim/senders"),
    call("/_sim/messages"),
    call("/_sim/switches"),
    call("/web/api/about"),
  ]);
  last = about.last_event;
  state.business = about.business;
  state.senders = senders;
  state.switches = switches;
  state.about = page;
  state.messages = new Map(senders.map((each) => [each.id, []]));
  for (const each of messages) {
    if (!state.messages.has(each.sender)) state.messages.set(each.sender, []);
    state.messages.get(each.sender).push(each);
  }
  for (const [id, kept] of state.messages) {
    const lastOut = kept.findLastIndex((each) => each.direction === "out");
    const typing = kept.slice(lastOut + 1).reduce((latest, each) => Math.max(latest, each.typing ?? 0), 0);
    if (typing) setTyping(id, typing * 1000 + TYPING_MS);
  }
  if (!sender(state.current)) {
    const wanted = sender(location.hash.slice(1)) ?? senders.at(-1);
    state.current = wanted?.id ?? null;
    if (wanted && sender(location.hash.slice(1))) state.screen = "chat";
  }
  state.ready = true;
  changed();
}

let stream;
let turns = 0; // of several beginnings only the last goes on

// The stream of events. A restart of the stack cuts it; it is opened again from the last event seen, so nothing is missed.
// A tab that nobody sees holds none: a browser has six connections to a host, and each stream takes one of them from the other tabs.
export async function follow(pause = 300) {
  const turn = ++turns;
  const again = (ms, next) => {
    state.connected = false;
    changed();
    setTimeout(() => turn === turns && follow(next), ms);
  };
  stream?.close();
  try {
    await refresh();
  } catch {
    if (turn === turns) again(pause, Math.min(pause * 1.5, 2000));
    return;
  }
  if (turn !== turns || document.hidden) return;
  stream = new EventSource(`/_sim/events?after=${last}`);
  stream.onopen = () => {
    for (const listener of eventListeners) listener({ type: "connected", lost: !state.connected });
    state.connected = true;
    changed();
  };
  stream.onerror = () => {
    stream.close();
    again(300);
  };
  for (const [type, apply] of Object.entries(EVENTS)) {
    stream.addEventListener(type, (raw) => {
      const event = JSON.parse(raw.data);
      last = Math.max(last, event.id);
      apply(event);
      for (const listener of eventListeners) listener(event);
      changed();
    });
  }
}

async function refresh() {
  const about = await call("/_sim");
  if (!state.ready || about.last_event < last) await load();
  else state.about = await call("/web/api/about");
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return follow();
  turns++;
  stream?.close();
});

export function addMessages(id, added) {
  const kept = conversation(id);
  if (!state.messages.has(id)) state.messages.set(id, kept);
  for (const each of added) {
    if (!kept.some((known) => known.wamid === each.wamid)) kept.push(each);
  }
  changed();
}

const EVENTS = {
  sender({ sender: id, data }) {
    const known = sender(id);
    if (known) Object.assign(known, data);
    else {
      state.senders.push({ id, ...data });
      if (!state.messages.has(id)) state.messages.set(id, []);
      state.current ??= id;
    }
  },
  message({ sender: id, data }) {
    addMessages(id, [data]);
    if (data.direction !== "out") return;
    state.typing.delete(id);
    if (id !== state.current || (isNarrow() && state.screen === "list")) state.unread.set(id, (state.unread.get(id) ?? 0) + 1);
  },
  status({ sender: id, at, data }) {
    const known = message(id, data.wamid);
    if (!known || known.statuses.some((each) => each.status === data.status)) return;
    known.statuses.push({ status: data.status, at, code: data.code });
    known.status = data.status;
    known.failed ??= data.code;
  },
  read({ sender: id, at, data }) {
    const kept = conversation(id);
    const until = kept.findIndex((each) => each.wamid === data.wamid);
    for (const each of kept.slice(0, until + 1)) if (each.direction === "in") each.read ??= at;
    const answered = kept.slice(until + 1).some((each) => each.direction === "out" && each.quoted === data.wamid);
    if (data.typing && !answered) setTyping(id, at * 1000 + TYPING_MS);
  },
  webhook({ at, data }) {
    for (const kept of state.messages.values()) {
      for (const each of kept) {
        if (each.direction !== "in" || !data.wamids.includes(each.wamid)) continue;
        each.webhook ??= { attempts: 0, posted: at - data.ms / 1000, acked: null, http: null };
        each.webhook.attempts = Math.max(each.webhook.attempts, data.attempt);
        each.webhook.http = data.status;
        if (data.status === 200) each.webhook.acked ??= at;
      }
    }
  },
  switches({ data }) {
    Object.assign(state.switches, data);
  },
  loaded() {
    load(); // another state of everything
  },
  refused() {},
  fault() {},
};

const pages = new Map();

// How many pages a PDF has, once the stack was asked.
export const pagesOf = (file) => pages.get(file);

export function countPages(file) {
  if (pages.has(file)) return;
  pages.set(file, null);
  call(`/web/api/files/${file}/pages`).then((count) => pages.set(file, count) && changed(), () => pages.delete(file));
}

function setTyping(id, until) {
  if (until <= Date.now()) return;
  state.typing.set(id, until);
  setTimeout(changed, until - Date.now() + 50);
}

export const isTyping = (id) => (state.typing.get(id) ?? 0) > Date.now();
export const isNarrow = () => matchMedia("(max-width: 760px)").matches;

// What a phone does

export async function sendText(id, text) {
  const quoted = state.quoting.get(id)?.wamid;
  state.quoting.delete(id);
  addMessages(id, await call(`/_sim/senders/${id}/messages`, { method: "POST", json: { text, quoted } }));
}

export async function tap(id, message, option) {
  addMessages(id, await call(`/_sim/senders/${id}/messages`, { method: "POST", json: { tap: option.id, quoted: message.wamid } }));
}

const queues = new Map();
let keys = 0;

// One after another: they are to arrive in the order in which they were chosen.
export function sendFiles(id, files) {
  const waiting = [...files].map((file) => ({
    key: `file-${keys++}`,
    file,
    name: file.name || W.file,
    preview: file.type.startsWith("image/") ? URL.createObjectURL(file) : null,
    progress: 0,
    error: "",
  }));
  state.sending.set(id, [...(state.sending.get(id) ?? []), ...waiting]);
  changed();
  const before = queues.get(id) ?? Promise.resolve();
  queues.set(
    id,
    waiting.reduce((chain, item) => chain.then(() => sendFile(id, item)), before),
  );
}

export const isSending = () => [...state.sending.values()].flat().some((item) => !item.error);

export function forgetFile(id, item) {
  if (item.preview) URL.revokeObjectURL(item.preview);
  state.sending.set(id, (state.sending.get(id) ?? []).filter((each) => each !== item));
  changed();
}

async function sendFile(id, item) {
  try {
    const kept = await upload(item);
    const quoted = state.quoting.get(id)?.wamid;
    state.quoting.delete(id);
    const sent = await call(`/_sim/senders/${id}/messages`, { method: "POST", json: { files: [kept.id], quoted } });
    addMessages(id, sent);
    forgetFile(id, item);
  } catch (problem) {
    item.hopeless = problem.message === "413";
    item.error = item.hopeless ? W.write.tooLarge : W.write.fileNotSent;
    changed();
  }
}

function upload(item) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch tells no progress of an upload
    request.open("POST", `/_sim/files?name=${encodeURIComponent(item.name)}`);
    request.setRequestHeader("Content-Type", item.file.type || "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      item.progress = event.lengthComputable ? event.loaded / event.total : 0;
      changed();
    };
    request.onload = () => (request.status === 201 ? resolve(request.response) : reject(new Error(`${request.status}`)));
    request.onerror = () => reject(new Error("network"));
    request.send(item.file);
  });
}

export async function sendSample(id, name) {
  const answer = await fetch(`/web/api/samples/${encodeURIComponent(name)}`);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const data = await answer.blob();
  return sendFiles(id, [new File([data], name, { type: data.type })]);
}

export async function setSwitches(changes) {
  Object.assign(state.switches, await call("/_sim/switches", { method: "POST", json: changes }));
  changed();
}
