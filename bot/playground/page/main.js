/** Puts the page together: what happens goes into the state, and the views are drawn from it. */

import { callbackAnswers, follow, get, inlineAnswers } from "./api.js";
import { drawChats, setUpChats } from "./chats.js";
import { forgetCommands } from "./commands.js";
import { drawComposer, setUpComposer } from "./composer.js";
import { attempt } from "./dialogs.js";
import { byId } from "./dom.js";
import { drawHeader, openPanel, setUpHeader } from "./header.js";
import { drawInfo } from "./info.js";
import { drawJournal } from "./journal.js";
import { drawMessages, setUpMessages } from "./messages.js";
import {
  changed, loadWorld, message, onChange, putJournal, putMessage, readAddress, state,
} from "./state.js";

// After so many milliseconds Telegram's clients take it that the bot does nothing any more.
const ACTION_LENGTH = 5000;

const happenings = {
  message: (event) => putMessage(event.chat_id, event.message),
  edited: (event) => putMessage(event.chat_id, event.message),
  deleted: (event) => state.messages.get(event.chat_id)?.delete(event.message_id),
  reactions({ chat_id: chat, message_id: id, reactions }) {
    const known = message(chat, id);
    if (known) putMessage(chat, { ...known, reactions });
  },
  chat({ chat }) {
    state.chats.set(chat.id, chat);
    if (!state.messages.has(chat.id)) state.messages.set(chat.id, new Map());
    readAddress();
  },
  person({ person }) {
    state.people = new Map(state.people).set(person.id, person);
    forgetCommands();
  },
  bot: ({ bot }) => { state.bot = bot; },
  action({ chat_id: chat, topic, action }) {
    const fresh = { action, topic };
    state.actions.set(chat, fresh);
    setTimeout(() => {
      if (state.actions.get(chat) !== fresh) return;
      state.actions.delete(chat);
      changed();
    }, ACTION_LENGTH);
  },
  callback_answer: (answer) => callbackAnswers.arrive(answer.query_id, answer),
  inline_answer: (answer) => inlineAnswers.arrive(answer.query_id, answer),
  commands: forgetCommands,
  journal: ({ entry }) => putJournal(entry),
  faults: (faults) => { state.faults = faults; },
  reload: load,
};

// What happens while the world is on its way comes after it.
let waiting = null;

async function load() {
  waiting ??= [];
  const world = await attempt(() => get("world"));
  const missed = waiting;
  waiting = null;
  if (!world) return;
  loadWorld(world);
  state.online = true;
  for (const [name, event] of missed ?? []) happenings[name](event);
  changed();
}

function draw() {
  byId("offline").hidden = state.online;
  drawHeader();
  drawMessages();
  drawComposer();
  drawChats();
  byId("panel").hidden = !state.panel;
  if (state.panel === "journal") drawJournal();
  if (state.panel === "info") drawInfo();
}

function onKey(event) {
  if ((event.ctrlKey || event.metaKey) && event.key === "k") {
    event.preventDefault();
    state.reading = false;
    byId("chat-search").focus();
    changed();
  } else if (event.key === "Escape" && byId("panel").contains(event.target)) openPanel(state.panel);
}

setUpChats();
setUpHeader();
setUpMessages();
setUpComposer();
onChange(draw);
addEventListener("keydown", onKey);
addEventListener("hashchange", () => { readAddress(); changed(); });
document.addEventListener("visibilitychange", changed);
follow(Object.keys(happenings), {
  opened: load,
  lost() {
    state.online = false;
    changed();
  },
  happened(name, event) {
    if (waiting) waiting.push([name, event]);
    else happenings[name](event);
    changed();
  },
});
