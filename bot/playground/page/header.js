/** Above the messages: which chat, who does what in it, its topics; the page's switches. */

import { drawNews } from "./chats.js";
import { byId, h, icon, reconcile, span, theirs } from "./dom.js";
import { botName, chatAvatar, chatName, count } from "./names.js";
import { changed, currentChat, go, isInside, state, unread } from "./state.js";

const THEMES = {
  auto: { sign: "auto", label: "Colours: as the system" },
  light: { sign: "sun", label: "Colours: light" },
  dark: { sign: "moon", label: "Colours: dark" },
};
const ACTIONS = {
  typing: "is typing…",
  upload_document: "is sending a file…",
  upload_photo: "is sending a photo…",
};

export function setUpHeader() {
  byId("back").append(icon("back"));
  byId("back").addEventListener("click", () => {
    state.reading = false;
    changed();
  });
  byId("toggle-journal").append(icon("journal"));
  byId("toggle-journal").addEventListener("click", () => openPanel("journal"));
  byId("chat-title").addEventListener("click", () => openPanel("info"));
  byId("theme").addEventListener("click", nextTheme);
  setTheme(theme());
  byId("topics").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = [...byId("topics").children];
    tabs.at((tabs.indexOf(document.activeElement) + step) % tabs.length).click();
  });
}

/** Open one of the panels at the right, or close it where it is open. */
export function openPanel(name) {
  state.panel = state.panel === name ? "" : name;
  localStorage.setItem("panel", state.panel);
  changed();
}

const theme = () => (localStorage.getItem("theme") in THEMES ? localStorage.getItem("theme") : "auto");

function nextTheme() {
  const names = Object.keys(THEMES);
  setTheme(names[(names.indexOf(theme()) + 1) % names.length]);
}

function setTheme(name) {
  const { sign, label } = THEMES[name];
  localStorage.setItem("theme", name);
  document.documentElement.dataset.theme = name;
  byId("theme").replaceChildren(icon(sign));
  byId("theme").setAttribute("aria-label", label);
  byId("theme").title = label;
}

export function drawHeader() {
  const chat = currentChat();
  document.body.classList.toggle("reading", state.reading && Boolean(chat));
  byId("conversation").classList.toggle("nowhere", !chat);
  byId("toggle-journal").setAttribute("aria-pressed", String(state.panel === "journal"));
  if (!chat) return;
  document.title = `${chatName(chat)} – Daviedka's playground`;
  const { action, topic } = state.actions.get(chat.id) ?? {};
  const acting = action && (topic ?? 1) === state.topic && `${botName()} ${ACTIONS[action] ?? "is busy…"}`;
  const make = () => span("title-row", chatAvatar(chat), theirs("name", chatName(chat)),
    acting ? span("hint acting", acting, h("i"), h("i"), h("i")) : span("hint", about(chat)));
  reconcile(byId("chat-title"), [{ key: "title", deps: [chat, acting, state.bot], make }]);
  drawTopics(chat);
}

function about(chat) {
  if (chat.type === "private") return "bot";
  const here = Object.keys(chat.members).filter((id) => isInside(chat, id)).length;
  return `${chat.is_forum ? "forum" : chat.type}, ${count(here, "member", "members")}`;
}

function drawTopics(chat) {
  byId("topics").hidden = !chat.is_forum;
  const topics = chat.is_forum ? chat.topics : [];
  reconcile(byId("topics"), topics.map(({ id, name }) => {
    const selected = id === state.topic;
    const news = unread(state.me, chat, id);
    const make = () => h("button", {
      role: "tab", testid: `topic-${id}`, "aria-selected": String(selected), tabindex: selected ? "0" : "-1",
      onclick: () => {
        go({ topic: id });
        byId("topics").children.item(topics.findIndex((topic) => topic.id === id)).focus();
      },
    }, theirs("", name), news > 0 && drawNews(news));
    return { key: `${chat.id}/${id}`, deps: [name, selected, news], make };
  }));
}
