// What the page knows at this moment, and the wish to have it drawn again.

/** Everything that is drawn comes from here. `see` is the server's answer for the chosen person. */
export const app = {
  people: [],
  team: { name: "" },
  name: "", // of the Slack app that is tried out
  see: null,
  user: null, // whose eyes we look through
  place: null, // id of the open conversation
  tab: "messages", // in the app's conversation: home or messages
  thread: null, // ts of the open thread
  newSince: null, // ts after which messages were new when the conversation was opened
  atBottom: true,
  drawer: false, // the sidebar on a phone
  chooser: false,
  welcome: false,
  editing: null, // { channel, ts, text }
  popover: null,
  confirm: null,
  toasts: [],
  drafts: {}, // half-typed messages by person and place
  forms: new Map(), // what was chosen and typed in Block Kit elements, see forms.js
  busy: new Set(), // what waits for an answer
  offline: false, // the sandbox does not answer
  flash: null, // ts of a message to point at
};

let drawing = null;
let scheduled = false;

/** Tell the store how to draw; called once by app.js. */
export function drawWith(draw) {
  drawing = draw;
}

/** Draw soon, once, however often it is asked for before. */
export function redraw() {
  if (scheduled) return;
  scheduled = true;
  // A timer, not an animation frame: windows in the background must stay up to date too.
  setTimeout(() => {
    scheduled = false;
    if (drawing) drawing();
  }, 0);
}

/** Keep `key` busy (spinner, no second press) while `work` runs. */
export async function whileBusy(key, work) {
  if (app.busy.has(key)) return undefined;
  app.busy.add(key);
  redraw();
  try {
    return await work();
  } finally {
    app.busy.delete(key);
    redraw();
  }
}

export function me() {
  return app.people.find((person) => person.id === app.user) || null;
}

export function zone() {
  return app.see?.me?.tz || me()?.tz || "UTC";
}

let heard = null; // the last time that the server told, and when

/** Set the page's clock by the server's (ISO 8601). */
export function setClock(now) {
  heard = { at: performance.now(), ms: Date.parse(now) };
}

/** The workspace's time now, in milliseconds since 1970; it runs on between two answers of the server. */
export function workspaceNow() {
  return heard ? heard.ms + (performance.now() - heard.at) : Date.now();
}

export function conversation(id = app.place) {
  return app.see?.conversations.find((item) => item.id === id) || null;
}

/** The name to show for a user id, whoever it is. */
export function nameOf(id) {
  if (app.see && id === app.see.app.user_id) return app.see.app.name;
  return app.see?.users[id]?.name || app.people.find((person) => person.id === id)?.name || "Somebody";
}

export function isApp(id) {
  return Boolean(app.see && (id === app.see.app.user_id || app.see.users[id]?.is_bot));
}

let toastNumber = 0;

/** Show a sentence for a moment. `kind` is 'info' or 'problem'. */
export function toast(text, kind = "info") {
  if (!text || app.toasts.some((item) => item.text === text)) return;
  const item = { n: (toastNumber += 1), text, kind };
  app.toasts.push(item);
  redraw();
  setTimeout(() => dismissToast(item.n), kind === "problem" ? 9000 : 5000);
}

export function dismissToast(n) {
  app.toasts = app.toasts.filter((item) => item.n !== n);
  redraw();
}
