// The messages of a conversation, and the thread beside it.

import { avatar } from "./avatar.js";
import { composer } from "./composer.js";
import { icon } from "./icons.js";
import { messageNode } from "./message.js";
import { openThread } from "./routes.js";
import { app, conversation, redraw, workspaceNow, zone } from "./store.js";
import { dayHeading, dayKey, tsToMs } from "./times.js";
import { markRead } from "./unread.js";
import { h } from "./vdom.js";

const TOGETHER = 5 * 60; // seconds within which messages of one author stand together

function follows(message, before) {
  return Boolean(before) && before.user === message.user && Boolean(before.ephemeral) === Boolean(message.ephemeral)
    && Number(message.ts) - Number(before.ts) < TOGETHER && !message.ephemeral;
}

/** Rows with a heading for each day and a line where the new messages begin. */
function rows(place, messages, options = {}) {
  const out = [];
  let before = null;
  let day = null;
  let told = !app.newSince || options.inThread;
  for (const message of messages) {
    const at = tsToMs(message.ts);
    const key = dayKey(at, zone());
    if (key !== day && !options.inThread) {
      out.push(h("div", { key: `day-${key}`, class: "day", role: "separator" }, h("span", {}, dayHeading(at, zone(), workspaceNow()))));
      before = null;
    }
    if (!told && Number(message.ts) > Number(app.newSince) && message.user !== app.user) {
      told = true;
      if (out.length > 1) out.push(h("div", { key: "new", class: "new-line", role: "separator" }, h("span", {}, "New")));
      before = null;
    }
    day = key;
    out.push(messageNode(place, message, { ...options, follows: follows(message, before) }));
    before = message;
  }
  return out;
}

// Stay at the bottom when something is added there; a message longer than the pane is read from its beginning.
function toNewest(el, place) {
  if (!app.atBottom) return;
  const last = el.firstElementChild.lastElementChild;
  const isNew = last?.dataset.ts && last.dataset.ts !== el.dataset.newest;
  el.dataset.newest = last?.dataset.ts || "";
  if (!isNew || last.offsetHeight < el.clientHeight) {
    el.scrollTop = el.scrollHeight;
    return;
  }
  el.scrollTop += last.getBoundingClientRect().top - el.getBoundingClientRect().top - 12;
  app.atBottom = false;
  markRead(place);
  redraw();
}

// The same when something grows, such as a picture that has loaded; else leave the view alone.
function stickToBottom(el) {
  const settle = () => {
    if (app.atBottom) el.scrollTop = el.scrollHeight;
  };
  new ResizeObserver(settle).observe(el);
  new ResizeObserver(settle).observe(el.firstElementChild);
}

function scrolled(event) {
  const el = event.currentTarget;
  const bottom = el.scrollHeight - el.scrollTop - el.clientHeight < 60;
  if (bottom === app.atBottom) return;
  app.atBottom = bottom;
  const here = conversation();
  if (bottom && here) markRead(here);
  redraw();
}

export function messagesPane(place) {
  const { messages } = place;
  const jump = () => {
    app.atBottom = true;
    redraw();
  };
  return h(
    "div",
    { class: "pane", key: `pane-${place.id}-${app.user}` },
    h(
      "div",
      {
        class: "scroller", onscroll: scrolled, created: stickToBottom, drawn: (el) => toNewest(el, place),
        role: "log", "aria-label": "Messages", "aria-live": "polite", tabindex: "0",
      },
      h("div", { class: "messages" }, messages.length < 100 && beginning(place), rows(place, messages)),
    ),
    !app.atBottom && h("button", { type: "button", class: "to-bottom", onclick: jump }, icon("down", 16), "Newest"),
    composer(place),
  );
}

function beginning(place) {
  const isApp = place.kind === "app";
  return h(
    "div",
    { class: "beginning", key: "beginning" },
    isApp ? avatar(app.see.app.user_id, "big") : h("span", { class: "hash-big", "aria-hidden": "true" }, place.kind === "im" ? "@" : "#"),
    h("h3", {}, isApp ? app.see.app.name : place.kind === "im" ? place.name : `#${place.name}`),
    h("p", {}, isApp ? "Everything the app tells you privately is here. Type a command below to talk to it." : place.topic || "This is where the conversation begins."),
  );
}

/** The thread beside the messages; on a phone it covers them. */
export function threadPanel(place) {
  const root = place?.messages.find((message) => message.ts === app.thread);
  if (!root) return null;
  const replies = root.replies || [];
  return h(
    "aside",
    { class: "thread", key: `thread-${root.ts}`, "data-testid": "thread-panel", "aria-label": "Thread" },
    h(
      "header",
      { class: "thread-head" },
      h("h2", {}, "Thread", h("span", { class: "sub" }, place.kind === "app" ? place.name : `#${place.name}`)),
      h("button", { type: "button", class: "icon-plain", "aria-label": "Close thread", "data-testid": "thread-close", onclick: () => openThread(null) }, icon("close")),
    ),
    h(
      "div",
      { class: "scroller", tabindex: "0", role: "log", "aria-label": "Replies", drawn: keepThreadEnd },
      h(
        "div",
        { class: "messages" },
        messageNode(place, root, { inThread: true }),
        h("div", { class: "day replies" }, h("span", {}, replies.length ? `${replies.length} ${replies.length === 1 ? "reply" : "replies"}` : "No replies yet")),
        rows(place, replies, { inThread: true }),
      ),
    ),
    composer(place, root.ts),
  );
}

// A new reply comes into view; reading further up is left alone.
function keepThreadEnd(el) {
  const before = Number(el.dataset.height || 0);
  const wasAtEnd = before === 0 || before - el.scrollTop - el.clientHeight < 80;
  if (el.scrollHeight !== before && wasAtEnd && before !== 0) el.scrollTop = el.scrollHeight;
  el.dataset.height = el.scrollHeight;
}
