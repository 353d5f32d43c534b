// Slack's message text ('mrkdwn') as nodes to draw. Nothing is ever set as HTML: text stays text.

import { glyph, withEmoji } from "./emoji.js";
import { appLink } from "./routes.js";
import { app, conversation, nameOf, workspaceNow, zone } from "./store.js";
import { longMoment, slackDate } from "./times.js";
import { h } from "./vdom.js";

/** Undo Slack's three escapes. */
export function unescape(text) {
  return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

/** Turn mrkdwn into nodes: code fences, quotes, lists and paragraphs with inline marks. */
export function mrkdwn(text) {
  return String(text ?? "")
    .split(/```\n?([\s\S]*?)\n?```\n?/)
    .map((part, index) => (index % 2 ? h("pre", { class: "code-block" }, unescape(tokensAsText(part))) : lines(part)));
}

const QUOTE = /^(?:>|&gt;) ?/;
const BULLET = /^(\s*)[•◦▪-] (?=\S)/;
const NUMBER = /^\s*(\d{1,3})\. (?=\S)/;

function kindOf(line) {
  if (QUOTE.test(line)) return "quote";
  if (BULLET.test(line)) return "bullets";
  if (NUMBER.test(line)) return "numbers";
  return "text";
}

function lines(text) {
  const groups = [];
  for (const line of text.replace(/^\n|\n$/g, "").split("\n")) {
    const kind = kindOf(line);
    const last = groups.at(-1);
    if (last && last.kind === kind) last.lines.push(line);
    else groups.push({ kind, lines: [line] });
  }
  if (groups.length === 1 && groups[0].kind === "text" && !groups[0].lines[0] && groups[0].lines.length === 1) return [];
  return groups.map(group);
}

function group({ kind, lines: content }) {
  if (kind === "quote") {
    return h("blockquote", {}, inline(content.map((line) => line.replace(QUOTE, "")).join("\n")));
  }
  if (kind === "bullets") {
    const item = (line) => h("li", { class: /^\s{2,}/.test(line) ? "deeper" : null }, inline(line.replace(BULLET, "")));
    return h("ul", {}, content.map(item));
  }
  if (kind === "numbers") {
    const start = Number(NUMBER.exec(content[0])[1]);
    return h("ol", { start }, content.map((line) => h("li", {}, inline(line.replace(NUMBER, "")))));
  }
  return h("span", { class: "lines" }, inline(content.join("\n")));
}

const STYLES = { "*": "strong", _: "em", "~": "s" };
const WORD = /[\p{L}\p{N}]/u;
const URL_HERE = /^https?:\/\/[^\s<>]+[^\s<>.,;:!?)'"»]/;

/** Inline marks of one paragraph. */
export function inline(text) {
  const out = [];
  let plain = "";
  let at = 0;
  const flush = () => {
    if (plain) out.push(...withBreaks(unescape(plain)));
    plain = "";
  };
  const take = (node, length) => {
    flush();
    out.push(node);
    at += length;
  };
  while (at < text.length) {
    const rest = text.slice(at);
    const found = markAt(text, at, rest);
    if (found) take(found.node, found.length);
    else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return out;
}

function markAt(text, at, rest) {
  const char = rest[0];
  if (char === "<") {
    const match = /^<((?:https?:|mailto:|tel:|@[UW]|#[CG]|!)[^<>\n]*)>/i.exec(rest);
    return match && { node: token(match[1]), length: match[0].length };
  }
  if (char === "`") {
    const match = /^`([^`\n]+)`/.exec(rest);
    return match && { node: h("code", {}, unescape(tokensAsText(match[1]))), length: match[0].length };
  }
  if (char === ":") {
    const match = /^:([a-z0-9_+'-]+(?:::skin-tone-[2-6])?):/.exec(rest);
    const picture = match && glyph(match[1]);
    return picture && { node: emojiNode(match[1], picture), length: match[0].length };
  }
  if (char === "h") {
    const match = !WORD.test(text[at - 1] || "") && URL_HERE.exec(rest);
    return match && { node: link(unescape(match[0])), length: match[0].length };
  }
  if (STYLES[char]) return styled(text, at, rest, char);
  return null;
}

// A mark opens after a space or a sign, hugs its words, and closes on the same line.
function styled(text, at, rest, char) {
  if (WORD.test(text[at - 1] || "") || text[at - 1] === char || !rest[1] || /\s/.test(rest[1]) || rest[1] === char) {
    return null;
  }
  for (let end = 2; end < rest.length && rest[end] !== "\n"; end += 1) {
    if (rest[end] !== char || /\s/.test(rest[end - 1]) || WORD.test(rest[end + 1] || "")) continue;
    return { node: h(STYLES[char], {}, inline(rest.slice(1, end))), length: end + 1 };
  }
  return null;
}

function withBreaks(text) {
  return text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}

export function emojiNode(name, picture = glyph(name)) {
  if (!picture) return `:${name}:`;
  return h("span", { class: "emoji", role: "img", "aria-label": name.replace(/_/g, " "), title: `:${name}:` }, picture);
}

/** A link, if it is one that a browser may safely follow; else its words. */
export function link(url, label = null) {
  const words = label || url;
  if (!/^(https?:|mailto:|tel:)/i.test(url)) return h("span", {}, words);
  const inside = appLink(url);
  const follow = inside && ((event) => { event.preventDefault(); inside(); });
  return h("a", { href: url, target: inside ? null : "_blank", rel: "noopener noreferrer", onclick: follow }, words);
}

export function personMention(id, fallback = null) {
  const known = app.see?.users[id] || app.people.some((person) => person.id === id) || id === app.see?.app.user_id;
  const mine = id === app.user ? " mine" : "";
  return h("span", { class: `mention${mine}` }, `@${known ? nameOf(id) : fallback || "somebody"}`);
}

export function channelMention(id, fallback = null) {
  const name = conversation(id)?.name || fallback;
  const open = conversation(id) && appLink(`${location.origin}/archives/${id}`);
  const words = name ? `#${name.replace(/^#/, "")}` : "a private channel";
  return open ? h("button", { class: "mention", type: "button", onclick: open }, words) : h("span", { class: "mention" }, words);
}

export function dateNode(seconds, pattern, url, fallback) {
  const words = Number.isFinite(seconds) ? slackDate(seconds, pattern, zone(), workspaceNow()) : fallback;
  const title = Number.isFinite(seconds) ? longMoment(seconds * 1000, zone()) : null;
  return h("time", { title }, url ? link(url, words) : words);
}

function token(content) {
  const bar = content.indexOf("|");
  const target = bar < 0 ? content : content.slice(0, bar);
  const label = bar < 0 ? null : unescape(content.slice(bar + 1));
  if (target[0] === "@") return personMention(target.slice(1), label);
  if (target[0] === "#") return channelMention(target.slice(1), label);
  if (target[0] !== "!") return link(unescape(target), label);
  const [name, ...args] = target.slice(1).split("^");
  if (name === "date") return dateNode(Number(args[0]), args[1] || "", args[2], label || "");
  if (name === "subteam") return h("span", { class: "mention" }, label || "@group");
  return h("span", { class: "mention mine" }, label || `@${name}`);
}

function tokensAsText(text) {
  return text.replace(/<([^<>|\n]+)(?:\|([^<>\n]*))?>/g, (_, target, label) => {
    if (label) return label;
    return target[0] === "@" ? `@${nameOf(target.slice(1))}` : target;
  });
}

/** A text object, plain or mrkdwn, as nodes. */
export function textNode(text) {
  if (!text) return null;
  if (typeof text === "string") return withEmoji(text);
  return text.type === "mrkdwn" ? mrkdwn(text.text) : plainText(text.text);
}

const plainText = (text) =>
  withEmoji(text).split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
