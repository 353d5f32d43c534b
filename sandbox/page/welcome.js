// The first visit: what to try, in four steps.

import { jump } from "./api.js";
import { prefill } from "./composer.js";
import { dialogFrame } from "./dialog.js";
import { icon } from "./icons.js";
import { become, someone } from "./people.js";
import { openConversation } from "./routes.js";
import { app, redraw } from "./store.js";
import { h } from "./vdom.js";

const SEEN = "sandbox-welcomed";
const PULSE = '/pulse "Is the new price sheet usable?" Yes | No | Not seen';
const EXAMPLE = "/asset-feedback spine deck 2 they wanted newer data";

export const isFirstVisit = () => !localStorage.getItem(SEEN);

function close() {
  localStorage.setItem(SEEN, "yes");
  app.welcome = false;
  if (!app.user) app.chooser = true;
  redraw();
}

const appPlace = () => app.see?.conversations.find((item) => item.kind === "app");

/** The channel of somebody's own region, where their people are; the app if there is none. */
function ownPlace(person) {
  const region = (person.region || "").toLowerCase();
  return app.see?.conversations.find((item) => item.kind === "channel" && region && item.name.endsWith(`-${region}`)) || appPlace();
}

async function beAndOpen(role, then, find = appPlace) {
  close();
  app.chooser = false;
  if (someone(role).id !== app.user || !app.see) await become(someone(role).id);
  const place = find(someone(role));
  if (place) openConversation(place.id, { tab: "messages" });
  if (then) await then();
}

export function welcomeView() {
  if (!app.welcome || !app.people.length) return null;
  const rep = someone("rep");
  const marketer = someone("marketer");
  const manager = someone("manager");
  return dialogFrame(
    { key: "welcome", labelledBy: "welcome-title", testid: "welcome", kind: "welcome", focus: ".step button", close },
    h("button", { type: "button", class: "icon-plain welcome-x", "aria-label": "Close", "data-testid": "welcome-close", onclick: close }, icon("close")),
    h("div", { class: "welcome-top" },
      h("img", { src: "/page/icon.svg", alt: "", width: "52", height: "52" }),
      h("h2", { id: "welcome-title" }, "Welcome to the sandbox"),
      h("p", {}, `This is a small Slack on your own machine, with the people of ${app.team.name || "a made-up company"} in it. Nothing leaves it. Be anybody, and try the whole loop:`)),
    h("ol", { class: "steps" },
      step(1, "Say what an asset was worth", ["You are a rep. Type ", h("code", {}, EXAMPLE), " and send it."], `Be ${rep.name}`, () => beAndOpen("rep", () => prefill(EXAMPLE)), "welcome-rep"),
      step(2, "See it arrive", [`You are in marketing, and the deck is yours. A low rating asks for an answer: press Reply.`], `Be ${marketer.name}`, () => beAndOpen("marketer"), "welcome-marketer"),
      step(3, "Jump to Monday and read the digest", ["The clock at the top moves the whole workspace. At nine on Monday the week arrives on one screen."], "Jump to Monday 09:00", () => beAndOpen("marketer", () => jump({ to_local: "mon 09:00" })), "welcome-monday"),
      step(4, "Ask your people", ["You are a manager. Send ", h("code", {}, "/pulse"), " with a question, answer as some of your people, jump a day and read what they said."], `Be ${manager.name}`, () => beAndOpen("manager", () => prefill(PULSE), ownPlace), "welcome-pulse")),
    h("div", { class: "welcome-foot" },
      h("span", {}, "Two windows can be two people. You find these steps again under “What to try”."),
      h("button", { type: "button", class: "button", "data-testid": "welcome-choose", onclick: close }, app.user ? "Close" : "Choose somebody else")),
  );
}

function step(number, title, text, label, run, testid) {
  return h("li", { class: "step", key: number },
    h("span", { class: "step-number", "aria-hidden": "true" }, number),
    h("div", { class: "step-text" }, h("strong", {}, title), h("p", {}, text)),
    h("button", { type: "button", class: `button${number === 1 ? " primary" : ""}`, onclick: run, "data-testid": testid }, label));
}
