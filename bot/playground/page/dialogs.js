/** What stands above the page for a while: toasts, alerts, menus, choices. */

import { byId, h, moveFocus, span } from "./dom.js";

export function toast(text, kind = "") {
  const shown = h("p", { class: `toast ${kind}`, testid: "toast" }, text);
  byId("toasts").append(shown);
  setTimeout(() => shown.remove(), 3500 + 40 * text.length);
}

/** Do something that asks the server, and tell where it refuses. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(error.message, "error");
    return undefined;
  }
}

export function alertDialog(text) {
  openDialog("alertdialog", (close) => [
    h("p", { testid: "alert" }, text),
    h("div", { class: "choices" }, h("button", { class: "primary", onclick: close, autofocus: true }, "OK")),
  ]);
}

/** Let somebody choose one of some: each has an `id`, a `label` and an `avatar`. */
export function choose(title, options, chosen) {
  openDialog("dialog", (close) => {
    const list = h("div", { class: "list" }, options.map((option) => {
      const onclick = () => { close(); chosen(option); };
      return h("button", { testid: `choice-${option.id}`, onclick }, option.avatar, span("", option.label));
    }));
    list.addEventListener("keydown", (event) => moveFocus(event, [...list.children]));
    const cancel = h("button", { onclick: close }, "Cancel");
    return [h("h2", {}, title), list, h("div", { class: "choices" }, cancel)];
  });
}

export function askWord(title, label, answered) {
  openDialog("dialog", (close) => {
    const input = h("input", {
      "aria-label": label, placeholder: label, maxlength: 128, required: true, autofocus: true,
    });
    const onsubmit = (event) => {
      event.preventDefault();
      close();
      answered(input.value.trim());
    };
    return [h("form", { onsubmit }, h("h2", {}, title), input, h("div", { class: "choices" },
      h("button", { type: "button", onclick: close }, "Cancel"), h("button", { class: "primary" }, "OK")))];
  });
}

function openDialog(role, content) {
  const dialog = h("dialog", { role });
  const close = () => dialog.close();
  dialog.append(...content(close));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  document.body.append(dialog);
  dialog.showModal();
}

let closeOpen = () => {};

/**
 * Open a menu at a place. An entry is `null` (a line between), a ready element, or
 * {label, action, icon?, testid?, note?, checked?, danger?}.
 */
export function openMenu(place, entries, label) {
  closeOpen();
  const before = document.activeElement;
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label, popover: "manual" },
    entries.map((entry) => {
      if (entry instanceof Element) return entry;
      return entry ? drawEntry(entry, () => close()) : h("hr");
    }));
  const outside = (event) => menu.contains(event.target) || close();
  const close = () => {
    document.removeEventListener("pointerdown", outside, true);
    const focused = menu.contains(document.activeElement);
    menu.remove();
    if (focused) before?.focus?.({ preventScroll: true });
    closeOpen = () => {};
  };
  closeOpen = close;
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else moveFocus(event, [...menu.querySelectorAll("button")]);
  });
  menu.addEventListener("click", (event) => event.target.closest("[data-closes]") && close());
  document.addEventListener("pointerdown", outside, true);
  document.body.append(menu);
  menu.showPopover();
  const { width, height } = menu.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(place.x, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(place.y, innerHeight - height - 8))}px`;
  menu.querySelector('[aria-checked="true"], button')?.focus();
}

function drawEntry({ label, action, icon, testid, note, checked, danger }, close) {
  const radio = checked !== undefined;
  return h("button", {
    role: radio ? "menuitemradio" : "menuitem",
    "aria-checked": radio && String(checked),
    class: danger && "danger",
    testid,
    onclick: () => { close(); action(); },
  }, icon, span("label", label), note && span("note", note));
}

/** Where a menu of a button opens. */
export function below(element) {
  const { left, bottom } = element.getBoundingClientRect();
  return { x: left, y: bottom + 4 };
}
