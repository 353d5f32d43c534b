// What can be done with a message: react, send it to the app, edit, delete.

import { asTyped, deleteMessage, shortcut, toggleReaction } from "./api.js";
import { emojiLike, FAVOURITES, glyph } from "./emoji.js";
import { openThread } from "./routes.js";
import { closePopover, menuItem, openPopover } from "./popover.js";
import { app, redraw, toast } from "./store.js";
import { h } from "./vdom.js";

let query = "";

/** A small picker; the few that matter most come first. */
export function reactionPicker(anchor, place, message) {
  query = "";
  openPopover({ key: `react-${message.ts}`, anchor, role: "dialog", label: "Choose a reaction", draw: () => pickerNode(place, message) });
}

function pickerNode(place, message) {
  const pick = (name) => () => {
    closePopover();
    toggleReaction(place.id, message, name);
  };
  const one = (name, picture) =>
    h("button", { type: "button", key: name, class: "pick", title: `:${name}:`, "aria-label": name.replace(/_/g, " "), "data-emoji": name, onclick: pick(name) }, picture);
  const found = emojiLike(query);
  const type = (event) => {
    query = event.target.value;
    redraw();
  };
  const keys = (event) => {
    if (event.key === "Enter" && found.length) pick(found[0][0])();
  };
  return h(
    "div",
    { class: "picker" },
    h("input", { class: "text-input", type: "text", placeholder: "Find an emoji", "aria-label": "Find an emoji", ".value": query, oninput: type, onkeydown: keys }),
    !query && h("div", { class: "picks favourites" }, FAVOURITES.map((name) => one(name, glyph(name)))),
    h("div", { class: "picks" }, found.map(([name, picture]) => one(name, picture))),
    !found.length && h("p", { class: "option-empty" }, "Nothing fits."),
  );
}

/** 'More actions': the app's message shortcuts, and for one's own messages edit and delete. */
export function messageMenu(anchor, place, message) {
  openPopover({ key: `menu-${message.ts}`, anchor, label: "More actions", draw: () => menuNode(anchor, place, message) });
}

function menuNode(anchor, place, message) {
  const own = message.user === app.user && !message.ephemeral;
  const shortcuts = app.see.shortcuts.filter((item) => item.type === "message");
  const edit = () => {
    app.editing = { channel: place.id, ts: message.ts, text: asTyped(message.text) };
    redraw();
  };
  return [
    menuItem("Add a reaction", () => reactionPicker(anchor, place, message)),
    !app.thread && menuItem("Reply in thread", () => openThread(message.thread_ts || message.ts)),
    h("hr"),
    shortcuts.map((item) =>
      menuItem(item.name, () => shortcut(item.callback_id, message.ts), { note: app.see.app.name, testid: `shortcut-${item.callback_id}` }),
    ),
    shortcuts.length > 0 && h("hr"),
    menuItem("Copy link", () => copyLink(place, message)),
    own && menuItem("Edit message", edit, { testid: "edit" }),
    own && menuItem("Delete message", () => askDelete(place, message), { danger: true, testid: "delete" }),
  ];
}

async function copyLink(place, message) {
  try {
    await navigator.clipboard.writeText(`${location.origin}/archives/${place.id}/p${message.ts.replace(".", "")}`);
    toast("Link copied.");
  } catch {
    toast("The browser did not allow copying.", "problem");
  }
}

function askDelete(place, message) {
  app.confirm = {
    title: "Delete this message?", text: "It will be gone for everybody.", yes: "Delete", no: "Cancel", danger: true,
    run: () => deleteMessage(place.id, message.ts),
  };
  redraw();
}
