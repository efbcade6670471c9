// WhatsApp's own formatting as a tree, and nothing else: what is not listed here stays text. Pure.
//
// A block is {type: "p" | "quote" | "ul" | "ol" | "pre", …}; a piece is text or {mark: "b" | "i" | "s" | "code" | "url", pieces}.

const MARKS = { "*": "b", _: "i", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;
const LINK = /(?:https?:\/\/|www\.)[^\s<>"«»]*[^\s<>"«».,;:!?)\]'*_~`]/y;

export function blocks(text) {
  const found = [];
  const parts = text.split(/```([\s\S]+?)```/);
  parts.forEach((part, index) => {
    if (index % 2) found.push({ type: "pre", text: part.replace(/^\n|\n$/g, "") });
    else if (part.replace(/\n/g, "")) lines(index ? part.replace(/^\n/, "") : part, found);
  });
  return found;
}

function lines(text, found) {
  for (const line of text.split("\n")) {
    const bullet = /^\s*[*-] (\S.*)$/.exec(line);
    const number = /^\s*(\d{1,3})\. (\S.*)$/.exec(line);
    const quote = /^> ?(.*)$/.exec(line);
    const block = bullet
      ? { type: "ul", rows: [pieces(bullet[1])] }
      : number
        ? { type: "ol", start: Number(number[1]), rows: [pieces(number[2])] }
        : quote
          ? { type: "quote", rows: [pieces(quote[1])] }
          : { type: "p", rows: [pieces(line)] };
    const before = found.at(-1);
    const goes = before?.type === block.type && (block.type !== "ol" || block.start === before.start + before.rows.length);
    if (goes) before.rows.push(...block.rows);
    else found.push(block);
  }
}

export function pieces(text) {
  const found = [];
  let plain = "";
  const flush = () => {
    if (plain) found.push(plain);
    plain = "";
  };
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    const url = /[hw]/.test(sign) && !WORD.test(text[at - 1] ?? "") && address(text, at);
    if (url) {
      flush();
      found.push({ mark: "url", pieces: [url] });
      at += url.length - 1;
      continue;
    }
    if (sign === "`") {
      const end = text.indexOf("`", at + 1);
      if (end > at + 1) {
        flush();
        found.push({ mark: "code", pieces: [text.slice(at + 1, end)] });
        at = end;
        continue;
      }
    } else if (MARKS[sign] && opens(text, at)) {
      const end = closing(text, at);
      if (end > 0) {
        flush();
        found.push({ mark: MARKS[sign], pieces: pieces(text.slice(at + 1, end)) });
        at = end;
        continue;
      }
    }
    plain += sign;
  }
  flush();
  return found;
}

function address(text, at) {
  LINK.lastIndex = at;
  return LINK.exec(text)?.[0];
}

const opens = (text, at) => !WORD.test(text[at - 1] ?? "") && text[at + 1] !== undefined && !/\s/.test(text[at + 1]) && text[at + 1] !== text[at];

function closing(text, from) {
  for (let at = text.indexOf(text[from], from + 2); at > 0; at = text.indexOf(text[from], at + 1)) {
    if (!/\s/.test(text[at - 1]) && !WORD.test(text[at + 1] ?? "")) return at;
  }
  return -1;
}

// The text without its marks, on one line: for previews and names. Only what is rendered as a mark goes, «5*3» and «juan_perez» stay.
export const plain = (text) => blocks(text ?? "").map(inLine).join(" ").replace(/\s+/g, " ").trim();

const inLine = (block) => (block.type === "pre" ? block.text : block.rows.map((row, index) => lead(block, index) + row.map(bare).join("")).join(" "));
const lead = (block, index) => ({ ul: "- ", ol: `${block.start + index}. ` })[block.type] ?? "";
const bare = (piece) => (typeof piece === "string" ? piece : piece.pieces.map(bare).join(""));
