// One small floating panel at a time: menus, pickers and lists of choices, kept beside what opened them.

import { app, redraw } from "./store.js";
import { h } from "./vdom.js";

const GAP = 6;

/**
 * Open a panel. `anchor` is the element it belongs to; `draw()` gives its content anew at every drawing;
 * `wide` makes it as wide as the anchor; `holdsFocus` is false for lists whose keyboard stays in an input.
 */
export function openPopover({ key, anchor, draw, label, role = "menu", wide = false, holdsFocus = true, onClose = null }) {
  if (app.popover?.key === key) return closePopover();
  closePopover(false);
  app.popover = { key, anchor, draw, label, role, wide, holdsFocus, onClose };
  redraw();
}

/** Close it; the keyboard goes back to where it was. */
export function closePopover(giveFocusBack = true) {
  const was = app.popover;
  if (!was) return;
  app.popover = null;
  if (was.onClose) was.onClose();
  if (giveFocusBack && was.holdsFocus && was.anchor.isConnected) was.anchor.focus();
  redraw();
}

export const isOpen = (key) => app.popover?.key === key;

export function popoverView() {
  const it = app.popover;
  if (!it) return null;
  return h(
    "div",
    {
      key: `popover-${it.key}`,
      class: `popover role-${it.role}`,
      role: it.role === "list" ? null : it.role,
      "aria-label": it.label,
      tabindex: "-1",
      created: (el) => it.holdsFocus && focusFirst(el),
      drawn: (el) => place(el, it),
      onkeydown: it.holdsFocus ? keys : null,
    },
    it.draw(),
  );
}

function focusFirst(el) {
  (el.querySelector("input, [role^=menuitem], button, a") || el).focus({ preventScroll: true });
}

function place(el, it) {
  if (!it.anchor.isConnected) {
    closePopover(false);
    return;
  }
  const box = it.anchor.getBoundingClientRect();
  if (it.wide) el.style.width = `${box.width}px`;
  const below = innerHeight - box.bottom - GAP * 2;
  const above = box.top - GAP * 2;
  el.style.maxHeight = "";
  const height = el.offsetHeight;
  const up = height > below && above > below;
  el.style.maxHeight = `${Math.max(140, up ? above : below)}px`;
  const shown = Math.min(height, Math.max(140, up ? above : below));
  el.style.top = `${Math.max(GAP, up ? box.top - shown - GAP : box.bottom + GAP)}px`;
  const left = it.wide || box.left + el.offsetWidth < innerWidth - GAP ? box.left : box.right - el.offsetWidth;
  el.style.left = `${Math.min(Math.max(GAP, left), innerWidth - el.offsetWidth - GAP)}px`;
}

function keys(event) {
  const items = [...event.currentTarget.querySelectorAll("button:not([disabled]), a, input")];
  const at = items.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Tab") {
    closePopover();
    event.preventDefault();
  } else if (step && document.activeElement?.type !== "date" && document.activeElement?.type !== "time") {
    event.preventDefault();
    items[(at + step + items.length) % items.length]?.focus();
  }
}

/** A line in a menu. */
export function menuItem(label, run, { note = null, danger = false, testid = null, disabled = false } = {}) {
  const go = () => {
    closePopover();
    run();
  };
  return h(
    "button",
    { type: "button", role: "menuitem", class: `menu-item${danger ? " danger" : ""}`, onclick: go, disabled, "data-testid": testid },
    h("span", { class: "menu-label" }, label),
    note && h("span", { class: "menu-note" }, note),
  );
}

/** Listen on the whole page: a press elsewhere or Escape closes the panel, scrolling moves it along. */
export function watchPopover() {
  document.addEventListener("pointerdown", (event) => {
    const it = app.popover;
    if (!it || event.target.closest(".popover") || it.anchor.contains(event.target)) return;
    closePopover(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !app.popover) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    closePopover();
  }, true);
  const follow = (event) => {
    if (app.popover && !event.target.closest?.(".popover")) redraw();
  };
  addEventListener("scroll", follow, true);
  addEventListener("resize", () => redraw());
}
