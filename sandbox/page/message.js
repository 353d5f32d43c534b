// One message: who, when, what, its pictures, its reactions and what can be done with it.

import { asTyped, deleteMessage, editMessage, toggleReaction } from "./api.js";
import { avatar } from "./avatar.js";
import { blockNodes } from "./blocks.js";
import { imageNode } from "./elements.js";
import { glyph } from "./emoji.js";
import { icon } from "./icons.js";
import { messageMenu, reactionPicker } from "./messagemenu.js";
import { mrkdwn } from "./mrkdwn.js";
import { openThread } from "./routes.js";
import { app, isApp, nameOf, redraw, workspaceNow, zone } from "./store.js";
import { ago, clockTime, longMoment, tsToMs } from "./times.js";
import { h } from "./vdom.js";

/** Draw a message. `follows` leaves out face and name below an earlier message of the same author. */
export function messageNode(place, message, { follows = false, inThread = false } = {}) {
  const editing = app.editing?.ts === message.ts && app.editing.channel === place.id;
  const classes = ["message", follows && "follows", message.ephemeral && "ephemeral", app.flash === message.ts && "flash", editing && "editing"];
  return h(
    "article",
    {
      key: message.ts + (message.ephemeral ? "e" : ""), class: classes.filter(Boolean).join(" "), "data-testid": "message", "data-ts": message.ts,
      "data-ephemeral": message.ephemeral ? "true" : null, "aria-label": `${nameOf(message.user)}, ${clockTime(tsToMs(message.ts), zone())}`,
      created: app.flash === message.ts ? pointAt : null, drawn: app.flash === message.ts ? pointAt : null,
    },
    h("div", { class: "gutter" }, follows ? timeNode(message, "small-time") : avatar(message.user)),
    h(
      "div",
      { class: "message-body" },
      message.ephemeral && h("div", { class: "only-you" }, icon("eye", 14), "Only visible to you", dismissButton(place, message)),
      !follows && head(message),
      message.thread_ts && !inThread && !message.ephemeral && h("button", { type: "button", class: "link-button reply-to", onclick: () => openThread(message.thread_ts) }, "Replied to a thread"),
      editing ? editor(place, message) : content(place, message),
      reactions(place, message),
      !inThread && !message.thread_ts && threadLine(message),
    ),
    !editing && toolbar(place, message, inThread),
  );
}

function pointAt(el) {
  el.scrollIntoView({ block: "center" });
  setTimeout(() => {
    if (app.flash !== el.dataset.ts) return;
    app.flash = null;
    redraw();
  }, 2200);
}

const timeNode = (message, kind) =>
  h("time", { class: kind, title: longMoment(tsToMs(message.ts), zone()) }, clockTime(tsToMs(message.ts), zone()));

function head(message) {
  return h(
    "div",
    { class: "message-head" },
    h("span", { class: "author" }, nameOf(message.user)),
    isApp(message.user) && h("span", { class: "app-mark" }, "app"),
    app.see.users[message.user]?.title && h("span", { class: "author-title" }, app.see.users[message.user].title),
    timeNode(message, "message-time"),
  );
}

function dismissButton(place, message) {
  const hide = () => deleteMessage(place.id, message.ts);
  return h("button", { type: "button", class: "link-button", onclick: hide }, "Dismiss");
}

const surfaceOf = (place, message, blocks, part = "") => ({
  form: `message-${place.id}-${message.ts}${part}`, where: { channel: place.id, ts: message.ts }, blocks, state: message.state?.values,
});

function content(place, message) {
  if (message.deleted) return h("div", { class: "edited" }, "This message was deleted.");
  const edited = message.edited && h("span", { class: "edited" }, " (edited)");
  const hasBlocks = message.blocks?.length > 0;
  return [
    hasBlocks
      ? h("div", { class: "block-kit message-blocks" }, blockNodes(surfaceOf(place, message, message.blocks)), edited)
      : message.text && h("div", { class: "message-text" }, mrkdwn(message.text), edited),
    message.attachments?.map((attachment, index) => attachmentNode(place, message, attachment, index)),
    message.files?.length > 0 && h("div", { class: "files" }, message.files.map(fileNode)),
  ];
}

function attachmentNode(place, message, attachment, index) {
  const colour = /^#?[0-9a-f]{6}$/i.test(attachment.color || "") ? `border-color:#${attachment.color.replace("#", "")}` : null;
  const title = attachment.title && (attachment.title_link ? mrkdwn(`<${attachment.title_link}|${attachment.title}>`) : mrkdwn(attachment.title));
  return h(
    "div",
    { class: "attachment", style: colour },
    attachment.pretext && h("div", {}, mrkdwn(attachment.pretext)),
    (attachment.author_name || attachment.service_name) && h("div", { class: "attachment-by" }, attachment.author_name || attachment.service_name),
    title && h("div", { class: "attachment-title" }, title),
    attachment.text && h("div", {}, mrkdwn(attachment.text)),
    attachment.fields && h("div", { class: "fields" }, attachment.fields.map((field) => h("div", { class: "field" }, h("strong", {}, field.title), h("br"), mrkdwn(field.value)))),
    attachment.blocks && h("div", { class: "block-kit" }, blockNodes(surfaceOf(place, message, attachment.blocks, `-${index}`))),
    attachment.image_url && imageNode({ image_url: attachment.image_url, alt_text: attachment.fallback || "Picture" }, "block-image"),
    attachment.footer && h("div", { class: "attachment-by" }, mrkdwn(attachment.footer)),
    !title && !attachment.text && !attachment.blocks && attachment.fallback && h("div", {}, mrkdwn(attachment.fallback)),
  );
}

function fileNode(file) {
  const name = file.title || file.name;
  if (/^image\//.test(file.mimetype || "")) {
    return h(
      "figure",
      { class: "file-picture", key: file.id },
      h("figcaption", {}, name),
      h("a", { href: file.url, target: "_blank", rel: "noopener", "aria-label": `Open ${name}` }, imageNode({ image_url: file.url, alt_text: file.alt_text || name }, "block-image")),
    );
  }
  return h(
    "a",
    { class: "file", key: file.id, href: file.url, download: file.name },
    icon("file", 26),
    h("span", {}, h("strong", {}, name), h("span", { class: "file-kind" }, (file.name.split(".").pop() || "file").toUpperCase())),
  );
}

function reactions(place, message) {
  if (message.ephemeral || !message.reactions?.length) return null;
  const one = (reaction) => {
    const mine = reaction.users.includes(app.user);
    const who = reaction.users.map((id) => (id === app.user ? "You" : nameOf(id))).join(", ");
    return h(
      "button",
      {
        type: "button", key: reaction.name, class: `reaction${mine ? " mine" : ""}`, "aria-pressed": mine ? "true" : "false", title: `${who}: ${reaction.name}`,
        "aria-label": `${reaction.name.replace(/_/g, " ")}, ${reaction.count}`, "data-reaction": reaction.name, onclick: () => toggleReaction(place.id, message, reaction.name),
      },
      h("span", { class: "emoji" }, glyph(reaction.name) || `:${reaction.name}:`),
      h("span", { class: "count" }, reaction.count),
    );
  };
  const add = (event) => reactionPicker(event.currentTarget, place, message);
  return h(
    "div",
    { class: "reactions" },
    message.reactions.map(one),
    h("button", { type: "button", key: "add", class: "reaction add", "aria-label": "Add a reaction", onclick: add }, icon("smile", 16)),
  );
}

function threadLine(message) {
  const replies = message.replies || [];
  const count = message.reply_count || replies.length;
  if (!count) return null;
  const people = [...new Set(replies.map((reply) => reply.user))].slice(0, 4);
  const last = replies.at(-1);
  return h(
    "button",
    { type: "button", class: "thread-line", "data-testid": "thread-open", onclick: () => openThread(message.ts) },
    h("span", { class: "faces" }, people.map((id) => avatar(id, "tiny"))),
    h("span", { class: "thread-count" }, `${count} ${count === 1 ? "reply" : "replies"}`),
    last && h("span", { class: "thread-last" }, `last ${ago(tsToMs(last.ts), workspaceNow())}`),
  );
}

function toolbar(place, message, inThread) {
  const quick = (name) =>
    h("button", { type: "button", class: "tool quick", "aria-label": `React with ${name}`, title: `:${name}:`, onclick: () => toggleReaction(place.id, message, name) }, glyph(name));
  const tool = (label, picture, testid, run) =>
    h("button", { type: "button", class: "tool", "aria-label": label, title: label, "data-testid": testid, onclick: (event) => run(event.currentTarget) }, icon(picture));
  if (message.ephemeral || message.deleted) return null;
  return h(
    "div",
    { class: `toolbar${app.popover?.key.endsWith(message.ts) ? " held" : ""}`, role: "group", "aria-label": "Message actions" },
    quick("+1"),
    quick("white_check_mark"),
    tool("Add a reaction", "smile", "react", (anchor) => reactionPicker(anchor, place, message)),
    !inThread && tool("Reply in thread", "reply", "reply", () => openThread(message.thread_ts || message.ts)),
    tool("More actions", "more", "more-actions", (anchor) => messageMenu(anchor, place, message)),
  );
}

function editor(place, message) {
  const stop = () => {
    app.editing = null;
    redraw();
  };
  const save = async () => {
    const { text } = app.editing;
    if (!text.trim()) return;
    if (text === asTyped(message.text)) return stop();
    const answer = await editMessage(place.id, message.ts, text);
    if (answer.ok) stop();
  };
  const keys = (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      stop();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      save();
    }
  };
  return h(
    "div",
    { class: "editor" },
    h("textarea", {
      class: "text-input", rows: "2", "aria-label": "Edit message", ".value": app.editing.text, onkeydown: keys, "data-testid": "edit-text",
      oninput: (event) => { app.editing.text = event.target.value; redraw(); }, created: (el) => { el.focus(); el.selectionStart = el.value.length; },
    }),
    h("div", { class: "editor-foot" },
      h("button", { type: "button", class: "button small", onclick: stop }, "Cancel"),
      h("button", { type: "button", class: "button small primary", "data-testid": "edit-save", onclick: save }, "Save")),
  );
}
