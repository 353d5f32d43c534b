// The app's own place: its Home and its messages.

import { openHome } from "./api.js";
import { blockNodes } from "./blocks.js";
import { messagesPane } from "./messages.js";
import { writeAddress } from "./routes.js";
import { app, redraw } from "./store.js";
import { h } from "./vdom.js";

function show(tab) {
  app.tab = tab;
  app.lastTab = tab;
  app.thread = null;
  writeAddress();
  redraw();
}

export function appTabs() {
  const tab = (name, label) =>
    h("button", {
      type: "button", role: "tab", id: `tab-${name}`, "aria-selected": app.tab === name ? "true" : "false", "aria-controls": "app-panel",
      class: `tab${app.tab === name ? " on" : ""}`, "data-testid": `${name}-tab`, onclick: () => show(name),
    }, label);
  return h("div", { class: "tabs", role: "tablist", "aria-label": app.see.app.name }, tab("home", "Home"), tab("messages", "Messages"));
}

export function appPlace(place) {
  const home = app.tab === "home";
  return h(
    "div",
    { class: "app-panel", id: "app-panel", role: "tabpanel", "aria-labelledby": `tab-${app.tab}`, key: `app-${app.tab}-${app.user}`, created: () => openHome(app.tab) },
    home ? homeNode() : messagesPane(place),
  );
}

function homeNode() {
  const home = app.see.home;
  const surface = home && { form: `home-${app.user}`, where: { surface: "home" }, blocks: home.blocks, state: home.state };
  return h(
    "div",
    { class: "scroller home", tabindex: "0", "data-testid": "home" },
    surface
      ? h("div", { class: "home-card block-kit" }, blockNodes(surface))
      : h("div", { class: "home-empty" }, h("img", { src: "/page/icon.svg", alt: "", width: "56", height: "56" }), h("p", {}, app.see.app.connected === 0 ? "The app is not connected, so there is nothing here yet." : "The app has not put anything here yet.")),
  );
}
