/** The left column: who am I, and the chats that this person sees. */

import { below, openMenu } from "./dialogs.js";
import { byId, h, icon, moveFocus, reconcile, span, theirs } from "./dom.js";
import {
  avatar, chatAvatar, chatName, chatSign, clock, count, LANGUAGES, preview, senderName, userName,
} from "./names.js";
import { chatsOf, go, isOwn, me, messagesOf, state, unread } from "./state.js";

export function setUpChats() {
  const search = byId("chat-search");
  search.addEventListener("input", drawChats);
  byId("person").addEventListener("click", (event) => choosePerson(event.currentTarget));
  byId("sidebar").addEventListener("keydown", (event) => {
    const rows = [...byId("chats").querySelectorAll("button")];
    const searching = event.target === search;
    if (event.key === "Enter" && searching) rows[0]?.click();
    else if (event.key === "Escape" && searching) leaveSearch();
    else if (searching || rows.includes(event.target)) moveFocus(event, rows);
  });
  byId("chats").addEventListener("click", (event) => {
    const row = event.target.closest("button");
    if (!row) return;
    go({ chat: Number(row.dataset.chat) });
    leaveSearch();
  });
}

function leaveSearch() {
  byId("chat-search").value = "";
  drawChats();
  byId("input").focus();
}

export function drawChats() {
  drawPerson();
  const wanted = byId("chat-search").value.trim().toLocaleLowerCase();
  const chats = chatsOf(state.me).filter((chat) => chatName(chat).toLocaleLowerCase().includes(wanted));
  reconcile(byId("chats"), chats.map((chat) => {
    const look = {
      last: messagesOf(chat.id).at(-1),
      news: unread(state.me, chat),
      selected: chat.id === state.chat,
      acting: state.actions.has(chat.id),
    };
    const deps = [chat, state.bot, state.me, ...Object.values(look)];
    return { key: chat.id, deps, make: () => h("li", {}, drawRow(chat, look)) };
  }));
}

function drawRow(chat, { last, news, selected, acting }) {
  const who = last && chat.type.endsWith("group") && (isOwn(last) ? "You" : senderName(last));
  const said = last ? preview(last).slice(0, 120) : "No messages yet";
  return h("button", {
    class: "chat", testid: `chat-${chat.id}`, "data-chat": chat.id, "aria-current": selected && "true",
  },
  chatAvatar(chat),
  span("name", chatSign(chat), theirs("", chatName(chat))),
  span("time", last && clock(last.date)),
  span("last", acting ? span("acting", "typing…") : [who && span("who", `${who}: `), theirs("", said)]),
  news > 0 && drawNews(news));
}

export const drawNews = (news) =>
  h("span", { class: "unread", "aria-label": count(news, "new message", "new messages") }, news);

const newsOf = (personId) => chatsOf(personId).reduce((sum, chat) => sum + unread(personId, chat), 0);

const roleOf = ({ role }) => role !== "member" && role;

function drawPerson() {
  const person = me();
  const elsewhere = [...state.people.keys()].some((id) => id !== state.me && newsOf(id) > 0);
  const name = h("span", { lang: person.language_code }, userName(person));
  const about = [LANGUAGES[person.language_code], roleOf(person)].filter(Boolean).join(" · ");
  const make = () => span("who-am-i",
    avatar(person.id, userName(person)),
    span("name", span("hint", "I am "), name),
    span("hint", about),
    elsewhere && h("span", { class: "dot", title: "Somebody else has new messages" }),
    icon("down"));
  reconcile(byId("person"), [{ key: "me", deps: [person, elsewhere], make }]);
  // Before, it is not known who there is to choose from.
  byId("person").disabled = false;
}

function choosePerson(button) {
  openMenu(below(button), [...state.people.values()].map((person) => {
    const news = person.id !== state.me && newsOf(person.id);
    return {
      testid: `person-${person.id}`,
      checked: person.id === state.me,
      icon: avatar(person.id, userName(person)),
      label: [
        h("span", { lang: person.language_code }, userName(person)),
        roleOf(person) && span("badge", person.role),
      ],
      note: news ? drawNews(news) : person.language_code,
      action: () => become(person.id),
    };
  }), "Who am I?");
}

/** Be another person, in the same chat where they are in it. */
function become(personId) {
  const chats = chatsOf(personId);
  const here = chats.find(({ id }) => id === state.chat);
  go({ me: personId, chat: (here ?? chats[0]).id, topic: here ? state.topic : 1, reading: state.reading });
}
