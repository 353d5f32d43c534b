// Slack's rich_text blocks, as nodes to draw.

import { glyph } from "./emoji.js";
import { channelMention, dateNode, emojiNode, link, personMention } from "./mrkdwn.js";
import { h } from "./vdom.js";

export function richText(block) {
  return block.elements.map(paragraph);
}

function paragraph(part) {
  if (part.type === "rich_text_list") {
    const items = part.elements.map((item) => h("li", {}, item.elements.map(piece)));
    const indent = `indent-${Math.min(part.indent || 0, 5)}`;
    return part.style === "ordered" ? h("ol", { class: indent, start: (part.offset || 0) + 1 }, items) : h("ul", { class: indent }, items);
  }
  if (part.type === "rich_text_quote") return h("blockquote", {}, part.elements.map(piece));
  if (part.type === "rich_text_preformatted") return h("pre", { class: "code-block" }, part.elements.map((item) => item.text || item.url || ""));
  return h("div", { class: "lines" }, part.elements.map(piece));
}

function piece(item) {
  switch (item.type) {
    case "text":
      return styled(broken(item.text), item.style);
    case "link":
      return styled([link(item.url, item.text)], item.style);
    case "user":
      return personMention(item.user_id);
    case "channel":
      return channelMention(item.channel_id);
    case "usergroup":
      return h("span", { class: "mention" }, "@group");
    case "broadcast":
      return h("span", { class: "mention mine" }, `@${item.range}`);
    case "emoji":
      return styled([emojiNode(item.name, glyph(item.name) || fromCode(item.unicode))], item.style);
    case "date":
      return dateNode(item.timestamp, item.format, item.url, item.fallback || "");
    case "color":
      return h("code", {}, item.value);
    default:
      return null;
  }
}

const fromCode = (code) => code && String.fromCodePoint(...code.split("-").map((part) => parseInt(part, 16)));

const broken = (text) => text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));

function styled(content, style = {}) {
  const marks = [["code", "code"], ["strike", "s"], ["italic", "em"], ["bold", "strong"], ["underline", "u"]];
  return marks.reduce((inner, [name, tag]) => (style[name] ? [h(tag, {}, inner)] : inner), content);
}
