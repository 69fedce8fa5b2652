/** The panel about a chat: who is in it, with which rights; topics; me, my language. */

import { post } from "./api.js";
import { attempt, askWord, below, openMenu } from "./dialogs.js";
import { byId, h, round, span, theirs } from "./dom.js";
import { openPanel } from "./header.js";
import { avatar, botName, chatAvatar, chatName, LANGUAGES, userName } from "./names.js";
import { currentChat, isAdministrator, isInside, me, state, statusIn } from "./state.js";

const STATUSES = {
  creator: "owner", administrator: "administrator", member: "", restricted: "may not write", left: "",
  kicked: "removed",
};

let drawn = [];

export function drawInfo() {
  const panel = byId("panel");
  const chat = currentChat();
  const now = [chat, me(), state.bot, state.people];
  const same = panel.dataset.shows === "info" && now.every((value, index) => value === drawn[index]);
  if (!chat || same) return;
  drawn = now;
  panel.dataset.shows = "info";
  panel.setAttribute("aria-label", "About this chat");
  panel.replaceChildren(
    h("header", {}, h("h2", {}, "About this chat"), round("close", "Close", () => openPanel("info"))),
    h("div", { class: "info", testid: "info" },
      h("div", { class: "portrait" }, chatAvatar(chat), theirs("name", chatName(chat)),
        h("p", { class: "hint" }, `${chat.type} · ${chat.id}`)),
      chat.type === "private" ? aboutBot() : aboutMembers(chat),
      aboutMe()));
}

/** A button that asks the server for something. */
const deed = (label, testid, path, body, kind = "") =>
  h("button", { class: kind, testid, onclick: () => attempt(() => post(path, body)) }, label);

function aboutBot() {
  const { blocked } = me();
  const label = blocked ? "Unblock the bot" : "Block the bot";
  const { short_description: brief, description } = state.bot;
  return [
    h("p", { class: "card", lang: "" }, brief || description || "This bot has not told what it does."),
    h("p", { class: "hint" }, `@${state.bot.username}`),
    deed(label, "block", "block", { person: state.me, blocked: !blocked }, blocked ? "primary" : "danger"),
  ];
}

function aboutMembers(chat) {
  const everybody = [...state.people.values(), { id: state.bot.id, first_name: botName() }];
  const rank = ({ id }) => Object.keys(STATUSES).indexOf(statusIn(chat, id));
  const inside = everybody.filter(({ id }) => isInside(chat, id));
  inside.sort((one, other) => rank(one) - rank(other));
  const outside = everybody.filter(({ id }) => !isInside(chat, id));
  const mayDecide = isAdministrator(chat, state.me);
  const leave = { actor: state.me, chat: chat.id, person: state.me, status: "left" };
  return [
    h("h3", {}, "Members"),
    h("ul", { class: "members" }, inside.map((person) =>
      drawMember(chat, person, mayDecide && drawRights(chat, person)))),
    mayDecide && outside.length > 0 && [
      h("h3", {}, "Not here"),
      h("ul", { class: "members" }, outside.map((person) => drawMember(chat, person,
        deed("Add", `add-${person.id}`, "member", { ...leave, person: person.id, status: "member" })))),
    ],
    h("div", { class: "deeds" },
      chat.is_forum && h("button", { testid: "new-topic", onclick: () => askTopic(chat) }, "New topic"),
      chat.type === "group" && deed("Make it a supergroup", "migrate", "migrate", { chat: chat.id }),
      deed(`Leave the ${chat.type === "channel" ? "channel" : "group"}`, "leave", "member", leave, "danger")),
  ].flat();
}

function drawMember(chat, person, more) {
  return h("li", { testid: `member-${person.id}` },
    avatar(person.id, userName(person), "small"),
    h("span", { lang: person.language_code }, userName(person)),
    span("hint", STATUSES[statusIn(chat, person.id)]),
    more);
}

function drawRights(chat, person) {
  const status = statusIn(chat, person.id);
  if (person.id === state.me || status === "creator") return null;
  const who = { actor: state.me, chat: chat.id, person: person.id };
  const entry = (label, to) => ({
    label,
    testid: `make-${to}`,
    action: () => attempt(() => post("member", { ...who, status: to, may_send: to !== "restricted" })),
  });
  const entries = [
    status !== "administrator" && entry("Make administrator", "administrator"),
    status !== "member" && entry(status === "restricted" ? "Let write again" : "Make member", "member"),
    status !== "restricted" && chat.type !== "channel" && entry("Forbid to write", "restricted"),
    { ...entry("Remove", "kicked"), danger: true },
  ].filter(Boolean);
  const open = (event) => openMenu(below(event.currentTarget), entries, "Rights");
  const hooks = { testid: `rights-${person.id}`, "aria-haspopup": "menu" };
  return round("more", `Rights of ${userName(person)}`, open, hooks);
}

function askTopic(chat) {
  const begin = (name) => attempt(() => post("topic", { person: state.me, chat: chat.id, name }));
  askWord("New topic", "Its name", begin);
}

function aboutMe() {
  const person = me();
  const role = { owner: "an owner", moderator: "a moderator", member: "a member" }[person.role];
  const onchange = (event) =>
    attempt(() => post("person", { person: person.id, language_code: event.target.value }));
  return [
    h("h3", {}, "Me"),
    h("label", { class: "field" }, span("", "The language of my app"),
      h("select", { testid: "language", onchange }, Object.entries(LANGUAGES).map(([code, name]) =>
        h("option", { value: code, lang: code, selected: code === person.language_code }, name)))),
    h("p", { class: "hint" }, `For the bot ${userName(person)} is ${role}, with the id ${person.id}.`),
  ];
}
