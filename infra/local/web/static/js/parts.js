// Small pieces that every view uses: icons, ticks, times, avatars.

import { html } from "../vendor/lit-html/lit-html.js";
import { W } from "./words.js";

const stroke = (path, label) => html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" data-icon=${label}><path d=${path}></path></svg>`;

export const icons = {
  add: stroke("M12 5v14M5 12h14", "add"),
  back: stroke("M15 5l-7 7 7 7", "back"),
  clip: stroke("M20 11.5l-8.2 8.2a5 5 0 0 1-7.1-7.1l8.6-8.6a3.4 3.4 0 0 1 4.8 4.8l-8.6 8.5a1.7 1.7 0 0 1-2.4-2.4l7.6-7.5", "clip"),
  close: stroke("M6 6l12 12M18 6L6 18", "close"),
  down: stroke("M6 9l6 6 6-6", "down"),
  file: stroke("M7 3h7l5 5v13H7zM14 3v5h5", "file"),
  gear: stroke("M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4", "gear"),
  image: stroke("M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.2v.1", "image"),
  inside: stroke("M3 12h4l3-8 4 16 3-8h4", "inside"),
  phone: stroke("M8 2.5h8a1.5 1.5 0 0 1 1.5 1.5v16a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 20V4A1.5 1.5 0 0 1 8 2.5zM11 18.5h2", "phone"),
  next: stroke("M9 5l7 7-7 7", "next"),
  person: stroke("M12 12.2a4.4 4.4 0 1 0 0-8.8 4.4 4.4 0 0 0 0 8.8zM3.6 21c.6-4 4-6.2 8.4-6.2s7.8 2.2 8.4 6.2z", "person"),
  reply: stroke("M10 7L4 12l6 5M4.5 12H14c4 0 6 2 6 6", "reply"),
  save: stroke("M12 4v11M7 10.5l5 5 5-5M5 20h14", "save"),
  search: stroke("M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L21 21", "search"),
  send: stroke("M4 12L20 4l-4.5 16-4-7zM11.5 13L20 4", "send"),
  warn: stroke("M12 4l9 16H3zM12 10v4M12 17v.1", "warn"),
};

export const logo = html`<svg class="logo" viewBox="0 0 64 64" aria-hidden="true">
  <rect width="64" height="64" rx="32" fill="#0b7a62"></rect>
  <path d="M18 33.5 28 43l19-22" fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round" stroke-linejoin="round"></path>
</svg>`;

const LOOKS = { waiting: "clock", sent: "one", delivered: "two", read: "two" };

// Of the person's own messages alone: WhatsApp took it, the webhook acknowledged it, the business read it.
export const statusOf = (message) => (message.read ? "read" : message.webhook?.acked ? "delivered" : "sent");

export function ticks(status) {
  const [label, look] = [W.bubble.ticks[status], LOOKS[status]];
  // Each look is a template of its own: SVG children must be parsed inside their <svg>.
  const drawn =
    look === "clock"
      ? html`<svg viewBox="0 0 16 11" aria-hidden="true"><circle cx="8" cy="5.5" r="4.3"></circle><path d="M8 3v2.8l1.8.9"></path></svg>`
      : look === "one"
        ? html`<svg viewBox="0 0 16 11" aria-hidden="true"><path d="M5.5 6.2 8.6 9.3 14.5 1.8"></path></svg>`
        : html`<svg viewBox="0 0 16 11" aria-hidden="true"><path d="M1 6.2 4.1 9.3 10 1.8M7.4 8.1 8.6 9.3 14.5 1.8"></path></svg>`;
  return html`<span class="ticks" data-status=${status} title=${label}>${drawn}<span class="unseen">${label}</span></span>`;
}

const clockTime = new Intl.DateTimeFormat("es-PE", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const longDay = new Intl.DateTimeFormat("es-PE", { day: "numeric", month: "long", year: "numeric" });
const weekday = new Intl.DateTimeFormat("es-PE", { weekday: "long" });

export const time = (seconds) => clockTime.format(seconds * 1000);

export function day(seconds) {
  const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
  const days = Math.round((midnight(new Date()) - midnight(new Date(seconds * 1000))) / 86_400_000);
  return W.chat.days[days] ?? (days < 7 ? weekday.format(seconds * 1000) : longDay.format(seconds * 1000));
}

export const phone = (digits) => `+${digits.replace(/^(51)(\d{3})(\d{3})(\d{3})$/, "$1 $2 $3 $4")}`;
export const nameOf = (sender) => sender.name || (sender.username ? `@${sender.username}` : phone(sender.phone ?? ""));
export const addressOf = (sender) => (sender.phone ? phone(sender.phone) : sender.username ? `@${sender.username} · ${W.list.noPhone}` : W.list.noPhone);

const LITTLE = new Set(["y", "e", "de", "del", "la", "las", "los", "el"]);

// The initials of whoever has a name; a silhouette of a number.
export function avatar(sender) {
  const words = (sender.name || sender.username || "").replace(/[^\p{L}\p{N}]+/gu, " ").split(" ");
  const initials = words.filter((word) => word && !LITTLE.has(word.toLowerCase())).slice(0, 2).map((word) => word[0].toUpperCase());
  return html`<span class="avatar" data-tone=${toneOf(sender.id)} aria-hidden="true">${initials.length ? initials.join("") : icons.person}</span>`;
}

// One of six, evenly: FNV-1a, its upper bits folded onto the lower.
export function toneOf(id) {
  const hash = [...id].reduce((kept, letter) => Math.imul(kept ^ letter.charCodeAt(0), 16777619), 2166136261);
  return ((hash ^ (hash >>> 15)) >>> 0) % 6;
}

export const original = (id) => `/web/api/files/${encodeURIComponent(id)}`;
export const pageOf = (id, page, width) => `${original(id)}/pages/${page}?width=${width}`;
export const isPdf = (message) => message.mime === "application/pdf" || /\.pdf$/i.test(message.filename ?? "");
export const isPicture = (message) => /^image\/(jpeg|png|webp|gif)$/.test(message.mime ?? "");

export const isPhoto = (message) => message.kind === "image" && isPicture(message);
export const extension = (name) => (/\.(\w{1,4})$/.exec(name)?.[1] ?? "?").toLowerCase();
export const bytes = (count) => (count < 1e6 ? `${Math.max(1, Math.round(count / 1000))} kB` : `${(count / 1e6).toFixed(1)} MB`);

export const duration = (ms) => (ms === null || ms === undefined ? "" : ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(ms < 9950 ? 2 : 1)} s`);
