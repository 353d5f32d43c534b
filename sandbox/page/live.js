// Staying up to date: the server says that something changed, the page fetches what the person sees.

import { fetchJson, refreshWith } from "./api.js";
import { settlePlace } from "./routes.js";
import { app, conversation, redraw, setClock, toast, zone } from "./store.js";
import { longMoment } from "./times.js";
import { markRead, meetConversations } from "./unread.js";

let running = null;
let again = false;

/** Fetch what the person sees. Calls that come while one is under way share one more. */
export function refresh() {
  if (!app.user) return Promise.resolve();
  if (running) {
    again = true;
    return running;
  }
  running = fetchUntilQuiet().finally(() => {
    running = null;
  });
  return running;
}

async function fetchUntilQuiet() {
  do {
    again = false;
    const user = app.user;
    try {
      const see = await fetchJson(`/_sandbox/see?user=${encodeURIComponent(user)}`);
      if (user === app.user) take(see);
      else again = true;
      app.offline = false;
    } catch {
      app.offline = true;
      redraw();
    }
  } while (again);
}

let shownToasts = null;

function take(see) {
  if (see.ok === false) {
    toast(see.message || see.error, "problem");
    app.chooser = true;
    redraw();
    return;
  }
  const before = app.see?.me.id === see.me.id ? app.see : null;
  setClock(see.now);
  app.see = see;
  meetConversations();
  settlePlace();
  const here = conversation();
  if (here && app.atBottom && app.tab !== "home" && document.visibilityState === "visible") markRead(here);
  sayFailures(see, before);
  if (before && see.clock_version > before.clock_version) {
    toast(`It is now ${longMoment(Date.parse(see.now), zone())} for ${see.me.name.split(" ")[0]}.`);
  }
  redraw();
}

function sayFailures(see, before) {
  const newest = Math.max(0, ...(see.toasts || []).map((item) => item.n));
  if (!before || shownToasts === null || newest < shownToasts) shownToasts = newest;
  for (const item of see.toasts || []) if (item.n > shownToasts) toast(item.text, "problem");
  shownToasts = newest;
}

/** Listen for changes for as long as the page is open; connect again when the line breaks. */
export function listen() {
  const source = new EventSource("/_sandbox/changes");
  source.onopen = () => refresh();
  source.onmessage = () => refresh();
  source.onerror = () => {
    app.offline = true;
    redraw();
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
  };
}

refreshWith(refresh);
