// The chat: who writes, the conversation, and what one writes with. Text of messages only ever becomes text nodes.

import { html, nothing } from "../vendor/lit-html/lit-html.js";
import { live } from "../vendor/lit-html/directives/live.js";
import { repeat } from "../vendor/lit-html/directives/repeat.js";
import { blocks, plain } from "./format.js";
import { choosePoint } from "./inside.js";
import { addressOf, avatar, calledBy, day, icons, isPdf, isPicture, logo, nameOf, original, pageOf, statusOf, ticks, time } from "./parts.js";
import * as store from "./store.js";
import { troubles } from "./trouble.js";

const { state } = store;
const view = { menu: false, over: false, dialog: null, broken: new Set(), at: null }; // broken: addresses of which no picture came; at: the message that the keyboard is on

// The list of senders

export function list() {
  const order = [...state.senders].sort((a, b) => (store.conversation(b.id).at(-1)?.at ?? 0) - (store.conversation(a.id).at(-1)?.at ?? 0));
  return html`<nav class="list" aria-label="Remitentes">
    <header class="bar">
      <h1>Remitentes</h1>
      <button class="round" @click=${openDialog} aria-label="Nuevo remitente" title="Nuevo remitente">${icons.add}</button>
    </header>
    <ul>
      ${repeat(
        order,
        (each) => each.id,
        (each) => row(each),
      )}
    </ul>
    <p class="note">Cada remitente es un teléfono distinto que le escribe a Cuadra. Ninguno ve lo de otro.</p>
  </nav>`;
}

function row(sender) {
  const last = store.conversation(sender.id).at(-1);
  const unread = state.unread.get(sender.id);
  const typing = store.isTyping(sender.id);
  return html`<li>
    <button class="row" data-sender=${sender.id} aria-current=${sender.id === state.current ? "true" : "false"} @click=${() => enter(sender.id)}>
      ${avatar(sender)}
      <span class="who"><b>${nameOf(sender)}</b><time>${last ? time(last.at) : nothing}</time></span>
      <span class="last">
        ${typing ? html`<em>escribiendo…</em>` : last ? html`${last.direction === "in" ? ticks(statusOf(last)) : nothing}<span>${preview(last)}</span>` : html`<span>${calledBy(sender) === addressOf(sender) ? "Sin mensajes" : addressOf(sender)}</span>`}
        ${unread ? html`<i class="unread" aria-label="${unread} sin leer">${unread}</i>` : nothing}
      </span>
    </button>
  </li>`;
}

function preview(message) {
  if (message.file) return `${message.kind === "image" ? "📷" : "📄"} ${message.text || message.filename || "Archivo"}`;
  return unmarked(message).slice(0, 90) || "Mensaje vacío";
}

function enter(id) {
  store.choose(id);
  view.menu = false;
  queueMicrotask(() => {
    if (!store.isNarrow()) document.querySelector(".write textarea")?.focus();
    document.querySelector(`.row[data-sender="${id}"]`)?.scrollIntoView({ block: "nearest" });
    toEnd();
  });
}

// The conversation

export function chat(panel) {
  const sender = store.sender(state.current);
  if (!sender) return empty();
  const kept = store.conversation(sender.id);
  const at = kept.some((each) => each.wamid === view.at) ? view.at : kept.at(-1)?.wamid; // one message at a time is in the way of Tab
  return html`<main
    class="chat"
    data-over=${view.over}
    @dragenter=${over}
    @dragover=${over}
    @dragleave=${(event) => !event.currentTarget.contains(event.relatedTarget) && set({ over: false })}
    @pointermove=${() => set({ over: false }) /* none comes during a drag: one that was given up need not say so */}
    @drop=${drop}
    @paste=${paste}
  >
    <header class="bar">
      <button class="round back" @click=${() => back()} aria-label="Volver a los remitentes">${icons.back}</button>
      ${logo}
      <div class="title">
        <h2>Cuadra</h2>
        <p aria-live="polite">${subtitle(sender)}</p>
      </div>
      <button class="pill" aria-pressed=${panel.open} @click=${panel.toggle} aria-label="Por dentro${troubles() ? ", hay fallas encendidas" : ""}" title="Qué pasó por dentro">
        ${icons.inside}<span>Por dentro</span>${troubles() ? html`<i class="dot"></i>` : nothing}
      </button>
    </header>
    <div class="log" role="log" aria-label="Conversación de ${nameOf(sender)} con Cuadra" aria-describedby="teclas" tabindex="0" @keydown=${walk} @focusin=${arrive} @scroll=${scrolled}>
      ${kept.length ? nothing : html`<p class="hint">Escribe «Hola» o suelta aquí una factura: con el primer mensaje quedas registrado.</p>`}
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
      ${store.isTyping(sender.id) ? html`<div class="message out first typing"><div class="bubble" role="status" aria-label="Cuadra está escribiendo"><i></i><i></i><i></i></div></div>` : nothing}
    </div>
    <p class="keys" id="teclas"><kbd>↑</kbd> <kbd>↓</kbd> de mensaje en mensaje · <kbd>Tab</kbd> sus enlaces y botones · <kbd>Enter</kbd> por dentro · <kbd>R</kbd> responder</p>
    <button class="round end" ?hidden=${!view.away} @click=${() => toEnd(true)} aria-label="Ir al último mensaje">${icons.down}</button>
    ${write(sender)}
    <div class="drop" aria-hidden="true"><p>${icons.image}<b>Suelta aquí tus fotos o PDFs</b>Se envían en este orden, uno tras otro</p></div>
  </main>`;
}

const empty = () => html`<main class="chat">
  <div class="welcome">
    ${logo}
    <h2>Chatea con Cuadra antes de tener un número</h2>
    <p>Crea un remitente y envíale una factura: verás la respuesta y lo que pasa por dentro.</p>
    <button class="main" @click=${openDialog}>Nuevo remitente</button>
  </div>
</main>`;

function subtitle(sender) {
  if (!state.connected) return html`<span class="offline">Reconectando…</span>`;
  if (store.isTyping(sender.id)) return html`<span class="live">escribiendo…</span>`;
  return `Escribes como ${calledBy(sender)}`;
}

const newDay = (message, before) =>
  !before || day(before.at) !== day(message.at) ? html`<p class="day"><span>${day(message.at)}</span></p>` : nothing;

function bubble(message, before, sender, panel, at) {
  const mine = message.direction === "in";
  const first = before?.direction !== message.direction || day(before.at) !== day(message.at);
  const chosen = panel.open && panel.wamid === message.wamid;
  const failed = !mine && message.failed;
  return html`<article
    class="message ${mine ? "in" : "out"} ${first ? "first" : ""} ${chosen ? "chosen" : ""} ${failed ? "lost" : ""}"
    id=${message.wamid}
    tabindex=${at ? 0 : -1}
    aria-label="${mine ? nameOf(sender) : "Cuadra"}, ${time(message.at)}: ${spoken(message)}"
    aria-keyshortcuts="Enter R"
  >
    <div class="bubble">
      ${quote(message, sender, at)} ${media(message, at)} ${body(message)}
      ${failed ? html`<p class="why">No llegó al teléfono (error ${message.failed})</p>` : nothing}
      <span class="meta"><time>${time(message.at)}</time>${ticks(statusOf(message))}</span>
      ${choices(message, sender, at)}
    </div>
    <div class="acts">
      <button class="round" tabindex=${at ? 0 : -1} @click=${() => reply(sender.id, message)} aria-label="Responder" title="Responder">${icons.reply}</button>
      <button class="round" tabindex=${at ? 0 : -1} @click=${() => choosePoint(message.wamid)} aria-label="Ver por dentro" title="Ver por dentro">${icons.inside}</button>
    </div>
  </article>`;
}

// Buttons under the text, or a list that one more button opens; as on a phone they stay, however often they were tapped.
function choices(message, sender, at) {
  if (!message.offered) return nothing;
  const { label, options } = message.offered;
  const tab = at ? 0 : -1;
  const option = (each) => html`<button data-choice=${each.id} tabindex=${tab} @click=${() => tap(sender.id, message, each)}>
    <b>${each.title}</b>${each.description ? html`<small>${each.description}</small>` : nothing}
  </button>`;
  if (!label) return html`<div class="choices" role="group" aria-label="Respuestas">${options.map(option)}</div>`;
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
    store.tell("No se pudo enviar: el WhatsApp simulado no responde.");
  }
  toEnd();
}

// What a screen reader says of a message that is walked to: a name hides what is inside, so it is all in the name.
function spoken(message) {
  const file = message.file ? `${message.kind === "image" ? "foto" : "documento"} ${message.filename || "archivo"}` : "";
  const offered = message.offered ? `se puede tocar: ${message.offered.options.map((each) => each.title).join(", ")}` : "";
  return [file, unmarked(message), offered].filter(Boolean).join(". ") || "mensaje vacío";
}

function quote(message, sender, at) {
  if (!message.quoted) return nothing;
  const quoted = store.message(sender.id, message.quoted);
  if (!quoted) return nothing;
  const mine = quoted.direction === "in";
  return html`<button class="quote ${mine ? "of-me" : ""}" tabindex=${at ? 0 : -1} @click=${() => show(quoted.wamid)} aria-label="Ver el mensaje citado">
    <span><b>${mine ? "Tú" : "Cuadra"}</b><span>${preview(quoted)}</span></span>
    ${quoted.file && (isPdf(quoted) || isPicture(quoted)) ? thumbnail(quoted.file, 46, 46) : nothing}
  </button>`;
}

function media(message, at) {
  if (!message.file) return nothing;
  const name = message.filename || "archivo";
  const photo = [pageOf(message.file, 0, 480), original(message.file)].find((address) => !view.broken.has(address));
  if (message.kind === "image" && isPicture(message) && photo)
    return html`<a class="photo" href=${original(message.file)} target="_blank" rel="noopener" tabindex=${at ? 0 : -1} aria-label="Abrir la foto ${name}">
      <img src=${photo} alt="Foto ${name}" width="250" height="300" loading="lazy" @error=${() => broke(photo)} />
    </a>`;
  const seen = isPdf(message) || /^image\//.test(message.mime ?? "");
  return html`<a class="document" href=${original(message.file)} target="_blank" rel="noopener" download=${seen ? nothing : name} tabindex=${at ? 0 : -1} aria-label="Abrir ${name}">
    ${seen ? thumbnail(message.file, 270, 128) : nothing}
    <span class="paper" data-kind=${extension(name)}><i aria-hidden="true">${extension(name)}</i><span><b>${name}</b><small>${extension(name).toUpperCase()}</small></span></span>
  </a>`;
}

const extension = (name) => (/\.(\w{1,4})$/.exec(name)?.[1] ?? "?").toLowerCase();

function thumbnail(file, width, height) {
  const address = pageOf(file, 0, 480);
  if (view.broken.has(address)) return nothing;
  return html`<img src=${address} alt="" width=${width} height=${height} loading="lazy" @error=${() => broke(address)} />`;
}

function broke(address) {
  view.broken.add(address);
  store.changed();
}

store.onEvent((event) => event.lost && view.broken.clear()); // what the stack could not give then, it may give now

function body(message) {
  if (message.file && !message.text) return nothing;
  if (!message.text?.trim()) return html`<p class="void">Mensaje vacío</p>`;
  if (message.kind === "interactive" && message.direction === "in") return html`<div class="text"><p>${message.text}</p></div>`;
  return html`<div class="text">${parsed(message).map(block)}</div>`;
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
    default:
      return html`<code>${inner}</code>`;
  }
}

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
                ${item.hopeless ? nothing : html`<button class="link" @click=${() => again(sender.id, item)}>Reintentar</button>`}
                <button class="link" @click=${() => store.forgetFile(sender.id, item)}>Descartar</button>
              </p>`
            : html`<progress max="100" value=${percent} aria-label="Subiendo ${item.name}"></progress>`
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

// Writing

function write(sender) {
  const quoted = state.quoting.get(sender.id);
  const draft = state.drafts.get(sender.id) ?? "";
  return html`<footer class="write" @keydown=${(event) => event.key === "Escape" && view.menu && closeMenu()}>
    ${
      quoted
        ? html`<div class="quoting">
            <span class="quote ${quoted.direction === "in" ? "of-me" : ""}"><span><b>${quoted.direction === "in" ? "Tú" : "Cuadra"}</b><span>${preview(quoted)}</span></span></span>
            <button class="round" @click=${() => reply(sender.id, null)} aria-label="No citar">${icons.close}</button>
          </div>`
        : nothing
    }
    ${view.menu ? menu(sender) : nothing}
    <div class="line">
      <button class="round clip" aria-label="Adjuntar" title="Adjuntar" aria-expanded=${view.menu} aria-controls="adjuntar" @click=${() => (view.menu ? closeMenu() : openMenu())}>${icons.clip}</button>
      <textarea
        rows="1"
        placeholder="Escribe un mensaje"
        aria-label="Mensaje"
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
      <button class="round main" aria-label="Enviar" title="Enviar" ?disabled=${!draft.trim()} @click=${() => submit(sender.id)}>${icons.send}</button>
    </div>
  </footer>`;
}

function menu(sender) {
  const { samples } = state.about;
  const send = (names) => {
    set({ menu: false });
    const all = names.reduce((chain, name) => chain.then(() => store.sendSample(sender.id, name)), Promise.resolve());
    all.catch(() => store.tell("No se pudo enviar el ejemplo."));
    toEnd();
    focusWriting();
  };
  const photos = samples.filter((each) => /^foto\d/.test(each.name)).map((each) => each.name);
  const single = samples.filter((each) => !/^foto\d/.test(each.name));
  return html`<div class="menu" id="adjuntar" role="group" aria-label="Adjuntar">
    <label class="choose">
      ${icons.image}<span><b>Fotos y PDFs de este equipo</b><small>también puedes soltarlos o pegarlos en el chat</small></span>
      <input type="file" multiple accept="image/*,application/pdf,.pdf,.heic" @change=${chosen} />
    </label>
    <p>Documentos de ejemplo</p>
    <div class="samples">
      ${single.map((each) => html`<button data-sample=${each.name} @click=${() => send([each.name])}><span class="thumb" data-kind=${extension(each.name)}>${sampleFace(each.name)}</span><b>${each.label}</b><small>${each.hint}</small></button>`)}
      ${photos.length ? html`<button data-sample="fotos" @click=${() => send(photos)}><span class="thumb several">${photos.map((name) => html`<img src="/web/api/samples/${name}" alt="" />`)}</span><b>Tres fotos</b><small>de una vez, en orden</small></button>` : nothing}
    </div>
  </div>`;
}

const sampleFace = (name) =>
  /\.(jpg|png|webp)$/.test(name) ? html`<img src="/web/api/samples/${name}" alt="" />` : html`<i aria-hidden="true">${extension(name)}</i>`;

function openMenu() {
  set({ menu: true });
  queueMicrotask(() => document.querySelector(".menu input")?.focus()); // it comes before the clip: Tab alone would not lead into it
}

function closeMenu() {
  set({ menu: false });
  document.querySelector(".clip")?.focus();
}

function chosen(event) {
  give(event.target.files);
  event.target.value = "";
  set({ menu: false });
  focusWriting();
}

async function submit(id) {
  const text = (state.drafts.get(id) ?? "").trim();
  if (!text) return;
  state.drafts.delete(id);
  store.changed();
  try {
    await store.sendText(id, text);
  } catch {
    if (!state.drafts.get(id)) state.drafts.set(id, text);
    store.tell("No se pudo enviar: el WhatsApp simulado no responde. Tu texto sigue aquí.");
  }
  toEnd();
}

function reply(id, message) {
  if (message) state.quoting.set(id, message);
  else state.quoting.delete(id);
  store.changed();
  focusWriting();
}

const focusWriting = () => queueMicrotask(() => document.querySelector(".write textarea")?.focus());

function give(files) {
  store.sendFiles(state.current, files);
  toEnd();
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

// Moving around

function back() {
  state.screen = "list";
  store.changed();
  queueMicrotask(() => document.querySelector(`.row[data-sender="${state.current}"]`)?.focus());
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

export function show(wamid) {
  const found = document.getElementById(wamid);
  found?.scrollIntoView({ block: "center", behavior: "smooth" });
  found?.focus({ preventScroll: true });
}

let atEnd = true;

function scrolled(event) {
  const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
  atEnd = scrollHeight - scrollTop - clientHeight < 80;
  if (!!view.away !== !atEnd) set({ away: !atEnd });
}

let settled = "";

// When it grows the conversation stays at its end, if that is where it was; what changes without growing must not undo a scroll.
export function settle() {
  const log = document.querySelector(".log");
  const size = log ? `${state.current} ${log.scrollHeight} ${log.clientHeight}` : "";
  if (log && atEnd && size !== settled) log.scrollTop = log.scrollHeight;
  settled = size;
  const area = document.querySelector(".write textarea");
  if (area) {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, 140)}px`;
  }
}

export function toEnd(smooth) {
  atEnd = true;
  const log = document.querySelector(".log");
  log?.scrollTo({ top: log.scrollHeight, behavior: smooth ? "smooth" : "instant" });
}

// A new sender

function openDialog() {
  view.dialog = { phone: true, error: "" };
  store.changed();
  queueMicrotask(() => document.querySelector("dialog")?.showModal());
}

let pressedOutside = false; // a click that only ends outside is the end of a selection
const outside = (event) => event.target === event.currentTarget; // the backdrop: the form fills the dialog

export function dialog() {
  if (!view.dialog) return nothing;
  const close = () => set({ dialog: null });
  return html`<dialog
    aria-labelledby="nuevo"
    @close=${close}
    @pointerdown=${(event) => (pressedOutside = outside(event))}
    @click=${(event) => pressedOutside && outside(event) && close()}
  >
    <form method="dialog" @submit=${create} novalidate>
      <h2 id="nuevo">Nuevo remitente</h2>
      <label>Nombre<input name="name" autocomplete="off" placeholder="Ana Torres" maxlength="60" autofocus /></label>
      <fieldset>
        <legend>WhatsApp lo muestra</legend>
        <label class="pick"><input type="radio" name="by" value="phone" .checked=${live(view.dialog.phone)} @change=${() => by(true)} /><span><b>Con su teléfono</b><small>como casi todos</small></span></label>
        <label class="pick"><input type="radio" name="by" value="username" .checked=${live(!view.dialog.phone)} @change=${() => by(false)} /><span><b>Con usuario, sin teléfono</b><small>el negocio solo recibe un id</small></span></label>
      </fieldset>
      ${
        view.dialog.phone
          ? html`<label>Teléfono, con código de país<input name="phone" inputmode="tel" autocomplete="off" placeholder="vacío: uno cualquiera" /></label>`
          : html`<label>Usuario<input name="username" autocomplete="off" placeholder="ana.torres" /></label>`
      }
      <p class="why" role="alert">${view.dialog.error}</p>
      <div class="buttons"><button type="button" class="quiet" @click=${close}>Cancelar</button><button class="main">Crear</button></div>
    </form>
  </dialog>`;
}

function by(phoneShown) {
  view.dialog = { phone: phoneShown, error: "" };
  store.changed();
}

async function create(event) {
  event.preventDefault();
  const given = new FormData(event.target);
  const name = String(given.get("name") ?? "").trim();
  const digits = withCountry(String(given.get("phone") ?? "").replace(/[\s+()-]/g, ""));
  const username = String(given.get("username") ?? "").trim().replace(/^@/, "");
  const refuse = (error) => set({ dialog: { ...view.dialog, error } });
  if (view.dialog.phone && digits && !/^\d{8,15}$/.test(digits)) return refuse("El teléfono lleva de 8 a 15 dígitos, por ejemplo 51 987 654 321.");
  if (!view.dialog.phone && !username) return refuse("Escribe un usuario.");
  const json = { name: name || null, ...(view.dialog.phone ? { phone: digits || null } : { username }) };
  try {
    const made = await store.call("/_sim/senders", { method: "POST", json });
    if (!store.sender(made.id)) state.senders.push(made);
    if (!state.messages.has(made.id)) state.messages.set(made.id, []);
    view.dialog = null;
    enter(made.id);
  } catch (problem) {
    const taken = /that (phone|username)\b.* belongs/.exec(problem.message)?.[1];
    refuse({ phone: "Ese teléfono ya es de otro remitente.", username: "Ese usuario ya es de otro remitente." }[taken] ?? "No se pudo crear. Inténtalo otra vez.");
  }
}

// Nine digits that begin with 9 are a Peruvian mobile as it is said here, and no country's code.
const withCountry = (digits) => (/^9\d{8}$/.test(digits) ? `51${digits}` : digits);

function set(changes) {
  const same = Object.entries(changes).every(([key, value]) => view[key] === value);
  Object.assign(view, changes);
  if (!same) store.changed();
}

document.addEventListener("pointerdown", (event) => {
  if (view.menu && !event.target.closest(".menu, .clip")) set({ menu: false });
});
