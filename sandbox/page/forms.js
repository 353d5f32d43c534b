// What has been chosen and typed in Block Kit elements.
//
// A surface is where blocks stand: { form: its name here, where: how the server finds it, state, errors, blocks }.
// What a person typed wins over the server's state, and that over the app's initial values, so a refresh never
// takes a half-typed word away. A new block_id, action_id or type is a new element, as in Slack.

import { app, redraw } from "./store.js";

// element type: [name of the initial value, name in the state, is it a list]
const FIELDS = {
  plain_text_input: ["initial_value", "value"],
  email_text_input: ["initial_value", "value"],
  url_text_input: ["initial_value", "value"],
  number_input: ["initial_value", "value"],
  static_select: ["initial_option", "selected_option"],
  external_select: ["initial_option", "selected_option"],
  radio_buttons: ["initial_option", "selected_option"],
  checkboxes: ["initial_options", "selected_options", true],
  multi_static_select: ["initial_options", "selected_options", true],
  multi_external_select: ["initial_options", "selected_options", true],
  users_select: ["initial_user", "selected_user"],
  multi_users_select: ["initial_users", "selected_users", true],
  channels_select: ["initial_channel", "selected_channel"],
  multi_channels_select: ["initial_channels", "selected_channels", true],
  conversations_select: ["initial_conversation", "selected_conversation"],
  multi_conversations_select: ["initial_conversations", "selected_conversations", true],
  datepicker: ["initial_date", "selected_date"],
  timepicker: ["initial_time", "selected_time"],
};

export const isInput = (element) => Boolean(element && FIELDS[element.type]);
export const isMulti = (element) => Boolean(FIELDS[element.type]?.[2]);

const keyOf = (block, element) => `${block.block_id || ""}/${element.action_id || ""}/${element.type}`;

function formOf(surface) {
  if (!app.forms.has(surface.form)) app.forms.set(surface.form, new Map());
  return app.forms.get(surface.form);
}

/** The element's value now: a string, an option, null, or a list of them. */
export function valueOf(surface, block, element) {
  const typed = formOf(surface).get(keyOf(block, element));
  if (typed !== undefined) return typed;
  const [initial, name, list] = FIELDS[element.type];
  const stored = serverState(surface, block, element);
  const value = stored && name in stored ? stored[name] : element[initial];
  return value ?? (list ? [] : null);
}

// A block without a block_id gets one from Slack, so its state is found by action_id alone.
function serverState(surface, block, element) {
  const state = surface.state || {};
  if (block.block_id) return state[block.block_id]?.[element.action_id];
  const holder = Object.values(state).find((actions) => element.action_id in actions);
  return holder?.[element.action_id];
}

/** Keep what was typed or chosen; a complaint about that field goes away. */
export function setValue(surface, block, element, value) {
  formOf(surface).set(keyOf(block, element), value);
  if (surface.errors && block.block_id in surface.errors) surface.forgive(block.block_id);
  redraw();
}

const plain = (item) => (item && typeof item === "object" ? item.value : item);

/** As the control API wants it: a string, a list of strings, or null for nothing. */
export function plainValue(element, value) {
  if (isMulti(element)) return value.map(plain);
  return plain(value) ?? null;
}

const elementsOf = (block) =>
  [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])].filter((element) => element?.action_id);

/** All inputs of a block. */
export const inputsOf = (block) => elementsOf(block).filter(isInput);

/** Everything typed on this surface so far, keyed by block_id, or by action_id where a block has several elements. */
export function typedValues(surface) {
  const values = {};
  for (const block of surface.blocks) {
    const inputs = inputsOf(block);
    for (const element of inputs) {
      const key = block.block_id && elementsOf(block).length === 1 ? block.block_id : element.action_id;
      const value = plainValue(element, valueOf(surface, block, element));
      if (value !== null || formOf(surface).has(keyOf(block, element))) values[key] = value;
    }
  }
  return values;
}

/** Forget what was typed, for instance when the form was sent. */
export function forgetForm(name) {
  app.forms.delete(name);
}
