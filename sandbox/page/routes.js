// Where we are, as the address bar says it: ?user=U…&c=CHANNEL&thread=TS&tab=home. Two windows can be two people.

import { markRead, readUntil } from "./unread.js";
import { app, conversation, redraw } from "./store.js";

/** Take person and place from the address bar. */
export function readAddress() {
  const query = new URLSearchParams(location.search);
  app.user = query.get("user") || null;
  app.wanted = query.get("c");
  app.thread = query.get("thread");
  app.tab = query.get("tab") || null;
  app.place = null;
  const message = /^\/archives\/(\w+)(?:\/p(\d{10})(\d{6}))?/.exec(location.pathname);
  if (!message) return;
  app.wanted = message[1];
  app.tab = "messages";
  app.flash = message[2] ? `${message[2]}.${message[3]}` : null;
  app.thread = query.get("thread_ts");
}

/** Find the wanted conversation among those that the person sees, by id, name or 'app'; else the first. */
export function settlePlace() {
  const all = app.see.conversations;
  const wanted = (app.wanted || "").replace(/^#/, "");
  const found =
    all.find((item) => item.id === app.place) ||
    all.find((item) => item.id === wanted || item.name === wanted || (wanted === "app" && item.kind === "app")) ||
    all.find((item) => item.kind === "channel" || item.kind === "private") ||
    all[0];
  if (!found) {
    app.place = null;
    return;
  }
  if (found.id === app.place) return;
  arrive(found);
  writeAddress(true);
}

function arrive(found) {
  app.place = found.id;
  app.newSince = readUntil(found.id);
  app.atBottom = !app.flash;
  if (found.kind === "app") app.tab = app.tab || "messages";
  else app.tab = null;
  markRead(found);
}

/** Put person and place into the address bar. */
export function writeAddress(replace = false) {
  const query = new URLSearchParams();
  if (app.user) query.set("user", app.user);
  const here = conversation();
  if (here) query.set("c", here.kind === "app" ? "app" : here.kind === "im" ? here.id : here.name);
  else if (app.wanted) query.set("c", app.wanted);
  if (here?.kind === "app" && app.tab === "home") query.set("tab", "home");
  if (app.thread) query.set("thread", app.thread);
  const address = `?${query}`;
  if (location.pathname === "/" && address === location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", `/${address}`);
}

/** Open a conversation; `tab` matters for the app's own. */
export function openConversation(id, { tab = null, thread = null, flash = null } = {}) {
  const found = conversation(id);
  if (!found) return;
  app.tab = tab;
  app.thread = thread;
  app.editing = null;
  app.drawer = false;
  app.flash = flash;
  arrive(found);
  writeAddress();
  redraw();
}

/** Open a thread beside its conversation, or close it with null. */
export function openThread(ts) {
  app.thread = ts;
  writeAddress();
  redraw();
}

/** For a link to one of our own messages: what to do instead of leaving the page; else null. */
export function appLink(url) {
  const match = /\/archives\/([A-Z0-9]+)(?:\/p(\d{10})(\d{6}))?(?:\?.*thread_ts=([\d.]+))?/.exec(url);
  if (!match) return null;
  const [, channel, seconds, rest, thread] = match;
  const ts = seconds ? `${seconds}.${rest}` : null;
  return () => openConversation(channel, { tab: "messages", flash: ts, thread: thread && thread !== ts ? thread : null });
}
