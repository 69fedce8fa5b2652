/** A text and its entities, as nodes. Offsets count UTF-16 units, as JavaScript's strings do. */

import { h, icon } from "./dom.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };
const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);
const SAFE = new Set(["http:", "https:", "mailto:", "tel:", "tg:"]);
const begins = new WeakMap();

/** The nodes for a text; entities may nest, and one that overlaps another is cut in two. */
export function formatted(text, entities = []) {
  const sorted = [...entities].sort(
    (one, other) => one.offset - other.offset || other.length - one.length,
  );
  return walk(text, 0, text.length, sorted);
}

function walk(text, start, end, entities) {
  const nodes = [];
  let position = start;
  let afterBlock = false;
  const write = (to) => {
    // The line break after a block is the block's own end.
    const from = position + (afterBlock && text[position] === "\n" ? 1 : 0);
    if (from < to) nodes.push(textNode(text, from, to));
  };
  entities.forEach((entity, index) => {
    const from = Math.max(entity.offset, position);
    const to = Math.min(entity.offset + entity.length, end);
    if (from >= to) return;
    write(from);
    const inner = entities.slice(index + 1).filter(({ offset }) => offset < to);
    nodes.push(wrap(entity, text.slice(from, to), walk(text, from, to, inner)));
    position = to;
    afterBlock = BLOCKS.has(entity.type);
  });
  write(end);
  return nodes;
}

function textNode(text, from, to) {
  const node = document.createTextNode(text.slice(from, to));
  begins.set(node, from);
  return node;
}

function wrap(entity, words, nodes) {
  const link = (href) => {
    const outside = { href, target: "_blank", rel: "noopener noreferrer" };
    return safe(href) ? h("a", outside, nodes) : h("span", {}, nodes);
  };
  switch (entity.type) {
    case "text_link":
      return link(entity.url);
    case "url":
      return link(/^[a-z]+:/i.test(words) ? words : `https://${words}`);
    case "email":
      return link(`mailto:${words}`);
    case "phone_number":
      return link(`tel:${words}`);
    case "bot_command":
      return h("a", { href: "#", "data-command": words }, nodes);
    case "mention":
      return h("a", { href: "#", "data-mention": words }, nodes);
    case "text_mention":
    case "hashtag":
    case "cashtag":
      return h("span", { class: "tag" }, nodes);
    case "spoiler":
      return drawSpoiler(nodes);
    case "pre":
      return h("pre", {}, nodes);
    case "blockquote":
      return h("blockquote", {}, nodes);
    case "expandable_blockquote":
      return drawFolded(nodes);
    default:
      return h(TAGS[entity.type] ?? "span", {}, nodes);
  }
}

function drawSpoiler(nodes) {
  const hidden = { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Hidden words: show them" };
  return h("span", hidden, h("span", {}, nodes));
}

function drawFolded(nodes) {
  const unfold = { class: "unfold", type: "button", "aria-expanded": "false", "aria-label": "Whole quote" };
  return h("blockquote", { class: "expandable folded" },
    h("div", { class: "fold" }, nodes), h("button", unfold, icon("down")));
}

export function safe(href) {
  return URL.canParse(href) && SAFE.has(new URL(href).protocol);
}

/** The part of a message's text that is selected inside of its element; "" for none. */
export function selectedText(element, text) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return "";
  const range = selection.getRangeAt(0);
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let [from, to] = [-1, -1];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const begin = begins.get(node);
    if (begin === undefined || !range.intersectsNode(node)) continue;
    if (from < 0) from = begin + (node === range.startContainer ? range.startOffset : 0);
    to = begin + (node === range.endContainer ? range.endOffset : node.length);
  }
  return from < to ? text.slice(from, to).trim() : "";
}
