/** The list above the input: one moves in it with the arrows while the focus stays in the input. */

import { byId, h } from "./dom.js";

let active = -1;
let options = [];

/**
 * Show a list; an option is {node, accept}. `around` are elements before and after the options,
 * `label` names the list, `onend` is called when somebody scrolls near its end.
 */
export function suggest(found, { label, testid, before = [], after = [], onend, keep = false }) {
  const box = byId("suggestions");
  const scrolled = keep ? box.querySelector('[role="listbox"]')?.scrollTop : 0;
  options = found;
  if (!keep) active = -1;
  const list = h("div", { role: "listbox", "aria-label": label }, found.map((option, index) => h("div", {
    role: "option", id: `suggestion-${index}`, testid, "aria-selected": "false",
    // So the input keeps the focus.
    onpointerdown: (event) => event.preventDefault(),
    onclick: () => accept(option),
  }, option.node)));
  list.addEventListener("scroll", () => {
    if (list.scrollHeight - list.scrollTop - list.clientHeight < 120) onend?.();
  }, { passive: true });
  box.replaceChildren(...[before, found.length ? list : [], after].flat());
  box.hidden = !box.children.length;
  list.scrollTop = scrolled ?? 0;
  mark();
}

export function hideSuggestions() {
  options = [];
  active = -1;
  byId("suggestions").hidden = true;
  byId("suggestions").replaceChildren();
  byId("input").removeAttribute("aria-activedescendant");
}

export const suggesting = () => !byId("suggestions").hidden;

/** What a key means to the list; true where it was meant for it. */
export function suggestionKey(event) {
  if (!suggesting()) return false;
  if (event.key === "Escape") hideSuggestions();
  else if (event.key === "ArrowDown" && options.length) active = (active + 1) % options.length;
  else if (event.key === "ArrowUp" && options.length) active = (active < 1 ? options.length : active) - 1;
  else if (event.key === "Enter" && active >= 0) accept(options[active]);
  else if (event.key === "Tab" && options[0]?.complete) options[Math.max(active, 0)].complete();
  else return false;
  event.preventDefault();
  mark();
  return true;
}

function accept(option) {
  hideSuggestions();
  option.accept();
}

function mark() {
  const rows = byId("suggestions").querySelectorAll('[role="option"]');
  rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === active)));
  if (!rows[active]) return;
  rows[active].scrollIntoView({ block: "nearest" });
  byId("input").setAttribute("aria-activedescendant", rows[active].id);
}
