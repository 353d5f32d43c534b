// Every kind of select menu as one type-ahead field: from the app's options, its live answers, people or channels.

import { options } from "./api.js";
import { withEmoji } from "./emoji.js";
import { isMulti, setValue, typedValues, valueOf } from "./forms.js";
import { icon } from "./icons.js";
import { closePopover, openPopover } from "./popover.js";
import { app, nameOf, redraw } from "./store.js";
import { h } from "./vdom.js";

// The list that is open: { id, query, active, groups, loading, problem, before }. There is one at most.
let list = null;
let request = 0;

const sourceOf = (element) => element.type.replace(/^multi_/, "").replace(/_select$/, "");
const textOf = (option) => withEmoji(option.text?.text || "");

/** What can be chosen, as [{ label, choices: [{ raw, id, label, note }] }]. */
function groupsFor(element, query) {
  const source = sourceOf(element);
  if (source === "external") return list.loading ? [] : list.groups.map(asGroup).filter((group) => group.choices.length);
  const groups = { static: staticGroups, users: people, channels: (it) => places(it, false), conversations: (it) => places(it, true) }[source](element);
  const wanted = query.trim().toLowerCase();
  const fits = (choice, group) => !wanted || `${choice.label} ${choice.note || ""} ${group.label || ""}`.toLowerCase().includes(wanted);
  return groups
    .map((group) => ({ ...group, choices: group.choices.filter((choice) => fits(choice, group)) }))
    .filter((group) => group.choices.length);
}

function asGroup({ label, options: content }) {
  const choice = (option) => ({ raw: option, id: option.value, label: textOf(option), note: option.description && withEmoji(option.description.text) });
  return { label: label?.text, choices: content.map(choice) };
}

const staticGroups = (element) => (element.option_groups || [{ options: element.options || [] }]).map(asGroup);

function people() {
  const choices = app.people.map((person) => ({ raw: person.id, id: person.id, label: person.name, note: person.title || person.region }));
  return [{ choices: choices.sort((one, other) => one.label.localeCompare(other.label)) }];
}

const KIND_NAMES = { channel: "public", private: "private", im: "im", app: "im" };

function places(element, all) {
  const wanted = element.filter?.include;
  const fits = (item) => (all ? !wanted || wanted.includes(KIND_NAMES[item.kind]) : item.kind === "channel");
  const choices = app.see.conversations.filter(fits).map((item) => ({ raw: item.id, id: item.id, label: placeName(item) }));
  return [{ choices }];
}

const placeName = (item) => (item.kind === "channel" || item.kind === "private" ? `#${item.name}` : item.name);

function labelOf(element, raw) {
  if (raw === null || raw === undefined) return "";
  if (typeof raw === "object") return textOf(raw);
  if (sourceOf(element) === "users") return nameOf(raw);
  const found = app.see.conversations.find((item) => item.id === raw);
  return found ? placeName(found) : raw;
}

const idOf = (raw) => (raw && typeof raw === "object" ? raw.value : raw);

/** Draw the field; `choose` keeps a choice and tells the app where it asked for that. */
export function selectNode(surface, block, element, field, choose) {
  const it = { surface, block, element, field, choose, multi: isMulti(element), value: valueOf(surface, block, element) };
  const open = list?.id === field.id;
  if (open) list.it = it;
  const label = it.multi ? "" : labelOf(element, it.value);
  const placeholder = element.placeholder?.text || (it.multi ? "Choose one or more" : "Choose");
  const flat = open ? groupsFor(element, list.query).flatMap((group) => group.choices) : [];
  const input = h("input", {
    key: "input", id: field.id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", class: "combo-input",
    "aria-expanded": open ? "true" : "false", "aria-controls": `${field.id}-list`, "aria-autocomplete": "list", "aria-haspopup": "listbox",
    "aria-activedescendant": open && flat[list.active] ? `${field.id}-o${list.active}` : null,
    "aria-label": field.inForm ? null : placeholder,
    placeholder: open && label ? label : it.multi && it.value.length ? "" : placeholder,
    ".value": open ? list.query : label,
    "data-action-id": element.action_id, "aria-invalid": field.invalid ? "true" : null, "aria-describedby": field.described || null,
    onclick: (event) => openList(it, event.target),
    oninput: (event) => typed(it, event.target),
    onkeydown: (event) => keys(it, event),
    onblur: () => open && closePopover(false),
  });
  const clearable = !it.multi && it.value !== null && field.inForm && field.optional;
  return h(
    "div",
    { class: `combo${it.multi ? " multi" : ""}${open ? " open" : ""}`, onmousedown: keepFocus },
    it.multi && it.value.map((raw) => chip(it, raw)),
    input,
    clearable && h("button", { type: "button", class: "clear", "aria-label": "Clear", onclick: () => choose(surface, block, element, field, null) }, icon("close", 14)),
    h("span", { class: "chevron" }, icon("down", 16)),
  );
}

function keepFocus(event) {
  if (event.target.tagName === "INPUT") return;
  event.preventDefault();
  if (!event.target.closest("button")) event.currentTarget.querySelector("input").click();
  event.currentTarget.querySelector("input").focus();
}

function chip(it, raw) {
  const label = labelOf(it.element, raw);
  const remove = () => {
    const rest = it.value.filter((item) => idOf(item) !== idOf(raw));
    if (list) setValue(it.surface, it.block, it.element, rest);
    else it.choose(it.surface, it.block, it.element, it.field, rest);
  };
  return h(
    "span",
    { class: "chip", key: `chip-${idOf(raw)}` },
    label,
    h("button", { type: "button", "aria-label": `Remove ${label}`, onclick: remove }, icon("close", 12)),
  );
}

function openList(it, input) {
  if (list?.id === it.field.id) return;
  const anchor = input.closest(".combo");
  const before = JSON.stringify(it.value);
  openPopover({
    key: `list-${it.field.id}`, anchor, role: "list", wide: true, holdsFocus: false, label: null, draw: listNode,
    onClose: () => closed(before),
  });
  list = { id: it.field.id, it, query: "", active: it.multi ? 0 : -1, groups: [], loading: false, problem: null };
  if (sourceOf(it.element) === "external") ask(it, "");
}

// A menu with several choices tells the app once, when it is closed, as in Slack.
function closed(before) {
  const { it } = list;
  list = null;
  const value = valueOf(it.surface, it.block, it.element);
  if (it.multi && it.field.dispatch && JSON.stringify(value) !== before) it.choose(it.surface, it.block, it.element, it.field, value);
}

function typed(it, input) {
  openList(it, input);
  list.query = input.value;
  list.active = 0;
  if (sourceOf(it.element) === "external") ask(it, list.query);
  redraw();
}

async function ask(it, query) {
  const mine = (request += 1);
  const least = it.element.min_query_length ?? 3;
  list.problem = query.length < least ? `Type at least ${least} letter${least === 1 ? "" : "s"}.` : null;
  list.loading = !list.problem;
  if (list.problem) {
    list.groups = [];
    return;
  }
  await new Promise((resolve) => setTimeout(resolve, query ? 180 : 0));
  if (mine !== request) return;
  const answer = await options(it.surface, it.block.block_id, it.element.action_id, query, typedValues(it.surface));
  if (mine !== request || list?.id !== it.field.id) return;
  list.loading = false;
  list.groups = answer.option_groups || (answer.options ? [{ options: answer.options }] : []);
  list.problem = answer.ok && (answer.options || answer.option_groups) ? null : "The choices could not be loaded. Try again.";
  redraw();
}

function take(it, choice) {
  const { surface, block, element, field } = it;
  if (!it.multi) {
    closePopover(false);
    it.choose(surface, block, element, field, choice.raw);
    return;
  }
  const chosen = it.value.some((raw) => idOf(raw) === choice.id);
  if (!chosen && element.max_selected_items && it.value.length >= element.max_selected_items) {
    list.problem = `You can choose ${element.max_selected_items} at most.`;
    redraw();
    return;
  }
  list.problem = null;
  list.query = "";
  setValue(surface, block, element, chosen ? it.value.filter((raw) => idOf(raw) !== choice.id) : [...it.value, choice.raw]);
}

function keys(it, event) {
  const open = list?.id === it.field.id;
  // Asked anew: a fast typist is ahead of the drawing.
  const flat = open ? groupsFor(it.element, list.query).flatMap((group) => group.choices) : [];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    if (!open) openList(it, event.target);
    else if (flat.length) list.active = (list.active + step + flat.length) % flat.length;
    redraw();
  } else if (event.key === "Enter" && open) {
    event.preventDefault();
    if (flat[list.active]) take(it, flat[list.active]);
  } else if (event.key === "Backspace" && it.multi && !event.target.value && it.value.length) {
    setValue(it.surface, it.block, it.element, it.value.slice(0, -1));
  }
}

function listNode() {
  const { it, query, active, loading, problem } = list;
  const groups = groupsFor(it.element, query);
  let index = -1;
  const row = (choice) => {
    index += 1;
    const chosen = it.multi ? it.value.some((raw) => idOf(raw) === choice.id) : idOf(it.value) === choice.id;
    const here = index === active;
    return h(
      "div",
      {
        key: choice.id, id: `${it.field.id}-o${index}`, role: "option", "aria-selected": chosen ? "true" : "false",
        class: `option${here ? " active" : ""}${chosen ? " chosen" : ""}`, "data-value": choice.id,
        onmousedown: (event) => event.preventDefault(), onclick: () => take(it, choice),
        drawn: here ? (el) => el.scrollIntoView({ block: "nearest" }) : null,
      },
      h("span", { class: "option-label" }, choice.label),
      choice.note && h("span", { class: "option-note" }, choice.note),
    );
  };
  const body = groups.map((group) => [group.label && h("div", { class: "option-group", role: "presentation" }, group.label), group.choices.map(row)]);
  const empty = !groups.length && !loading && !problem && h("div", { class: "option-empty" }, query ? "Nothing fits." : "There is nothing to choose.");
  return h(
    "div",
    { id: `${it.field.id}-list`, role: "listbox", "aria-multiselectable": it.multi ? "true" : null, class: "options", onmousedown: (event) => event.preventDefault() },
    problem && h("div", { class: "option-empty", role: "status" }, problem),
    loading && h("div", { class: "option-empty" }, h("span", { class: "spinner" }), "Loading"),
    body,
    empty,
  );
}
