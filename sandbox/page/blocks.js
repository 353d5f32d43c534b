// Slack's Block Kit: one drawing for each kind of block.

import { elementNode, imageNode } from "./elements.js";
import { isInput } from "./forms.js";
import { mrkdwn, textNode } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { h } from "./vdom.js";

const DRAWINGS = {
  header: (surface, block) => h("h3", { class: "block header-block" }, textNode(block.text)),
  divider: () => h("hr", { class: "block" }),
  section: sectionBlock,
  context: contextBlock,
  actions: actionsBlock,
  image: imageBlock,
  input: inputBlock,
  rich_text: (surface, block) => h("div", { class: "block rich-text" }, richText(block)),
  markdown: (surface, block) => h("div", { class: "block" }, mrkdwn(block.text)),
};

/** All blocks of a surface (see forms.js for what a surface is). */
export function blockNodes(surface) {
  return surface.blocks.map((block, index) => {
    const drawing = DRAWINGS[block.type];
    const content = drawing
      ? drawing(surface, block, index)
      : h("div", { class: "block unknown" }, `The sandbox cannot show a block of the kind "${block.type}".`);
    return h(
      "div",
      { class: `block-frame is-${block.type}`, key: block.block_id || `n${index}`, "data-block-id": block.block_id, "data-block-type": block.type },
      content,
    );
  });
}

const fieldId = (surface, block, element, index) =>
  `f-${surface.form}-${block.block_id || index}-${element.action_id || "x"}`.replace(/[^\w-]/g, "_");

function placed(surface, block, element, index, more = {}) {
  const field = { id: fieldId(surface, block, element, index), dispatch: isInput(element), ...more };
  return elementNode(surface, block, element, field);
}

function sectionBlock(surface, block, index) {
  return h(
    "div",
    { class: "block section-block" },
    h(
      "div",
      { class: "section-main" },
      block.text && h("div", { class: "section-text" }, textNode(block.text)),
      block.fields && h("div", { class: "fields" }, block.fields.map((text) => h("div", { class: "field" }, textNode(text)))),
    ),
    block.accessory && h("div", { class: "accessory" }, placed(surface, block, block.accessory, index)),
  );
}

function contextBlock(surface, block) {
  const part = (item) =>
    item.type === "image" ? imageNode(item, "context-image") : h("span", { class: "context-text" }, textNode(item));
  return h("div", { class: "block context-block" }, block.elements.map(part));
}

function actionsBlock(surface, block, index) {
  const part = (element, at) => placed(surface, block, element, `${index}-${at}`);
  return h("div", { class: "block actions-block" }, block.elements.map(part));
}

function imageBlock(surface, block) {
  return h(
    "figure",
    { class: "block image-block" },
    block.title && h("figcaption", {}, textNode(block.title)),
    imageNode(block, "block-image"),
  );
}

function inputBlock(surface, block, index) {
  const { element } = block;
  const id = fieldId(surface, block, element, index);
  const error = surface.errors?.[block.block_id] || surface.errors?.[element.action_id];
  const grouped = element.type === "radio_buttons" || element.type === "checkboxes";
  const described = [error && `${id}-error`, block.hint && `${id}-hint`].filter(Boolean).join(" ") || null;
  const field = {
    id, described, invalid: Boolean(error), inForm: true, dispatch: Boolean(block.dispatch_action), optional: Boolean(block.optional),
  };
  const label = [textNode(block.label), block.optional && h("span", { class: "optional" }, "optional")];
  return h(
    grouped ? "fieldset" : "div",
    { class: `block input-block${error ? " invalid" : ""}`, "aria-describedby": grouped ? described : null },
    grouped ? h("legend", { class: "label" }, label) : h("label", { class: "label", for: id }, label),
    elementNode(surface, block, element, field),
    error && h("p", { class: "error", id: `${id}-error` }, error),
    block.hint && h("p", { class: "hint", id: `${id}-hint` }, textNode(block.hint)),
  );
}
