// Where people type: messages, and commands with suggestions. What was typed stays until it has arrived.

import { asTyped, send, shortcut } from "./api.js";
import { withEmoji } from "./emoji.js";
import { icon } from "./icons.js";
import { menuItem, openPopover } from "./popover.js";
import { app, redraw, whileBusy } from "./store.js";
import { h } from "./vdom.js";

const draftKey = (thread) => `${app.user}/${app.place}/${thread || ""}`;
const MOST_SUGGESTIONS = 8;

// Which suggestion is marked, and the text for which somebody closed the list.
let active = 0;
let closedFor = null;

/** Put text into the composer of the open conversation, for instance from the welcome panel. */
export function prefill(text) {
  app.drafts[draftKey(null)] = text;
  closedFor = text;
  redraw();
  setTimeout(() => focusComposer(), 60);
}

export function focusComposer() {
  const box = document.querySelector("[data-testid=composer]");
  box?.focus();
  if (box) box.selectionStart = box.value.length;
}

function suggestionsFor(text, thread) {
  if (closedFor === text) return [];
  const command = !thread && /^\/(\S*)$/.exec(text);
  if (command) {
    const typed = command[1].toLowerCase();
    const starts = app.see.commands.filter((item) => item.command.slice(1).toLowerCase().startsWith(typed));
    const holds = app.see.commands.filter((item) => !starts.includes(item) && item.command.toLowerCase().includes(typed));
    return [...starts, ...holds].map((item) => ({
      key: item.command, label: item.command, usage: item.usage_hint, note: item.description, text: `${item.command} `,
    }));
  }
  const mention = !text.startsWith("/") && /(^|\s)@([\p{L}'-]*(?: [\p{L}'-]*)?)$/u.exec(text);
  if (!mention) return [];
  const wanted = mention[2].toLowerCase();
  return app.people
    .filter((person) => person.name.toLowerCase().split(" ").some((_, at, words) => words.slice(at).join(" ").startsWith(wanted)) && person.name.toLowerCase() !== wanted)
    .slice(0, MOST_SUGGESTIONS)
    .map((person) => ({ key: person.id, label: person.name, note: person.title || person.role, text: `${text.slice(0, text.length - mention[2].length)}${person.name} ` }));
}

/** The usage of the command whose words are being typed. */
function usageOf(text) {
  const command = /^(\/\S+)\s/.exec(text)?.[1];
  return command && app.see.commands.find((item) => item.command === command);
}

export function composer(place, thread = null) {
  const key = draftKey(thread);
  const text = app.drafts[key] || "";
  const busy = [...app.busy].some((one) => one.startsWith(`send:${key}:`));
  const suggestions = suggestionsFor(text, thread);
  if (active >= suggestions.length) active = 0;
  const usage = !thread && usageOf(text);
  const id = thread ? "thread-composer" : "composer";
  const name = place.kind === "channel" || place.kind === "private" ? `#${place.name}` : place.name;
  const narrow = innerWidth < 600;
  const placeholder = thread ? "Reply" : `Message ${name}${narrow ? "" : ", or type / for a command"}`;
  const write = (value) => {
    app.drafts[key] = value;
    redraw();
  };
  const go = () => submitText(key, thread, id);
  return h(
    "div",
    { class: "composer", key: id },
    suggestions.length > 0 && suggestionList(id, suggestions, (item) => take(item, write, id)),
    usage && h("div", { class: "usage" }, h("strong", {}, usage.command), " ", h("span", {}, usage.usage_hint), usage.description && h("span", { class: "usage-note" }, usage.description)),
    h(
      "div",
      { class: "composer-box" },
      !thread && h("button", { type: "button", class: "icon-plain bolt", "aria-label": "Shortcuts and commands", title: "Shortcuts and commands", "data-testid": "shortcuts", "aria-haspopup": "menu", onclick: (event) => openShortcuts(event.currentTarget, write) }, icon("bolt", 20)),
      h("textarea", {
        id, "data-testid": id, rows: "1", placeholder, "aria-label": thread ? "Reply in thread" : `Message ${name}`, ".value": text, autocomplete: "off",
        role: "combobox", "aria-expanded": suggestions.length ? "true" : "false", "aria-controls": `${id}-suggestions`, "aria-autocomplete": "list",
        "aria-activedescendant": suggestions.length ? `${id}-s${active}` : null, drawn: grow,
        oninput: (event) => { closedFor = null; active = 0; write(event.target.value); },
        onkeydown: (event) => keys(event, { write, go, id, place, thread }),
      }),
      h("button", { type: "button", class: `send${busy ? " busy" : ""}`, "data-testid": thread ? "thread-send" : "send", "aria-label": "Send", disabled: !text.trim(), onclick: go }, icon("send")),
    ),
  );
}

function grow(el) {
  el.style.height = "auto";
  el.style.height = `${Math.min(el.scrollHeight, 180)}px`;
}

function suggestionList(id, suggestions, pick) {
  return h(
    "div",
    { class: "suggestions", id: `${id}-suggestions`, role: "listbox", "aria-label": "Suggestions", "data-testid": "suggestions" },
    suggestions.map((item, index) =>
      h(
        "div",
        {
          key: item.key, id: `${id}-s${index}`, role: "option", class: `suggestion${index === active ? " active" : ""}`, "aria-selected": index === active ? "true" : "false",
          onmousedown: (event) => event.preventDefault(), onclick: () => pick(item), drawn: index === active ? (el) => el.scrollIntoView({ block: "nearest" }) : null,
        },
        h("span", { class: "suggestion-line" }, h("strong", {}, item.label), item.usage && h("span", { class: "suggestion-usage" }, item.usage)),
        item.note && h("span", { class: "suggestion-note" }, withEmoji(item.note)),
      ),
    ),
  );
}

function take(item, write, id) {
  active = 0;
  write(item.text);
  const box = document.getElementById(id);
  box.value = item.text; // now, not at the next drawing: the next key may come before it
  box.focus();
}

function keys(event, { write, go, id, place, thread }) {
  if (event.isComposing) return;
  const text = event.target.value; // a fast typist is ahead of the drawing
  const suggestions = suggestionsFor(text, thread);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (suggestions.length && step) {
    event.preventDefault();
    active = (active + step + suggestions.length) % suggestions.length;
    redraw();
  } else if (suggestions.length && event.key === "Escape") {
    event.stopPropagation();
    closedFor = text;
    redraw();
  } else if (suggestions.length && (event.key === "Tab" || (event.key === "Enter" && suggestions[active].label !== text)) && !event.shiftKey) {
    event.preventDefault();
    take(suggestions[active], write, id);
  } else if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    go();
  } else if (event.key === "ArrowUp" && !text && !thread) {
    editLast(event, place);
  }
}

function editLast(event, place) {
  const last = [...place.messages].reverse().find((message) => message.user === app.user && !message.ephemeral);
  if (!last) return;
  event.preventDefault();
  app.editing = { channel: place.id, ts: last.ts, text: asTyped(last.text) };
  redraw();
}

let sent = 0;

// The box is empty at once, so that one can type on; what did not arrive comes back.
async function submitText(key, thread, id) {
  const text = (app.drafts[key] || "").trim();
  if (!text) return;
  app.atBottom = true;
  app.drafts[key] = "";
  document.getElementById(id).value = "";
  sent += 1;
  const arrived = await whileBusy(`send:${key}:${sent}`, () => send(text, thread));
  if (!arrived) app.drafts[key] = [text, app.drafts[key]].filter(Boolean).join("\n");
  redraw();
}

function openShortcuts(anchor, write) {
  const globals = app.see.shortcuts.filter((item) => item.type === "global");
  const start = (item) => () => {
    write(`${item.command} `);
    focusComposer();
  };
  openPopover({
    key: "shortcuts", anchor, label: "Shortcuts and commands",
    draw: () => [
      globals.length > 0 && h("div", { class: "menu-title", role: "presentation" }, "Shortcuts"),
      globals.map((item) => menuItem(item.name, () => shortcut(item.callback_id), { note: item.description, testid: `shortcut-${item.callback_id}` })),
      app.see.commands.length > 0 && h("div", { class: "menu-title", role: "presentation" }, "Commands"),
      app.see.commands.map((item) => menuItem(item.command, start(item), { note: item.description })),
      !globals.length && !app.see.commands.length && h("div", { class: "option-empty" }, "The app has none."),
    ],
  });
}
