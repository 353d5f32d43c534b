// The page: starts everything and draws it.

import { closeModal, fetchJson, inviteApp } from "./api.js";
import { chooserView } from "./people.js";
import { clockButton, tick } from "./clock.js";
import { confirmView, settleFocus, watchFocus } from "./dialog.js";
import { appPlace, appTabs } from "./home.js";
import { icon } from "./icons.js";
import { listen, refresh } from "./live.js";
import { messagesPane, threadPanel } from "./messages.js";
import { modalView } from "./modal.js";
import { popoverView, watchPopover } from "./popover.js";
import { openThread, readAddress, settlePlace } from "./routes.js";
import { sidebar } from "./sidebar.js";
import { app, conversation, dismissToast, drawWith, redraw, setClock } from "./store.js";
import { draw, h } from "./vdom.js";
import { isFirstVisit, welcomeView } from "./welcome.js";

const [SHELL, OVERLAYS, TOASTS] = ["shell", "overlays", "toasts"].map((id) => document.getElementById(id));

function drawPage() {
  const place = app.see && conversation();
  document.title = place ? `${place.kind === "channel" ? "#" : ""}${place.name} · ${app.see.me.name} · ${app.name} sandbox` : `${app.name} sandbox`.trim();
  draw(SHELL, app.see ? shell(place) : h("div", { class: "starting", key: "starting" }, app.offline ? "The sandbox does not answer. Trying again …" : h("span", { class: "spinner" })));
  const modal = app.chooser || app.welcome ? null : modalView();
  const dialogs = [modal, chooserView(), welcomeView(), confirmView()].filter(Boolean);
  draw(OVERLAYS, [...dialogs, popoverView()]);
  draw(TOASTS, app.toasts.map(toastNode));
  settleFocus(dialogs.length > 0);
}

function shell(place) {
  const thread = place && app.thread && app.tab !== "home" ? threadPanel(place) : null;
  return h(
    "div",
    { class: `layout${thread ? " with-thread" : ""}`, key: "layout" },
    sidebar(),
    app.drawer && h("div", { class: "drawer-veil", key: "veil", onclick: () => { app.drawer = false; redraw(); } }),
    h("main", { class: "main", key: "main" },
      topBar(place),
      strips(place),
      place ? (place.kind === "app" ? appPlace(place) : messagesPane(place)) : h("div", { class: "home-empty" }, "There is no conversation here yet.")),
    thread,
  );
}

function topBar(place) {
  const channel = place && (place.kind === "channel" || place.kind === "private");
  const facts = channel ? [`${place.members} ${place.members === 1 ? "member" : "members"}`, place.topic].filter(Boolean).join(" · ") : "";
  return h(
    "header",
    { class: "top", key: "top" },
    h("button", { type: "button", class: "icon-plain drawer-open", "aria-label": "Conversations", "data-testid": "drawer", onclick: () => { app.drawer = true; redraw(); } }, icon("menu", 22)),
    h("div", { class: "top-title" },
      h("h1", {}, channel && h("span", { class: "hash", "aria-hidden": "true" }, place.kind === "private" ? icon("lock", 16) : "#"), place?.name || ""),
      facts && h("p", { class: "topic", title: place.topic }, facts)),
    place?.kind === "app" && appTabs(),
    h("div", { class: "top-right" }, clockButton()),
  );
}

function strips(place) {
  const channel = place && (place.kind === "channel" || place.kind === "private");
  const out = [];
  if (app.offline) out.push(h("div", { class: "strip problem", key: "offline", role: "status" }, icon("warn"), "The sandbox does not answer. Trying again …"));
  else if (app.see.app.connected === 0) {
    out.push(h("div", { class: "strip", key: "off", role: "status", "data-testid": "not-connected" }, icon("warn"), `The app is not connected. Commands and buttons work as soon as ${app.see.app.name} runs.`));
  }
  if (channel && !place.app_is_member) {
    out.push(h("div", { class: "strip quiet", key: "invite" }, `${app.see.app.name} is not in this channel.`,
      h("button", { type: "button", class: "link-button", onclick: () => inviteApp(place.id) }, "Invite it")));
  }
  return out;
}

function toastNode(item) {
  return h("div", { key: item.n, class: `toast ${item.kind}`, role: item.kind === "problem" ? "alert" : null, "data-testid": "toast" },
    item.kind === "problem" && icon("warn"),
    h("span", {}, item.text),
    h("button", { type: "button", class: "icon-plain", "aria-label": "Dismiss", onclick: () => dismissToast(item.n) }, icon("close", 16)));
}

// Escape closes what lies on top, and only that.
function escape(event) {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  if (app.confirm) app.confirm = null;
  else if (app.welcome) {
    if (app.user) app.welcome = false;
  } else if (app.chooser) {
    if (app.see) app.chooser = false;
  } else if (app.see?.modal) closeModal();
  else if (app.drawer) app.drawer = false;
  else if (app.thread) openThread(null);
  redraw();
}

async function start() {
  drawWith(drawPage);
  watchPopover();
  watchFocus();
  document.addEventListener("keydown", escape);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && refresh());
  addEventListener("popstate", () => {
    const before = app.user;
    readAddress();
    if (app.user !== before) app.see = null;
    if (app.see) settlePlace();
    redraw();
    refresh();
  });
  readAddress();
  await meet();
  if (!app.user && !new URLSearchParams(location.search).has("choose")) app.user = localStorage.getItem("sandbox-person");
  if (!app.people.some((person) => person.id === app.user)) app.user = null;
  else localStorage.setItem("sandbox-person", app.user);
  app.welcome = isFirstVisit();
  app.chooser = !app.user && !app.welcome;
  redraw();
  listen();
  tick();
}

// Who is there; asked again until the sandbox answers.
async function meet() {
  for (;;) {
    try {
      const [answer, clock] = await Promise.all([fetchJson("/_sandbox/people"), fetchJson("/_sandbox/clock")]);
      setClock(clock.now);
      app.people = answer.people;
      app.team = answer.team;
      app.name = answer.app.name;
      app.offline = false;
      return;
    } catch {
      app.offline = true;
      redraw();
      await new Promise((resolve) => setTimeout(resolve, 1500));
    }
  }
}

start();
