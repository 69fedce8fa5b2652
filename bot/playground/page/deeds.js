/** What one can do with a message: press its buttons, react, reply, forward, edit, delete. */

import { callbackAnswers, post } from "./api.js";
import { compose, fill, start, startEdit, startReply } from "./composer.js";
import { alertDialog, attempt, choose, openMenu, toast } from "./dialogs.js";
import { h, icon } from "./dom.js";
import { safe } from "./entities.js";
import { chatAvatar, chatName, serviceText } from "./names.js";
import { chatsOf, currentChat, go, isAdministrator, isOwn, mayEdit, state } from "./state.js";

const PALETTE = ["👍", "👎", "❤", "🔥", "🙏", "🤔", "😁"];

export function sendCommand(command) {
  const named = currentChat().type === "private" || command.includes("@");
  compose(named ? command : `${command}@${state.bot.username}`);
}

/** Follow a link that starts the bot; false for any other link. */
export function startLink(href) {
  const url = new URL(href);
  if (url.host !== "t.me" || url.pathname !== `/${state.bot.username}`) return false;
  start(url.searchParams.get("start"));
  return true;
}

function follow(href) {
  if (safe(href) && !startLink(href)) open(href, "_blank", "noopener");
}

/** Press an inline button; `element` shows that an answer is awaited. */
export function press(message, button, element) {
  const bot = `@${state.bot.username}`;
  const { switch_inline_query_current_chat: here, switch_inline_query: query } = button;
  const chosen = button.switch_inline_query_chosen_chat;
  const elsewhere = (words, fits) => chooseChat("Ask in which chat?", fits, () => fill(`${bot} ${words}`));
  if (button.url) follow(button.url);
  else if (button.callback_data !== undefined) callBack(message, button.callback_data, element);
  else if (here !== undefined) fill(`${bot} ${here}`);
  else if (query !== undefined) elsewhere(query, () => true);
  else if (chosen) elsewhere(chosen.query ?? "", allowedBy(chosen));
  else if (button.copy_text) copy(button.copy_text.text);
  else toast("The playground has no such buttons.");
}

const allowedBy = (chosen) => ({ type }) => {
  if (type === "private") return chosen.allow_bot_chats || chosen.allow_user_chats;
  return type === "channel" ? chosen.allow_channel_chats : chosen.allow_group_chats;
};

async function callBack(message, data, element) {
  if (element.classList.contains("waiting")) return;
  element.classList.add("waiting");
  element.setAttribute("aria-busy", "true");
  const place = message.inline_message_id
    ? { inline_message_id: message.inline_message_id }
    : { chat: message.chat.id, message_id: message.message_id };
  const answer = await attempt(async () => {
    const { query_id: id } = await post("press", { person: state.me, ...place, data });
    return callbackAnswers.of(id);
  });
  element.classList.remove("waiting");
  element.removeAttribute("aria-busy");
  if (answer?.url) follow(answer.url);
  if (answer?.text && answer.show_alert) alertDialog(answer.text);
  else if (answer?.text) toast(answer.text);
}

/** Let somebody choose one of their chats, and go there. */
function chooseChat(title, fits, chosen) {
  const chats = chatsOf(state.me).filter(fits);
  const options = chats.map((chat) => ({ id: chat.id, label: chatName(chat), avatar: chatAvatar(chat) }));
  choose(title, options, ({ id }) => {
    go({ chat: id });
    chosen(id);
  });
}

async function copy(text) {
  await attempt(() => navigator.clipboard.writeText(text));
  toast("Copied");
}

export function react(message, emoji) {
  const isMine = (one) => one.emoji === emoji && one.people.includes(state.me);
  const mine = message.reactions?.some(isMine);
  attempt(() => post("react", { ...named(message), emoji: mine ? null : emoji }));
}

const named = (message) => ({ person: state.me, chat: state.chat, message_id: message.message_id });

function forward(message) {
  const { person, chat: from, message_id: id } = named(message);
  chooseChat("Forward to", () => true, (chat) =>
    attempt(() => post("forward", { person, from_chat: from, message_id: id, chat })));
}

/** Open the menu of a message; `quote` are the words of it that are selected. */
export function openActions(message, at, quote) {
  const text = message.text ?? message.caption;
  const chat = currentChat();
  const mayDelete = isOwn(message) || chat.type === "private" || isAdministrator(chat, state.me);
  const palette = h("div", { class: "palette" }, PALETTE.map((emoji) => h("button", {
    role: "menuitem", "data-closes": true, testid: `react-${emoji}`, "aria-label": `React with ${emoji}`,
    onclick: () => react(message, emoji),
  }, emoji)));
  const entry = (label, sign, testid, action) => ({ label, icon: icon(sign), testid, action });
  const forAll = [
    palette,
    null,
    entry("Reply", "reply", "reply", () => startReply(message)),
    quote && entry("Quote the selected words", "quote", "quote", () => startReply(message, quote)),
    entry("Forward", "forward", "forward", () => forward(message)),
    text && entry("Copy text", "copy", "copy", () => copy(text)),
    mayEdit(message) && entry("Edit", "edit", "edit", () => startEdit(message)),
  ];
  const erase = () => attempt(() => post("delete", named(message)));
  const last = mayDelete && { ...entry("Delete", "remove", "delete", erase), danger: true };
  const entries = [...(serviceText(message) ? [] : forAll), last].filter((one) => one || one === null);
  if (entries.length) openMenu(at, entries, "Message");
}
