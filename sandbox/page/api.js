// Talking to the sandbox: its control API, and everything a person can do through it.

import { app, conversation, nameOf, toast, whileBusy } from "./store.js";

let refreshing = async () => {};

/** Tell who fetches what the person sees; called once by live.js. */
export function refreshWith(refresh) {
  refreshing = refresh;
}

/** GET a JSON answer. */
export async function fetchJson(path) {
  const answer = await fetch(path, { cache: "no-store" });
  return answer.json();
}

/** POST to the control API. The answer always has `ok`; a lost connection reads like a refusal. */
export async function post(name, body) {
  try {
    const answer = await fetch(`/_sandbox/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return await answer.json();
  } catch {
    return { ok: false, error: "no_answer", message: "The sandbox does not answer. Is it still running?" };
  }
}

const answered = (answer) => answer.ok && (!answer.ack || answer.ack.status === "ok");

// What Slack would say is in `see.toasts`; this is only for when the sandbox itself refuses.
async function act(name, body) {
  const answer = await post(name, { user: app.user, ...body });
  // A form says under its fields what is missing.
  if (!answer.ok && !answer.errors) toast(answer.message || answer.error, "problem");
  await refreshing();
  return answer;
}

/** Send a message or a command. True when it arrived, so that what was typed may go. */
export async function send(text, thread = null) {
  const place = { channel: app.place };
  if (/^\/[a-z]/i.test(text)) {
    const [command] = text.split(/\s/);
    if (thread) {
      toast(`${command} is not supported in threads. Sorry!`, "problem");
      return false;
    }
    return answered(await act("command", { ...place, text }));
  }
  const body = { ...place, text: escape(text) };
  if (thread) body.thread_ts = thread;
  return answered(await act("message", body));
}

/** As Slack's clients do: escape what was typed, so that it cannot become a mention by accident, then put in those meant. */
export function escape(text) {
  let out = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  for (const person of app.people) out = out.replaceAll(`@${person.name}`, `<@${person.id}>`);
  for (const place of app.see.conversations) {
    if (place.kind === "channel") out = out.replaceAll(new RegExp(`(?<![\\w&])#${place.name}(?![\\w-])`, "g"), `<#${place.id}>`);
  }
  return out;
}

/** The other way round, to edit a message: as it was typed. */
export function asTyped(text) {
  return text
    .replace(/<@(\w+)(?:\|[^>]*)?>/g, (_, id) => `@${nameOf(id)}`)
    .replace(/<#(\w+)(?:\|([^>]*))?>/g, (_, id, name) => `#${conversation(id)?.name || name || "channel"}`)
    .replace(/<(https?:[^>|]+)(?:\|[^>]*)?>/g, "$1")
    .replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");
}

export const editMessage = (channel, ts, text) => act("edit", { channel, ts, text: escape(text) });
/** Delete an own message, or put away one that only this person sees. */
export const deleteMessage = (channel, ts) => act("delete", { channel, ts });
export const inviteApp = (channel) => act("invite", { channel });

const messageNow = (channel, ts) =>
  conversation(channel)?.messages.flatMap((message) => [message, ...(message.replies || [])]).find((message) => message.ts === ts);

let reacting = Promise.resolve();

/** Add the reaction, or take it back if it is ours already; quick presses are done one after the other. */
export function toggleReaction(channel, { ts }, name) {
  reacting = reacting.then(() => {
    const mine = messageNow(channel, ts)?.reactions?.find((item) => item.name === name)?.users.includes(app.user);
    return act("react", { channel, ts, reaction: name, remove: Boolean(mine) });
  });
  return reacting;
}

/** Press a button or choose in a menu. */
export function click(surface, blockId, actionId, value, values) {
  const body = { ...surface.where, action_id: actionId };
  if (blockId) body.block_id = blockId;
  if (value !== undefined) body.value = value;
  if (values && Object.keys(values).length) body.values = values;
  return whileBusy(busyKey(surface, blockId, actionId), () => act("click", body));
}

export const busyKey = (surface, blockId, actionId) => `click:${surface.form}:${blockId}:${actionId}`;

/** Ask the app for choices while somebody types. No toast: the list itself says what went wrong. */
export function options(surface, blockId, actionId, query, values) {
  const body = { user: app.user, ...surface.where, action_id: actionId, query, values };
  if (blockId) body.block_id = blockId;
  return post("options", body);
}

/** Send the open form; the answer says which fields need another look. */
export const submit = (values) => whileBusy("submit", () => act("submit", { values }));
export const closeModal = (all = false) => whileBusy("close", () => act("close", all ? { all } : {}));

export function shortcut(callbackId, ts = null) {
  const body = { callback_id: callbackId };
  if (conversation()) body.channel = app.place;
  if (ts) body.ts = ts;
  return whileBusy(`shortcut:${callbackId}`, () => act("shortcut", body));
}

/** Say that one is away: { emoji, text, until }; with nothing, the status is cleared. */
export const setStatus = (told) => act("status", told);
/** Do-not-disturb { until } a moment; with nothing it ends. */
export const setQuiet = (told) => act("quiet", told);

export const openHome = (tab) => act("open_home", { tab });

/** Move the workspace's clock: { to }, { by_seconds } or { to_local }. */
export const jump = (where) => whileBusy("clock", () => act("clock", where));
