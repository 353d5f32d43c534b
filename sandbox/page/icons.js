// The few line drawings of the page.

import { h } from "./vdom.js";

const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  back: "M15 5l-7 7 7 7",
  down: "M6 9l6 6 6-6",
  send: "M5 12h13M12 5l7 7-7 7",
  bolt: "M13 3L5 14h6l-1 7 8-11h-6z",
  reply: "M20 12a8 8 0 01-11.5 7.2L4 20l1-4A8 8 0 1120 12z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  smile: "M12 21a9 9 0 100-18 9 9 0 000 18zM8.5 14.5c1 1.3 2.2 2 3.500 2s2.500-.7 3.500-2M9 9.500h.01M15 9.500h.01",
  clock: "M12 21a9 9 0 100-18 9 9 0 000 18zM12 7.500V12l3 2",
  lock: "M7 11V8a5 5 0 0110 0v3M6 11h12v9H6z",
  search: "M11 18a7 7 0 100-14 7 7 0 000 14zM16.500 16.500L21 21",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 15a3 3 0 100-6 3 3 0 000 6z",
  warn: "M12 4l9 16H3zM12 10v4M12 17h.01",
  swap: "M4 8h14M15 5l3 3-3 3M20 16H6M9 13l-3 3 3 3",
};

export function icon(name, size = 18) {
  return h(
    "svg",
    { viewBox: "0 0 24 24", width: size, height: size, class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" },
    h("path", { d: PATHS[name] }),
  );
}
