/** One message, drawn. What its parts do when pressed stands in messages.js. */

import { fileUrl } from "./api.js";
import { h, icon, span, theirs } from "./dom.js";
import { formatted } from "./entities.js";
import {
  avatar, clock, kindName, kindOf, preview, senderName, serviceText, size, tint, userName,
} from "./names.js";
import { state } from "./state.js";

/**
 * A message.
 *
 * `look` has `own`, `group` (whether others talk here, too), and `first` and `last`, which tell
 * its place among those of one sender, one after the other.
 */
export function drawMessage(message, look) {
  const { own, first, last, group } = look;
  const hooks = { testid: `message-${message.message_id}`, "data-message": message.message_id };
  const service = serviceText(message);
  if (service) return h("div", { class: "service", ...hooks }, theirs("", service));
  const sender = senderOf(message);
  const name = senderName(message);
  const words = message.text ?? message.caption;
  const album = message.media_group_id;
  const classes = [own && "own", first && "first", last && "last", group && "in-group", album && "album"];
  return h("article", {
    class: ["row", ...classes].filter(Boolean).join(" "),
    "aria-label": `${own ? "You" : name}, ${clock(message.date)}`,
    ...hooks,
  }, h("div", { class: "stack" },
    h("div", { class: message.photo && !words ? "bubble bare" : "bubble" },
      group && !own && last && avatar(sender.id, name, "small"),
      drawHead(message, group && !own && first),
      drawOrigin(message),
      drawReply(message),
      drawMedia(message),
      words && drawWords(message, words),
      drawReactions(message),
      span("meta", message.edit_date && span("edited", "edited "), h("time", {}, clock(message.date))),
      h("button", {
        class: "actions", testid: "message-menu", "aria-haspopup": "menu",
        "aria-label": "What to do with this message",
      }, icon("down"))),
    drawKeyboard(message)));
}

const senderOf = (message) => message.sender_chat ?? message.from ?? message.chat;

const who = (message, sign) => span(`who ${tint(senderOf(message).id)}`, senderName(message), sign);

function drawWords(message, words) {
  const person = message.via_bot || message.forward_origin ? null : state.people.get(message.from?.id);
  return h("div", { class: "text", dir: "auto", lang: person?.language_code ?? "" },
    formatted(words, message.entities ?? message.caption_entities),
    h("span", { class: "room", "aria-hidden": "true" }, message.edit_date && "edited ", clock(message.date)));
}

function drawHead(message, named) {
  const via = message.via_bot && `@${message.via_bot.username}`;
  if (!named && !via) return null;
  return h("div", { class: "sender" },
    named && who(message),
    via && [" via ", h("a", { href: "#", "data-mention": via }, via)]);
}

function drawOrigin({ forward_origin: origin }) {
  if (!origin) return null;
  const chat = origin.chat ?? origin.sender_chat;
  const from = origin.sender_user ? userName(origin.sender_user) : origin.sender_user_name ?? chat?.title;
  return h("div", { class: "origin" }, icon("forward"), "Forwarded from ", theirs("who", from));
}

function drawReply({ reply_to_message: replied, quote }) {
  // In a topic Telegram shows everything as a reply to what the topic began with.
  if (!replied || replied.forum_topic_created) return null;
  return h("button", { class: "reply-header", "data-reply": replied.message_id },
    who(replied, quote && icon("quote")), theirs("said", quote?.text ?? preview(replied)));
}

function drawMedia(message) {
  const kind = kindOf(message);
  if (!kind) return null;
  if (kind === "photo") return drawPhoto(message);
  if (kind === "document") return drawDocument(message);
  const { first_name: contact, emoji, title } = message[kind];
  return h("div", {}, [kindName(kind), contact ?? emoji ?? title].filter(Boolean).join(" · "));
}

function drawPhoto(message) {
  const { file_id: id, width, height } = message.photo.at(-1);
  const url = fileUrl(message, id);
  return h("a", { class: "photo", href: url, target: "_blank", rel: "noopener" },
    h("img", { src: url, width, height, alt: "Photo" }));
}

function drawDocument(message) {
  const { file_id: id, file_name: name = "file", file_size: bytes } = message.document;
  const ending = name.includes(".") ? name.split(".").at(-1).slice(0, 4) : "";
  return h("a", { class: "document", href: fileUrl(message, id), download: name, testid: "document" },
    span("sheet", icon("file"), span("", ending)), theirs("file-name", name), span("file-size", size(bytes)));
}

function drawReactions({ reactions = [] }) {
  if (!reactions.length) return null;
  const nameOf = (id) => userName(state.people.get(id) ?? state.bot);
  return h("div", { class: "reactions" }, reactions.map(({ emoji, people }) => {
    const mine = String(people.includes(state.me));
    const title = people.map(nameOf).join(", ");
    return h("button", { "data-emoji": emoji, title, "aria-pressed": mine }, emoji, span("", people.length));
  }));
}

function drawKeyboard({ reply_markup: markup }) {
  if (!markup?.inline_keyboard?.length) return null;
  const draw = (button, x, y) =>
    h("button", { testid: "button", "data-button": `${y}/${x}` }, theirs("", button.text), signOf(button));
  return h("div", { class: "keyboard" }, markup.inline_keyboard.map((row, y) =>
    h("div", {}, row.map((button, x) => draw(button, x, y)))));
}

function signOf(button) {
  if (button.url) return icon("link");
  if (button.copy_text) return icon("copy");
  return Object.keys(button).some((name) => name.startsWith("switch_inline")) && icon("share");
}
