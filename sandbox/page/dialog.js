// Dialogs over the page: they hold the keyboard until they are closed and give it back afterwards.

import { app, redraw } from "./store.js";
import { h } from "./vdom.js";

const FOCUSABLE = "a[href], button:not([disabled]), input:not([disabled]), textarea:not([disabled]), [tabindex='0']";

/** The frame of every dialog; `focus` picks what has the keyboard first. */
export function dialogFrame({ key, labelledBy, describedBy = null, kind = "", role = "dialog", testid, focus, close }, ...content) {
  const outside = (event) => {
    if (close && event.target === event.currentTarget) close();
  };
  return h(
    "div",
    { key, class: `veil ${kind}`, onpointerdown: outside, inert: app.confirm && role !== "alertdialog" ? true : null },
    h(
      "div",
      {
        class: "dialog", role, "aria-modal": "true", "aria-labelledby": labelledBy, "aria-describedby": describedBy, tabindex: "-1",
        "data-testid": testid, onkeydown: keepInside,
        created: (el) => ((focus && el.querySelector(focus)) || el).focus({ preventScroll: true }),
      },
      content,
    ),
  );
}

function keepInside(event) {
  if (event.key !== "Tab") return;
  const items = [...event.currentTarget.querySelectorAll(FOCUSABLE)].filter((item) => item.offsetParent !== null);
  if (!items.length) return;
  const edge = event.shiftKey ? items[0] : items.at(-1);
  const next = event.shiftKey ? items.at(-1) : items[0];
  const lost = !items.includes(document.activeElement) && document.activeElement === event.currentTarget;
  if (document.activeElement !== edge && !(lost && event.shiftKey)) return;
  event.preventDefault();
  next.focus();
}

/** 'Are you sure?' */
export function confirmView() {
  const it = app.confirm;
  if (!it) return null;
  const end = (run) => () => {
    app.confirm = null;
    redraw();
    if (run) it.run();
  };
  return dialogFrame(
    { key: "confirm", labelledBy: "confirm-title", describedBy: "confirm-text", role: "alertdialog", kind: "small", testid: "confirm", focus: ".confirm-no", close: end(false) },
    h("h2", { id: "confirm-title" }, it.title),
    h("div", { id: "confirm-text", class: "confirm-text" }, it.text),
    h(
      "div",
      { class: "dialog-foot" },
      h("button", { type: "button", class: "button confirm-no", "data-testid": "confirm-no", onclick: end(false) }, it.no),
      h("button", { type: "button", class: `button ${it.danger ? "danger" : "primary"}`, "data-testid": "confirm-yes", onclick: end(true) }, it.yes),
    ),
  );
}

let before = null;

/** After every drawing: what lies under a dialog cannot be reached, and gets the keyboard back when it is gone. */
export function settleFocus(hasDialog) {
  const shell = document.getElementById("shell");
  if (hasDialog && !shell.inert) shell.inert = true;
  else if (!hasDialog && shell.inert) {
    shell.inert = false;
    if (before?.isConnected && document.activeElement === document.body) before.focus();
  }
}

/** Remember where the keyboard is as long as no dialog has it. */
export function watchFocus() {
  document.addEventListener("focusin", (event) => {
    if (event.target.closest("#shell")) before = event.target;
  });
}
