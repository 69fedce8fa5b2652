/** The messages of a chat: which are shown, and what is done where one clicks. */

import { drawMessage } from "./bubble.js";
import { compose, fill, startReply } from "./composer.js";
import { openActions, press, react, sendCommand, startLink } from "./deeds.js";
import { below, toast } from "./dialogs.js";
import { byId, h, icon, reconcile, span } from "./dom.js";
import { selectedText } from "./entities.js";
import { day, serviceText } from "./names.js";
import { currentChat, isOwn, markRead, message as known, shownMessages, state } from "./state.js";

// Messages that one sender writes within so many seconds stand together.
const TOGETHER = 300;

// What is shown: person, chat and topic, and how many messages.
let place = "";
let length = 0;
// Whether the newest message is in view, so that the next is to be.
let following = true;

export function setUpMessages() {
  const list = byId("messages");
  list.addEventListener("click", onClick);
  list.addEventListener("contextmenu", (event) => {
    const shown = messageAt(event.target);
    if (!shown || event.target.closest("a")) return;
    event.preventDefault();
    openMessageMenu(shown, { x: event.clientX, y: event.clientY });
  });
  list.addEventListener("dblclick", (event) => {
    const shown = messageAt(event.target);
    if (shown && !event.target.closest("button, a, .text") && !serviceText(shown)) startReply(shown);
  });
  list.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.target.closest(".spoiler")?.classList.add("shown");
  });
  list.addEventListener("scroll", lookAtEnd, { passive: true });
  byId("to-end").append(icon("down"));
  byId("to-end").addEventListener("click", () => {
    list.scrollTo({ top: list.scrollHeight, behavior: "smooth" });
  });
  // The window's height changes, and that of photos when they are there.
  new ResizeObserver(() => following && toEnd()).observe(list);
  list.addEventListener("load", () => following && toEnd(), true);
}

function lookAtEnd() {
  const list = byId("messages");
  following = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
  byId("to-end").hidden = following;
}

function toEnd() {
  byId("messages").scrollTop = byId("messages").scrollHeight;
}

export function drawMessages() {
  const list = byId("messages");
  const chat = currentChat();
  const messages = shownMessages();
  const now = `${state.me}/${state.chat}/${state.topic}`;
  const arrived = now !== place;
  const wrote = messages.length > length && isOwn(messages.at(-1));
  // What is there at once is not read aloud.
  list.setAttribute("aria-live", arrived ? "off" : "polite");
  reconcile(list, chat ? rows(chat, messages) : []);
  if (arrived || wrote) following = true;
  if (following) toEnd();
  place = now;
  length = messages.length;
  lookAtEnd();
  markRead();
}

function rows(chat, messages) {
  if (!messages.length) return [{ key: "empty", deps: [chat, state.bot], make: () => drawEmpty(chat) }];
  return messages.flatMap((message, index) => {
    const [before, after] = [messages[index - 1], messages[index + 1]];
    const look = {
      own: isOwn(message),
      first: !together(before, message),
      last: !together(message, after),
      group: chat.type.endsWith("group"),
    };
    const date = day(message.date);
    const row = {
      key: message.message_id,
      deps: [message, state.me, ...Object.values(look)],
      make: () => drawMessage(message, look),
    };
    if (before && day(before.date) === date) return [row];
    const make = () => h("div", { class: "service" }, span("", date));
    return [{ key: `before ${message.message_id}`, deps: [date], make }, row];
  });
}

function together(one, other) {
  if (!one || !other || serviceText(one) || serviceText(other)) return false;
  const sender = (message) => (message.sender_chat ?? message.from).id;
  if (sender(one) !== sender(other) || one.via_bot?.id !== other.via_bot?.id) return false;
  return other.date - one.date < TOGETHER && day(one.date) === day(other.date);
}

function drawEmpty(chat) {
  const invitation = () => [
    h("h2", {}, "What can this bot do?"),
    h("p", { lang: "" }, state.bot.description || "Write to it, and see."),
    h("button", { class: "primary", testid: "start", onclick: () => compose("/start") }, "Start"),
  ];
  const words = chat.type === "private" ? invitation() : h("p", {}, "No messages here yet");
  return h("div", { class: "empty" }, h("div", { class: "card" }, words));
}

const messageAt = (element) => {
  const row = element.closest("[data-message]");
  return row && known(state.chat, Number(row.dataset.message));
};

const rowOf = (messageId) => byId("messages").querySelector(`[data-message="${messageId}"]`);

function onClick(event) {
  const shown = messageAt(event.target);
  if (!shown) return;
  const at = (selector) => event.target.closest(selector);
  const [link, quote, button] = [at("a"), at("blockquote.expandable"), at("button")];
  if (at(".spoiler")) at(".spoiler").classList.add("shown");
  else if (link) followLink(link, event);
  else if (quote && getSelection().isCollapsed) unfold(quote, button);
  else if (!button) return;
  else if (button.dataset.button) {
    const [y, x] = button.dataset.button.split("/");
    press(shown, shown.reply_markup.inline_keyboard[y][x], button);
  } else if (button.dataset.emoji) react(shown, button.dataset.emoji);
  else if (button.dataset.reply) show(button.dataset.reply);
  else if (button.matches(".actions")) openMessageMenu(shown, below(button));
}

function followLink(link, event) {
  const { command, mention } = link.dataset;
  if (command) sendCommand(command);
  else if (mention) {
    if (mention === `@${state.bot.username}`) fill(`${mention} `);
  } else if (!startLink(link.href)) return;
  event.preventDefault();
}

function unfold(quote, button) {
  // A click on the words of an unfolded quote is no wish to fold it.
  if (!button && !quote.classList.contains("folded")) return;
  const folded = quote.classList.toggle("folded");
  quote.querySelector(".unfold").setAttribute("aria-expanded", String(!folded));
}

/** Bring a message into view and let it shine for a moment. */
function show(messageId) {
  const row = rowOf(messageId);
  if (!row) return toast("That message is not here.");
  row.scrollIntoView({ block: "center", behavior: "smooth" });
  row.classList.add("found");
  setTimeout(() => row.classList.remove("found"), 1500);
}

function openMessageMenu(message, at) {
  const words = rowOf(message.message_id).querySelector(".text");
  openActions(message, at, words ? selectedText(words, message.text ?? message.caption) : "");
}
