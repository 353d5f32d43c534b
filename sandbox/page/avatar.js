// Faces: initials on a colour that belongs to the id; the app has its own picture.

import { isApp, nameOf } from "./store.js";
import { h } from "./vdom.js";

// Dark enough for white letters (contrast of at least 4.5) in light and in dark.
const COLOURS = ["#0f766e", "#1d4ed8", "#7c3aed", "#be185d", "#b45309", "#15803d", "#0e7490", "#9f1239", "#4d7c0f", "#6d28d9", "#a21caf", "#475569"];

function colourOf(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return COLOURS[sum % COLOURS.length];
}

function initials(name) {
  const words = name.split(/\s+/).filter((word) => /\p{L}/u.test(word));
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word].find((letter) => /\p{L}/u.test(letter))).join("").toUpperCase() || "?";
}

export function avatar(id, size = "normal", name = nameOf(id)) {
  if (isApp(id)) return h("img", { class: `avatar ${size}`, src: "/page/icon.svg", alt: "" });
  return h("span", { class: `avatar ${size}`, style: `background:${colourOf(id)}`, "aria-hidden": "true" }, initials(name));
}
