/** The panel that shows what passes between the bot and the server, and makes it go wrong. */

import { post } from "./api.js";
import { attempt } from "./dialogs.js";
import { byId, h, reconcile, round, span } from "./dom.js";
import { openPanel } from "./header.js";
import { drawJson } from "./json.js";
import { changed, state } from "./state.js";

const FAULTS = {
  latency: "Slow answers",
  429: "Too many requests (429)",
  502: "Bad gateway (502)",
  409: "Another poller (409)",
  drop: "Dropped connections",
  duplicate: "Updates come twice",
  reorder: "Updates out of order",
  expire: "Expired queries",
};
const KINDS = { all: "All", update: "Updates", request: "Requests", error: "Errors" };

const wanted = { text: "", kind: "all" };
let list;
// Whether the newest is in view, so that the next is to be.
let following = true;

export function drawJournal() {
  const panel = byId("panel");
  if (panel.dataset.shows !== "journal") {
    panel.dataset.shows = "journal";
    panel.setAttribute("aria-label", "Updates and requests");
    panel.replaceChildren(...drawPanel());
  }
  reconcile(panel.querySelector(".faults-now"), [{ key: "now", deps: [state.faults], make: drawFaults }]);
  const passed = state.journal.filter(fits);
  reconcile(list, passed.map((entry) => ({ key: entry.n, deps: [entry], make: () => drawEntry(entry) })));
  if (following) list.scrollTop = list.scrollHeight;
}

function drawPanel() {
  const look = (change) => {
    Object.assign(wanted, change);
    changed();
  };
  const forget = () => {
    state.journal = [];
    changed();
  };
  list = h("div", {
    class: "entries", testid: "journal", tabindex: "0", role: "log", "aria-live": "off",
    "aria-label": "Updates and requests",
  });
  following = true;
  list.addEventListener("scroll", () => {
    following = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  }, { passive: true });
  return [
    h("header", {}, h("h2", {}, "Updates and requests"),
      round("remove", "Forget these", forget), round("close", "Close", () => openPanel("journal"))),
    h("div", { class: "filters" },
      h("input", {
        type: "search", testid: "journal-filter", placeholder: "Filter by any word", "aria-label": "Filter",
        value: wanted.text, oninput: (event) => look({ text: event.target.value.toLocaleLowerCase() }),
      }),
      h("select", {
        testid: "journal-kind", "aria-label": "What to show",
        onchange: (event) => look({ kind: event.target.value }),
      }, options(KINDS, wanted.kind))),
    h("details", { class: "faults" }, h("summary", {}, "Let something go wrong"), drawFaultForm()),
    h("div", { class: "faults-now" }),
    list,
  ];
}

const options = (names, chosen) =>
  Object.entries(names).map(([value, name]) => h("option", { value, selected: value === chosen }, name));

const isError = (entry) => !entry.ok;

function fits(entry) {
  if (wanted.kind === "error" ? !isError(entry) : ![entry.kind, "all"].includes(wanted.kind)) return false;
  return !wanted.text || JSON.stringify(entry).toLocaleLowerCase().includes(wanted.text);
}

function drawEntry(entry) {
  const [way, whither] = entry.kind === "update" ? ["↓", "to the bot"] : ["↑", "from the bot"];
  const details = h("details", {
    class: `entry ${entry.kind} ${isError(entry) ? "failed" : ""}`, testid: "journal-entry",
  }, h("summary", {},
    h("span", { class: "way", title: whither }, way), h("b", {}, entry.name), span("gist", gist(entry)),
    span("status", entry.status),
    h("time", { title: new Date(entry.at).toLocaleTimeString("en-GB") }, `${Math.round(entry.took_ms)} ms`)));
  // Most are never looked into.
  details.addEventListener("toggle", () => {
    details.append(drawJson(entry.body));
    if (entry.result !== null) details.append(h("h3", {}, "Answer"), drawJson(entry.result));
    details.scrollIntoView({ block: "nearest" });
  }, { once: true });
  return details;
}

/** What an entry is about, in a few words. */
function gist({ body, result }) {
  const parts = [body, ...Object.values(body ?? {})].filter((part) => part && typeof part === "object");
  const said = parts.map((part) => part.text ?? part.query ?? part.data ?? part.caption).find(Boolean);
  return String(result?.description ?? said ?? "").slice(0, 80);
}

function drawFaultForm() {
  const number = (text) => (text === "" ? undefined : Number(text));
  const onsubmit = (event) => {
    event.preventDefault();
    const { kind, method, count, seconds } = Object.fromEntries(new FormData(event.target));
    const fault = { kind, method: method || undefined, count: number(count), seconds: number(seconds) };
    attempt(() => post("fault", fault));
  };
  const end = () => attempt(() => post("fault", { kind: "none" }));
  const field = (name, placeholder, more) =>
    h("input", { name, placeholder, "aria-label": placeholder, ...more });
  return h("form", { onsubmit },
    h("select", { name: "kind", testid: "fault-kind", "aria-label": "Fault" }, options(FAULTS)),
    field("method", "Any method"),
    field("count", "Times", { type: "number", min: 1 }),
    field("seconds", "Seconds", { type: "number", min: 0, step: "any" }),
    h("button", { class: "primary", testid: "fault-begin" }, "Begin"),
    h("button", { type: "button", testid: "fault-end", onclick: end }, "End all"));
}

function drawFaults() {
  const { armed = [], happened = {} } = state.faults;
  const coming = ({ kind, method, count, seconds }) =>
    [FAULTS[kind], method, `${count} to come`, `${seconds} s`].filter(Boolean).join(" · ");
  const past = ([kind, times]) => `${FAULTS[kind]}: ${times} so far`;
  return h("ul", { testid: "faults" },
    armed.map((fault) => h("li", {}, coming(fault))),
    Object.entries(happened).map((one) => h("li", { class: "hint" }, past(one))));
}
