/** How people, chats, dates and sizes are written. */

import { h, icon } from "./dom.js";
import { state } from "./state.js";

export const LANGUAGES = {
  be: "Беларуская", ru: "Русский", uk: "Українська", pl: "Polski", lt: "Lietuvių", en: "English",
  de: "Deutsch",
};

export const botName = () => state.bot.name || state.bot.first_name || "Bot";

export const userName = (user) =>
  user.id === state.bot.id
    ? botName()
    : [user.first_name, user.last_name].filter(Boolean).join(" ") || String(user.id);

export const chatName = (chat) => (chat.type === "private" ? botName() : chat.title);

export function senderName(message) {
  if (message.sender_chat) return message.sender_chat.title;
  return message.from ? userName(message.from) : (message.chat.title ?? "");
}

/** One of seven tints, always the same for the same person or chat. */
export const tint = (id) => `tint-${Math.abs(id) % 7}`;

export function avatar(id, name, large = "") {
  if (id === state.bot.id) {
    return h("span", { class: `avatar ${large}` }, h("img", { src: "logo.svg", alt: "" }));
  }
  const letters = name.split(/\s+/).slice(0, 2).map((word) => [...word.replace(/[«»"]/g, "")][0] ?? "");
  return h("span", { class: `avatar ${tint(id)} ${large}`, "aria-hidden": "true" }, letters.join(""));
}

export const chatAvatar = (chat) =>
  avatar(chat.type === "private" ? state.bot.id : chat.id, chatName(chat));

export const chatSign = (chat) =>
  ({ group: icon("people"), supergroup: icon("people"), channel: icon("channel") })[chat.type];

export const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });

export function day(seconds) {
  const date = new Date(seconds * 1000);
  const today = new Date();
  if (date.toDateString() === today.toDateString()) return "Today";
  const year = date.getFullYear() === today.getFullYear() ? {} : { year: "numeric" };
  return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", ...year });
}

export function size(bytes) {
  if (!bytes) return "";
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1 << 20) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / (1 << 20)).toFixed(1)} MB`;
}

export const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;

const KINDS = {
  photo: "Photo", document: "File", video: "Video", animation: "GIF", audio: "Audio",
  voice: "Voice message", video_note: "Video message", sticker: "Sticker", contact: "Contact",
  location: "Location", venue: "Place", poll: "Poll", dice: "Dice",
};

/** What a message is besides its words: "photo", "document", …; undefined for text alone. */
export const kindOf = (message) => Object.keys(KINDS).find((kind) => message[kind]);

/** A message in a few words. */
export function preview(message) {
  const service = serviceText(message);
  if (service) return service;
  const kind = kindOf(message);
  const about = kind === "document" ? message.document.file_name ?? KINDS.document : KINDS[kind];
  return [kind && about, message.text ?? message.caption].filter(Boolean).join(" · ");
}

export const kindName = (kind) => KINDS[kind];

/** What a message tells that nobody wrote; undefined for any other. */
export function serviceText(message) {
  const who = senderName(message);
  const names = (message.new_chat_members ?? []).map(userName).join(", ");
  if (names) {
    const alone = message.new_chat_members.every(({ id }) => id === message.from?.id);
    return alone ? `${who} joined` : `${who} added ${names}`;
  }
  const left = message.left_chat_member;
  if (left) return left.id === message.from?.id ? `${who} left` : `${who} removed ${userName(left)}`;
  if (message.forum_topic_created) return `Topic “${message.forum_topic_created.name}” was created`;
  if (message.forum_topic_edited) return "The topic was changed";
  if (message.forum_topic_closed) return "The topic was closed";
  if (message.group_chat_created || message.supergroup_chat_created) return "The group was created";
  if (message.migrate_to_chat_id) return "This group became a supergroup";
  if (message.migrate_from_chat_id) return "This supergroup was a group before";
  if (message.new_chat_title) return `The new name is “${message.new_chat_title}”`;
  if (message.pinned_message) return `${who} pinned a message`;
  return undefined;
}
