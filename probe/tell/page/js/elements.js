// Everything that arrives is text and enters the document as a text node. Trusted Types make the browser insist on it.

// Controls, bidirectional overrides, unpaired surrogates: nothing invisible may change how a line reads.
const INVISIBLE = /[^\P{C}\n]/gu;

function clean(text) {
  return String(text).replace(INVISIBLE, (one) => (one === "\t" ? " " : "\uFFFD"));
}

// The children are elements or texts; null and "" are left out.
function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === "") continue;
    node.append(child instanceof Node ? child : document.createTextNode(clean(child)));
  }
  return node;
}

// Said to those who listen; not shown.
function heard(text) {
  return make("span", "heard", text);
}

// A text that came from outside, kept apart from the direction of the words around it.
function value(text, className) {
  return make("bdi", className, text);
}

function hidden(node) {
  node.setAttribute("aria-hidden", "true");
  return node;
}

function title(level, id, text) {
  const node = make(`h${level}`, "", text);
  node.id = id;
  return node;
}

// What can be opened. Its key survives a redrawing, so that what is open stays open.
function opening(key, className, summary, ...content) {
  const node = make("details", className, summary, ...content);
  node.dataset.key = key;
  summary.dataset.key = `${key} summary`;
  return node;
}

const SHAPES = {
  OK: "M20 34 29 43 45 22",
  BROKEN: "M22 22 42 42 M42 22 22 42",
  "COULD NOT FIND OUT": "M25 26a7 7 0 1 1 10 6q-3 1.6-3 6 M32 44.5v.5",
  waiting: "M32 20v12l8 5",
};
const OUTLINES = {
  OK: "M32 4a28 28 0 1 1-.1 0z",
  BROKEN: "M21 4h22l17 17v22l-17 17h-22l-17-17v-22z",
  "COULD NOT FIND OUT": "M32 2 62 32 32 62 2 32z",
  waiting: "M32 4a28 28 0 1 1-.1 0z",
};

// A circle, an octagon or a lozenge: the standing is told by shape, word and colour.
function lamp(standing) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 64 64");
  svg.setAttribute("class", "lamp");
  for (const [name, shapes] of [["outline", OUTLINES], ["mark", SHAPES]]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("class", name);
    path.setAttribute("d", shapes[standing] ?? shapes.waiting);
    svg.append(path);
  }
  return hidden(svg);
}

const shown = new Map();

// Fill a section when what it shows has changed; keep what is open, and where the keyboard is.
function fill(id, what, build) {
  const host = document.getElementById(id);
  const now = JSON.stringify(what);
  if (shown.get(id) === now) return;
  shown.set(id, now);
  const open = new Set([...host.querySelectorAll("details[open]")].map((one) => one.dataset.key));
  const focus = host.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const content = what === null ? [] : build(what);
  host.replaceChildren(...content);
  host.hidden = content.length === 0;
  for (const one of host.querySelectorAll("details")) one.open = one.open || open.has(one.dataset.key);
  const again = [...host.querySelectorAll("[data-key]")].find((one) => focus && one.dataset.key === focus);
  again?.focus({ preventScroll: true });
}
