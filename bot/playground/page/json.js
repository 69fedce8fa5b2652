/** JSON to look at: objects and arrays fold. */

import { h, span } from "./dom.js";

// What is longer stands folded at first.
const SHORT = 60;

export function drawJson(value, name = "") {
  const label = name === "" ? null : span("json-name", `${name}: `);
  const whole = JSON.stringify(value) ?? "";
  if (value === null || typeof value !== "object") {
    return h("div", { class: "json" }, label, span(`json-${typeof value}`, whole));
  }
  if (whole.length <= SHORT) return h("div", { class: "json" }, label, whole);
  const names = Object.keys(value);
  const inside = Array.isArray(value) ? `[ ${names.length} ]` : `{ ${names.slice(0, 4).join(", ")} }`;
  const details = h("details", { class: "json" }, h("summary", {}, label, span("json-more", inside)));
  const fill = () => details.append(...names.map((key) => drawJson(value[key], key)));
  if (name === "") {
    details.open = true;
    fill();
  } else details.addEventListener("toggle", fill, { once: true });
  return details;
}
