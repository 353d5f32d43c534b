// Block Kit elements: what can be pressed, chosen and typed.

import { busyKey, click } from "./api.js";
import { plainValue, setValue, typedValues, valueOf } from "./forms.js";
import { icon } from "./icons.js";
import { textNode } from "./mrkdwn.js";
import { menuItem, openPopover } from "./popover.js";
import { appLink } from "./routes.js";
import { selectNode } from "./select.js";
import { app, redraw } from "./store.js";
import { h } from "./vdom.js";

const KINDS = {
  button: buttonNode,
  overflow: overflowNode,
  image: (surface, block, element) => imageNode(element, "accessory-image"),
  radio_buttons: (...args) => choicesNode("radio", ...args),
  checkboxes: (...args) => choicesNode("checkbox", ...args),
  plain_text_input: textInput,
  email_text_input: textInput,
  url_text_input: textInput,
  number_input: textInput,
  datepicker: (...args) => momentNode("date", ...args),
  timepicker: (...args) => momentNode("time", ...args),
};

/** Draw an element. `field` says where it stands: { id, dispatch, inForm, optional, invalid, described }. */
export function elementNode(surface, block, element, field) {
  if (/_select$/.test(element.type)) return selectNode(surface, block, element, field, choose);
  const kind = KINDS[element.type];
  if (!kind) return h("span", { class: "unknown" }, `The sandbox cannot show "${element.type}".`);
  return kind(surface, block, element, field);
}

/** Send a press or a choice to the app, after the app's own 'are you sure?' if it has one. */
export function press(surface, block, element, value) {
  const run = () => click(surface, block.block_id, element.action_id, value, typedValues(surface));
  if (!element.confirm) return run();
  const { title, text, confirm, deny, style } = element.confirm;
  app.confirm = {
    title: textNode(title), text: textNode(text), yes: textNode(confirm) || "Yes", no: textNode(deny) || "Cancel",
    danger: style === "danger", run,
  };
  redraw();
  return undefined;
}

/** Keep a choice, and tell the app at once where it asked for that. */
export function choose(surface, block, element, field, value) {
  setValue(surface, block, element, value);
  if (field.dispatch) press(surface, block, element, plainValue(element, value));
}

/** Where tests and screen readers find the control. */
export function marks(element, field) {
  return {
    "data-action-id": element.action_id,
    "aria-invalid": field.invalid ? "true" : null,
    "aria-describedby": field.described || null,
  };
}

function buttonNode(surface, block, element, field) {
  const busy = app.busy.has(busyKey(surface, block.block_id, element.action_id));
  const go = () => {
    if (element.url) (appLink(element.url) || (() => open(element.url, "_blank", "noopener")))();
    press(surface, block, element);
  };
  return h(
    "button",
    {
      type: "button", key: element.action_id, class: `button ${element.style || ""}${busy ? " busy" : ""}`, onclick: go,
      "aria-label": element.accessibility_label, "aria-busy": busy ? "true" : null, ...marks(element, field),
    },
    h("span", {}, textNode(element.text)),
  );
}

function overflowNode(surface, block, element, field) {
  const pick = (option) => () => {
    if (option.url) (appLink(option.url) || (() => open(option.url, "_blank", "noopener")))();
    press(surface, block, element, option.value);
  };
  const draw = () =>
    element.options.map((option) => menuItem(textNode(option.text), pick(option), { note: textNode(option.description) }));
  const show = (event) => openPopover({ key: field.id, anchor: event.currentTarget, draw, label: "More" });
  return h(
    "button",
    { type: "button", class: "button icon-button", onclick: show, "aria-label": "More", "aria-haspopup": "menu", ...marks(element, field) },
    icon("more"),
  );
}

function choicesNode(type, surface, block, element, field) {
  const many = type === "checkbox";
  const value = valueOf(surface, block, element);
  const isOn = (option) => (many ? value.some((item) => item.value === option.value) : value?.value === option.value);
  const toggle = (option) => {
    if (!many) return choose(surface, block, element, field, option);
    const rest = value.filter((item) => item.value !== option.value);
    return choose(surface, block, element, field, isOn(option) ? rest : [...rest, option]);
  };
  const row = (option, index) =>
    h(
      "label",
      { class: "choice" },
      h("input", {
        type, name: many ? null : field.id, id: index ? `${field.id}-${index}` : field.id, value: option.value,
        ".checked": isOn(option), onchange: () => toggle(option), "data-value": option.value,
      }),
      h(
        "span",
        { class: "choice-text" },
        h("span", {}, textNode(option.text)),
        option.description && h("span", { class: "choice-note" }, textNode(option.description)),
      ),
    );
  return h("div", { class: "choices", role: many ? "group" : "radiogroup", ...marks(element, field) }, element.options.map(row));
}

const INPUT_TYPES = { email_text_input: "email", url_text_input: "url" };

function textInput(surface, block, element, field) {
  const value = valueOf(surface, block, element) ?? "";
  const most = element.max_length;
  const onKeystroke = element.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered");
  const type = (event) => {
    setValue(surface, block, element, event.target.value);
    if (field.dispatch && onKeystroke) press(surface, block, element, event.target.value);
  };
  const keys = (event) => {
    if (event.key !== "Enter" || !field.dispatch || onKeystroke || (element.multiline && !event.metaKey && !event.ctrlKey)) return;
    event.preventDefault();
    press(surface, block, element, event.target.value);
  };
  const props = {
    id: field.id, class: "text-input", ".value": value, oninput: type, onkeydown: keys, maxlength: most,
    placeholder: element.placeholder?.text, autocomplete: "off", ...marks(element, field),
  };
  const numbers = element.type === "number_input" ? { inputmode: element.is_decimal_allowed ? "decimal" : "numeric" } : {};
  const box = element.multiline
    ? h("textarea", { ...props, rows: "4" })
    : h("input", { ...props, ...numbers, type: INPUT_TYPES[element.type] || "text" });
  return h("div", { class: "text-field" }, box, most && h("span", { class: "counter", "aria-hidden": "true" }, `${[...value].length} / ${most}`));
}

function momentNode(type, surface, block, element, field) {
  return h("input", {
    type, id: field.id, class: "text-input moment", ".value": valueOf(surface, block, element) ?? "",
    "aria-label": field.inForm ? null : element.placeholder?.text || (type === "date" ? "Date" : "Time"),
    onchange: (event) => choose(surface, block, element, field, event.target.value || null),
    ...marks(element, field),
  });
}

/** A picture with words in its place when it cannot be loaded. */
export function imageNode(image, kind) {
  const source = image.image_url || (image.slack_file?.id ? `/_sandbox/files/${image.slack_file.id}` : image.slack_file?.url);
  const broken = (event) => event.target.closest(".picture").classList.add("broken");
  return h(
    "span",
    { class: `picture ${kind}`, key: source },
    h("img", { src: source, alt: image.alt_text || "", loading: "lazy", onerror: broken }),
    h("span", { class: "picture-words" }, image.alt_text || "Picture"),
  );
}

