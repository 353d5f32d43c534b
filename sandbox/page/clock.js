// The workspace's clock, and jumping ahead in it.

import { jump } from "./api.js";
import { icon } from "./icons.js";
import { closePopover, menuItem, openPopover } from "./popover.js";
import { app, redraw, toast, workspaceNow, zone } from "./store.js";
import { clockTime, dayKey, localToMs, shortDay } from "./times.js";
import { h } from "./vdom.js";

const DAY = 86400000;
const HOUR = 3600000;

let picked = { date: "", time: "09:00" };

export function clockButton() {
  const now = workspaceNow();
  const busy = app.busy.has("clock");
  return h(
    "button",
    { type: "button", class: "clock", "data-testid": "clock", "aria-haspopup": "menu", "aria-label": `${shortDay(now, zone())}, ${clockTime(now, zone())} for you. Move the clock`, onclick: (event) => openMenu(event.currentTarget) },
    busy ? h("span", { class: "spinner" }) : icon("clock", 20),
    h("span", { class: "clock-text" },
      h("span", { class: "clock-here" }, h("span", { class: "clock-day" }, shortDay(now, zone())), " ", h("strong", {}, clockTime(now, zone()))),
      h("span", { class: "clock-utc" }, `${clockTime(now, "UTC")} UTC`)),
  );
}

/** The next time the clocks of the person's zone show Monday 09:00. */
function nextMonday() {
  const now = workspaceNow();
  for (let ahead = 0; ahead < 9; ahead += 1) {
    const day = dayKey(now + ahead * DAY, zone());
    const moment = localToMs(day, "09:00", zone());
    if (moment > now && new Date(`${day}T12:00:00Z`).getUTCDay() === 1) return moment;
  }
  return now + 7 * DAY;
}

function tomorrow() {
  return localToMs(dayKey(workspaceNow() + DAY, zone()), "09:00", zone());
}

const moment = (ms) => `${shortDay(ms, zone())}, ${clockTime(ms, zone())}`;

function openMenu(anchor) {
  picked = { date: dayKey(workspaceNow() + DAY, zone()), time: "09:00" };
  openPopover({ key: "clock", anchor, label: "Move the clock", draw: menuNode });
}

function menuNode() {
  const now = workspaceNow();
  const by = (label, ms, testid) => menuItem(label, () => jump({ by_seconds: ms / 1000 }), { note: moment(now + ms), testid });
  const monday = nextMonday();
  return h(
    "div",
    { "data-testid": "clock-menu" },
    h("div", { class: "menu-title", role: "presentation" }, "Move the clock ahead"),
    menuItem("Monday 09:00", () => jump({ to_local: "mon 09:00" }), { note: shortDay(monday, zone()), testid: "clock-monday" }),
    menuItem("Tomorrow 09:00", () => jump({ to: new Date(tomorrow()).toISOString() }), { note: shortDay(tomorrow(), zone()), testid: "clock-tomorrow" }),
    h("hr"),
    by("+1 hour", HOUR, "clock-hour"),
    by("+1 day", DAY, "clock-day"),
    by("+1 week", 7 * DAY, "clock-week"),
    by("+2 weeks", 14 * DAY, "clock-two-weeks"),
    h("hr"),
    pickNode(),
    h("p", { class: "menu-foot" }, `Times are in ${zone().replace(/_/g, " ")}. The clock never goes back.`),
  );
}

function pickNode() {
  const set = (name) => (event) => {
    picked[name] = event.target.value;
    redraw();
  };
  const go = (event) => {
    event.preventDefault();
    const to = localToMs(picked.date, picked.time, zone());
    if (!(to > workspaceNow())) {
      toast("Choose a moment that is still to come.", "problem");
      return;
    }
    closePopover();
    jump({ to: new Date(to).toISOString() });
  };
  return h(
    "form",
    { class: "clock-pick", onsubmit: go },
    h("input", { type: "date", class: "text-input", "aria-label": "Date", "data-testid": "clock-date", ".value": picked.date, min: dayKey(workspaceNow(), zone()), onchange: set("date"), required: true }),
    h("input", { type: "time", class: "text-input", "aria-label": "Time", "data-testid": "clock-time", ".value": picked.time, onchange: set("time"), required: true }),
    h("button", { type: "submit", class: "button primary small", "data-testid": "clock-go" }, "Go"),
  );
}

/** Draw again when the minute on the clock changes. */
export function tick() {
  let shown = 0;
  setInterval(() => {
    const minute = Math.floor(workspaceNow() / 60000);
    if (minute === shown || !app.see) return;
    shown = minute;
    redraw();
  }, 2000);
}
