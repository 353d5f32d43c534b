// A very small virtual DOM: the page is drawn anew from the state, only what differs touches the document.
//
// So focus, scroll position and half-typed text survive every refresh. Text is always set as text, never as HTML.
// Props: `on…` are listeners; a leading `.` sets a property ('.value', '.checked') only when it differs;
// `key` keeps an element's identity among its siblings; `created(el)` runs once, `drawn(el)` after every drawing.

const SVG = "http://www.w3.org/2000/svg";

export function h(tag, props, ...children) {
  return { tag, props: props || {}, children: normalise(children), el: null };
}

function normalise(children, out = []) {
  for (const child of children) {
    if (child === null || child === undefined || child === false || child === true || child === "") continue;
    if (Array.isArray(child)) normalise(child, out);
    else if (typeof child === "object") out.push(child);
    else out.push({ tag: "#text", text: String(child), props: {}, el: null });
  }
  return out;
}

const drawnTrees = new WeakMap();

/** Draw `children` inside `parent`, changing only what is different from the last time. */
export function draw(parent, children) {
  const next = normalise([children]);
  const hooks = [];
  patchChildren(parent, drawnTrees.get(parent) || [], next, hooks, false);
  drawnTrees.set(parent, next);
  for (const hook of hooks) hook();
}

function identified(nodes) {
  const counts = new Map();
  return nodes.map((node) => {
    if (node.props.key !== undefined) return `${node.tag}=${node.props.key}`;
    // By its first class too, so that a neighbour which comes or goes does not take the place of what has the keyboard.
    const kind = `${node.tag}.${(node.props.class || "").split(" ", 1)[0]}`;
    const count = counts.get(kind) || 0;
    counts.set(kind, count + 1);
    return `${kind}#${count}`;
  });
}

function patchChildren(parent, before, after, hooks, svg) {
  const known = new Map();
  identified(before).forEach((id, index) => known.set(id, before[index]));
  const ids = identified(after);
  const kept = new Set(ids);
  for (const [id, node] of known) if (!kept.has(id)) node.el.remove();
  let place = parent.firstChild;
  after.forEach((node, index) => {
    const old = known.get(ids[index]);
    known.delete(ids[index]);
    if (old) patchNode(old, node, hooks, svg);
    else createNode(node, hooks, svg);
    if (node.el === place) place = place.nextSibling;
    else parent.insertBefore(node.el, place);
  });
}

function createNode(node, hooks, svg) {
  if (node.tag === "#text") {
    node.el = document.createTextNode(node.text);
    return;
  }
  const inSvg = svg || node.tag === "svg";
  node.el = inSvg ? document.createElementNS(SVG, node.tag) : document.createElement(node.tag);
  patchChildren(node.el, [], node.children, hooks, inSvg);
  for (const [name, value] of Object.entries(node.props)) setProp(node.el, name, undefined, value);
  if (node.props.created) hooks.push(() => node.props.created(node.el));
  if (node.props.drawn) hooks.push(() => node.props.drawn(node.el));
}

function patchNode(old, node, hooks, svg) {
  node.el = old.el;
  if (node.tag === "#text") {
    if (old.text !== node.text) node.el.data = node.text;
    return;
  }
  patchChildren(node.el, old.children, node.children, hooks, svg || node.tag === "svg");
  for (const name of Object.keys(old.props)) if (!(name in node.props)) setProp(node.el, name, old.props[name], undefined);
  for (const [name, value] of Object.entries(node.props)) setProp(node.el, name, old.props[name], value);
  if (node.props.drawn) hooks.push(() => node.props.drawn(node.el));
}

function setProp(el, name, before, value) {
  if (name === "key" || name === "created" || name === "drawn") return;
  if (name.startsWith("on")) {
    if (before !== value) el[name.toLowerCase()] = value || null;
  } else if (name.startsWith(".")) {
    const property = name.slice(1);
    if (el[property] !== value) el[property] = value ?? "";
  } else if (before !== value) {
    if (value === undefined || value === null || value === false) el.removeAttribute(name);
    else el.setAttribute(name, value === true ? "" : value);
  }
}
