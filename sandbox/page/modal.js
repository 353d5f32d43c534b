// The form that the app has opened: fill in, send, see what needs another look.

import { blockNodes } from "./blocks.js";
import { closeModal, submit } from "./api.js";
import { dialogFrame } from "./dialog.js";
import { forgetForm, inputsOf, typedValues } from "./forms.js";
import { icon } from "./icons.js";
import { app, redraw } from "./store.js";
import { textNode } from "./mrkdwn.js";
import { h } from "./vdom.js";

// Complaints that the person has already acted upon, for the form with that id.
let forgiven = new Set();
let shownId = null;

function surfaceOf(modal) {
  if (shownId !== modal.id) {
    forgiven = new Set();
    shownId = modal.id;
  }
  const errors = Object.fromEntries(Object.entries(modal.errors || {}).filter(([block]) => !forgiven.has(block)));
  return {
    form: `modal-${modal.id}`, where: { surface: "modal" }, state: modal.state, blocks: modal.blocks, errors,
    forgive: (block) => forgiven.add(block),
  };
}

async function send(surface) {
  const id = shownId;
  const answer = await submit(typedValues(surface));
  if (!answer || shownId !== id) return;
  forgiven = new Set();
  const failed = !answer.ok || (answer.ack && answer.ack.status !== "ok");
  const refused = answer.response_action === "errors" || Object.keys(answer.errors || {}).length > 0;
  if (!failed && !refused) forgetForm(surface.form);
  redraw();
  if (refused) setTimeout(focusComplaint, 30);
}

function focusComplaint() {
  const first = document.querySelector(".modal .input-block.invalid");
  first?.scrollIntoView({ block: "center" });
  first?.querySelector("input, textarea, button")?.focus({ preventScroll: true });
}

const FIRST_FIELD = ".dialog-body input:not([disabled]), .dialog-body textarea";

export function modalView() {
  const modal = app.see?.modal;
  if (!modal) {
    shownId = null;
    return null;
  }
  const surface = surfaceOf(modal);
  const deeper = modal.depth > 1;
  const busy = app.busy.has("submit");
  const hasInputs = modal.blocks.some((block) => inputsOf(block).length);
  const sendForm = (event) => {
    event.preventDefault();
    if (modal.submit) send(surface);
  };
  const keys = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) sendForm(event);
  };
  return dialogFrame(
    { key: `modal-${modal.id}`, kind: "modal", labelledBy: "modal-title", testid: "modal", focus: hasInputs ? FIRST_FIELD : ".modal-submit, .modal-close" },
    h(
      "form",
      { class: "dialog-form", novalidate: true, onsubmit: sendForm, onkeydown: keys, "aria-busy": busy ? "true" : null },
      h(
        "header",
        { class: "dialog-head" },
        deeper && h("button", { type: "button", class: "icon-plain", "aria-label": "Back", "data-testid": "modal-back", onclick: () => closeModal() }, icon("back")),
        h("h2", { id: "modal-title" }, textNode(modal.title)),
        h("button", { type: "button", class: "icon-plain modal-x", "aria-label": "Close", "data-testid": "modal-x", onclick: () => closeModal(deeper) }, icon("close")),
      ),
      h("div", { class: "dialog-body block-kit" }, blockNodes(surface)),
      h(
        "footer",
        { class: "dialog-foot" },
        h("button", { type: "button", class: "button modal-close", "data-testid": "modal-close", onclick: () => closeModal() }, textNode(modal.close) || "Cancel"),
        modal.submit &&
          h("button", { type: "submit", class: `button primary modal-submit${busy ? " busy" : ""}`, "data-testid": "modal-submit", disabled: busy }, h("span", {}, textNode(modal.submit))),
      ),
    ),
  );
}
