/** Elements, made without markup: what came from outside can only become text. */

const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "open", "selected"]);

/** An element: `on…` are listeners, `testid` is the hook for tests, empty children are left out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (PROPERTIES.has(name)) element[name] = value;
    else if (name === "testid") element.setAttribute("data-testid", value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return element;
}

export const span = (kind, ...children) => h("span", kind ? { class: kind } : {}, ...children);

/** Words that others chose: their language is not told, and "" is HTML's word for that. */
export const theirs = (kind, ...children) => h("span", { class: kind, lang: "", dir: "auto" }, ...children);

/** A round button that shows a sign and is named by a label. */
export const round = (sign, label, onclick, properties = {}) =>
  h("button", { class: "round", type: "button", "aria-label": label, title: label, onclick, ...properties },
    icon(sign));

export const byId = (id) => document.getElementById(id);

const ICONS = {
  back: "M15 5l-7 7 7 7",
  send: "M4 12l16-8-6 17-3-7z",
  attach:
    "M19 11l-7.5 7.5a4.5 4.5 0 0 1-6.4-6.4L13 4.3a3 3 0 0 1 4.2 4.2l-7.8 7.8a1.5 1.5 0 0 1-2.1-2.1l7-7",
  menu: "M5 7h14M5 12h14M5 17h14",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9l6 6 6-6",
  reply: "M9 7l-5 5 5 5M4 12h10a6 6 0 0 1 6 6",
  forward: "M15 7l5 5-5 5M20 12H10a6 6 0 0 0-6 6",
  edit: "M4 20l1-5L16 4l4 4L9 19z",
  remove: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  quote: "M5 17c4-1 5-4 5-10H4v6h4M15 17c4-1 5-4 5-10h-6v6h4",
  link: "M8 16L17 7M9 7h8v8",
  journal: "M8 6l-5 6 5 6M16 6l5 6-5 6M13.5 5l-3 14",
  sun:
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z" +
    "M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5",
  moon: "M20 14a8.5 8.5 0 0 1-10-10 8.5 8.5 0 1 0 10 10z",
  auto: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18M12 8h7.5M12 12h9M12 16h7.5",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3 20c0-4 3-6 6-6s6 2 6 6" +
    "M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5c2 .8 3 2.5 3 5.5",
  channel: "M4 10v4h3l9 5V5l-9 5zM19 9.5a4 4 0 0 1 0 5",
  share: "M13 5l7 6-7 6v-4c-5 0-8 2-9 6 0-7 4-10 9-10z",
};
const SVG = "http://www.w3.org/2000/svg";

/** A drawn sign, hidden from screen readers: the words stand beside it or in a label. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

const FOCUSABLE = "a[href], button, input, select, summary";
const drawn = new WeakMap();

/**
 * Let an element hold these children, making anew only what changed.
 *
 * Each row has a `key`, the values it depends on (`deps`), and `make`, which draws it. Focus
 * inside of what is made anew stays at the same place of it.
 */
export function reconcile(parent, rows) {
  const before = drawn.get(parent) ?? new Map();
  const after = new Map();
  let place = parent.firstChild;
  for (const { key, deps, make } of rows) {
    const known = before.get(key);
    const same = known && known.deps.every((value, index) => value === deps[index]);
    const node = same ? known.node : make();
    const focused = same || !known ? -1 : focusable(known.node).indexOf(document.activeElement);
    after.set(key, { deps, node });
    if (known && !same) {
      if (place === known.node) place = node;
      known.node.replaceWith(node);
    }
    if (place === node) place = place.nextSibling;
    else parent.insertBefore(node, place);
    if (focused >= 0) focusable(node)[focused]?.focus({ preventScroll: true });
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
  drawn.set(parent, after);
}

const focusable = (node) => [node, ...node.querySelectorAll(FOCUSABLE)];

/** Move the focus among these with the arrow keys; true where the key was one of them. */
export function moveFocus(event, elements) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !elements.length) return false;
  event.preventDefault();
  const now = elements.indexOf(document.activeElement);
  const next = now < 0 && step < 0 ? elements.length - 1 : now + step;
  elements[(next + elements.length) % elements.length].focus();
  return true;
}
