// Being away: a status with its end, and do-not-disturb, as the person whom one looks through.

import { setQuiet, setStatus } from "./api.js";
import { glyph } from "./emoji.js";
import { menuItem, openPopover } from "./popover.js";
import { app, workspaceNow, zone } from "./store.js";
import { clockTime, dayKey, localToMs, shortDay } from "./times.js";
import { h } from "./vdom.js";

const HOUR = 3600000;
const DAY = 24 * HOUR;

const midnight = (days) => localToMs(dayKey(workspaceNow() + days * DAY, zone()), "00:00", zone());
const iso = (ms) => new Date(ms).toISOString();

/** The line under the person's name: how they are, or the way to say so. */
export function presenceButton() {
  const { status, quiet_until: quiet } = app.see.me;
  const words = [
    status.emoji && `${glyph(status.emoji.replaceAll(":", "")) || "💬"} ${status.text}`.trim(),
    quiet > 0 && `🔕 until ${clockTime(quiet * 1000, zone())}`,
  ].filter(Boolean);
  return h(
    "button",
    {
      type: "button", class: `presence${words.length ? " is-set" : ""}`, "data-testid": "presence", "aria-haspopup": "menu",
      onclick: (event) => openPopover({ key: "presence", anchor: event.currentTarget, label: "Your status", draw: menuNode }),
    },
    words.join(" · ") || "Set a status",
  );
}

function menuNode() {
  const { status, quiet_until: quiet } = app.see.me;
  const away = (emoji, text, until, testid) =>
    menuItem(`${glyph(emoji)} ${text}`, () => setStatus({ emoji: `:${emoji}:`, text, until: iso(until) }), { note: `until ${shortDay(until, zone())}`, testid });
  return h(
    "div",
    { "data-testid": "presence-menu" },
    h("div", { class: "menu-title", role: "presentation" }, "What your colleagues and apps see"),
    away("palm_tree", "Vacationing", midnight(7), "status-vacation"),
    away("face_with_thermometer", "Out sick", midnight(1), "status-sick"),
    away("house_with_garden", "Working remotely", midnight(1), "status-remote"),
    h("hr"),
    menuItem("🔕 Don't disturb me", () => setQuiet({ until: iso(workspaceNow() + 2 * HOUR) }), { note: "for 2 hours", testid: "quiet-on" }),
    (status.emoji || quiet > 0) && [
      h("hr"),
      status.emoji && menuItem("Clear the status", () => setStatus({}), { testid: "status-clear" }),
      quiet > 0 && menuItem("Let me be disturbed again", () => setQuiet({}), { testid: "quiet-off" }),
    ],
  );
}
