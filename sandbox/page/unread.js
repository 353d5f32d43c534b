// What this person has seen already: kept in the browser, per person.

import { app } from "./store.js";

const storeKey = () => `sandbox-read-${app.user}`;

function load() {
  try {
    return JSON.parse(localStorage.getItem(storeKey())) || {};
  } catch {
    return {};
  }
}

const newest = (conversation) => conversation.messages.at(-1)?.ts || "0";

/** The ts up to which the conversation was read. */
export function readUntil(id) {
  return load()[id] || null;
}

/** Remember that everything in the conversation has been seen. */
export function markRead(conversation) {
  const read = load();
  if (read[conversation.id] === newest(conversation)) return;
  read[conversation.id] = newest(conversation);
  localStorage.setItem(storeKey(), JSON.stringify(read));
}

/** At the first meeting, or after a reset of the sandbox, nothing counts as new but what the app has told this person. */
export function meetConversations() {
  const read = load();
  const now = Date.parse(app.see.now) / 1000;
  let changed = false;
  for (const conversation of app.see.conversations) {
    const until = read[conversation.id];
    if (until !== undefined && Number(until) <= now + 60) continue;
    read[conversation.id] = conversation.kind === "app" ? "0" : newest(conversation);
    changed = true;
  }
  if (changed) localStorage.setItem(storeKey(), JSON.stringify(read));
}

/** Is there something new from somebody else? */
export function isUnread(conversation, read = load()) {
  const until = Number(read[conversation.id] ?? Infinity);
  return conversation.messages.some((message) => Number(message.ts) > until && message.user !== app.user);
}
