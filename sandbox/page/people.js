// Who you are: a list of everybody in the company, to look through somebody's eyes.

import { avatar } from "./avatar.js";
import { dialogFrame } from "./dialog.js";
import { icon } from "./icons.js";
import { refresh } from "./live.js";
import { writeAddress } from "./routes.js";
import { app, conversation, redraw, workspaceNow } from "./store.js";
import { clockTime, shortDay } from "./times.js";
import { h } from "./vdom.js";

const ROLES = [
  ["rep", "Sales reps", "Sales rep"],
  ["marketer", "Marketers", "Marketer"],
  ["manager", "Managers", "Manager"],
  ["executive", "Executives", "Executive"],
  ["compliance", "Compliance", "Compliance"],
  ["admin", "Administrators", "Administrator"],
];

let query = "";

export const roleName = (person) => ROLES.find(([role]) => role === person?.role)?.[2] || person?.title || "";

/** The first person with that role, for the welcome panel. */
export const someone = (role) => app.people.find((person) => person.role === role) || app.people[0];

/** Look through this person's eyes from now on; the open conversation stays, where they see it too. */
export async function become(id) {
  const here = app.see ? conversation() : null;
  app.wanted = here ? (here.kind === "app" ? "app" : here.kind === "im" ? null : here.name) : app.wanted;
  const keepTab = here?.kind === "app" ? app.tab : null;
  Object.assign(app, {
    user: id, see: null, place: null, tab: keepTab, thread: null, editing: null, popover: null, chooser: false, drawer: false, confirm: null, flash: null,
  });
  query = "";
  localStorage.setItem("sandbox-person", id);
  writeAddress();
  redraw();
  await refresh();
}

function groups() {
  const wanted = query.trim().toLowerCase();
  const fits = (person) =>
    !wanted || [person.name, person.title, person.role, person.region, person.department].join(" ").toLowerCase().includes(wanted);
  const known = ROLES.map(([role]) => role);
  const named = ROLES.map(([role, title]) => ({ title, people: app.people.filter((person) => person.role === role && fits(person)) }));
  const others = { title: "Others", people: app.people.filter((person) => !known.includes(person.role) && fits(person)) };
  return [...named, others].filter((group) => group.people.length);
}

export function chooserView() {
  if (!app.chooser) return null;
  const found = groups();
  const close = app.see ? () => { app.chooser = false; redraw(); } : null;
  const first = found[0]?.people[0];
  const keys = (event) => {
    if (event.key === "Enter" && first && query) become(first.id);
    else if (event.key === "ArrowDown") {
      event.preventDefault();
      document.querySelector(".person")?.focus();
    }
  };
  return dialogFrame(
    { key: "chooser", labelledBy: "chooser-title", testid: "person-chooser", kind: "tall", focus: "input", close },
    h("header", { class: "dialog-head" }, h("h2", { id: "chooser-title" }, "Who do you want to be?"),
      close && h("button", { type: "button", class: "icon-plain", "aria-label": "Close", onclick: close }, icon("close"))),
    h("div", { class: "search" }, icon("search"),
      h("input", {
        type: "text", class: "text-input", placeholder: "Name, role or region", "aria-label": "Find a person", "data-testid": "person-search", ".value": query,
        oninput: (event) => { query = event.target.value; redraw(); }, onkeydown: keys,
      })),
    h("div", { class: "dialog-body people", onkeydown: walk }, found.map(groupNode), !found.length && h("p", { class: "option-empty" }, "Nobody fits.")),
  );
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...event.currentTarget.querySelectorAll(".person")];
  all[Math.min(Math.max(all.indexOf(document.activeElement) + step, 0), all.length - 1)]?.focus();
}

function groupNode({ title, people }) {
  return h("section", { key: title, class: "people-group" }, h("h3", {}, title, h("span", { class: "count" }, people.length)), people.map(personNode));
}

function personNode(person) {
  const now = workspaceNow();
  const region = (person.title || "").endsWith(person.region) ? "" : person.region;
  const notes = [person.title, region].filter(Boolean).join(" · ") || roleName(person);
  return h(
    "button",
    { type: "button", key: person.id, class: `person${person.id === app.user ? " current" : ""}`, "data-testid": `person-${person.id}`, onclick: () => become(person.id) },
    avatar(person.id, "normal", person.name),
    h("span", { class: "person-text" }, h("strong", {}, person.name, person.is_app_admin && h("span", { class: "app-mark" }, "admin")), h("span", { class: "person-note" }, notes)),
    h("span", { class: "person-time", title: person.tz }, h("span", {}, clockTime(now, person.tz)), h("span", { class: "person-day" }, shortDay(now, person.tz))),
  );
}
