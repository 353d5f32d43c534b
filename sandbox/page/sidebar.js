// The left side: who you are, the conversations, and where to find help.

import { avatar } from "./avatar.js";
import { roleName } from "./people.js";
import { icon } from "./icons.js";
import { presenceButton } from "./presence.js";
import { openConversation } from "./routes.js";
import { app, me, redraw } from "./store.js";
import { isUnread } from "./unread.js";
import { h } from "./vdom.js";

const set = (name, value) => () => {
  app[name] = value;
  redraw();
};

export function sidebar() {
  const all = app.see.conversations;
  const byName = (one, other) => one.name.localeCompare(other.name);
  const kinds = (...names) => all.filter((item) => names.includes(item.kind)).sort(byName);
  const direct = kinds("im");
  return h(
    "nav",
    { class: `sidebar${app.drawer ? " open" : ""}`, "aria-label": "Conversations", key: "sidebar" },
    h(
      "div",
      { class: "brand" },
      h("img", { src: "/page/icon.svg", alt: "", width: "30", height: "30" }),
      h("div", {}, h("strong", {}, `${app.name} sandbox`), h("span", { class: "team" }, app.team.name)),
      h("button", { type: "button", class: "icon-plain drawer-close", "aria-label": "Close the list", onclick: set("drawer", false) }, icon("close")),
    ),
    whoNode(),
    presenceButton(),
    h(
      "div",
      { class: "places" },
      section("Channels", kinds("channel", "private")),
      section("App", kinds("app")),
      direct.length > 0 && section("Direct messages", direct),
    ),
    h(
      "div",
      { class: "sidebar-foot" },
      h("button", { type: "button", class: "foot-button", "data-testid": "help", onclick: set("welcome", true) }, "What to try"),
      h("a", { class: "foot-button", href: "/?choose", target: "_blank", rel: "noopener" }, "Second window"),
    ),
  );
}

function whoNode() {
  const person = me();
  const details = [roleName(person), person?.region].filter(Boolean).join(" · ");
  return h(
    "button",
    { type: "button", class: "who", "data-testid": "who", "aria-label": `You are ${app.see.me.name}. Be somebody else`, onclick: set("chooser", true) },
    avatar(app.user, "normal", app.see.me.name),
    h(
      "span",
      { class: "who-text" },
      h("span", { class: "who-you" }, "You are"),
      h("strong", {}, app.see.me.name),
      h("span", { class: "who-note" }, details || app.see.me.title || ""),
    ),
    h("span", { class: "swap" }, icon("swap", 18)),
  );
}

function section(title, places) {
  if (!places.length) return null;
  return h("div", { class: "section", key: title }, h("h2", {}, title), h("ul", {}, places.map(placeRow)));
}

const SIGNS = { channel: "#", im: "@" };

function placeRow(place) {
  const here = place.id === app.place;
  const unread = isUnread(place) && !(here && app.atBottom && app.tab !== "home");
  const isApp = place.kind === "app";
  const sign = isApp ? avatar(app.see.app.user_id, "tiny") : place.kind === "private" ? icon("lock", 14) : SIGNS[place.kind];
  const go = () => {
    if (isApp && unread) app.lastTab = "messages"; // and back to them after a look elsewhere
    openConversation(place.id, { tab: isApp ? app.lastTab || "home" : null });
  };
  return h(
    "li",
    { key: place.id },
    h(
      "button",
      {
        type: "button", class: `place${here ? " here" : ""}${unread ? " unread" : ""}`, "aria-current": here ? "page" : null, onclick: go,
        "data-testid": isApp ? "channel-app" : `channel-${place.name}`,
      },
      h("span", { class: "sign", "aria-hidden": "true" }, sign),
      h("span", { class: "place-name" }, place.name),
      isApp && app.see.app.connected === 0 && h("span", { class: "off" }, "off"),
      unread && h("span", { class: "dot", role: "img", "aria-label": "unread" }),
    ),
  );
}
