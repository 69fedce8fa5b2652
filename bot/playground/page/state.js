/** What the page knows: the world as the server tells it, and where somebody looks at it. */

export const state = {
  online: false,
  bot: {},
  people: new Map(),
  chats: new Map(),
  /** By chat, then by message id, in order. */
  messages: new Map(),
  journal: [],
  faults: {},
  /** What the bot does, by chat: {action, topic}. */
  actions: new Map(),
  me: 0,
  chat: 0,
  topic: 1,
  panel: localStorage.getItem("panel") === "journal" ? "journal" : "",
  /** Narrow screens show either the chats or one of them. */
  reading: false,
};

const JOURNAL_LENGTH = 500;
const listeners = [];
let due = false;

/** Call a view's drawing after every change, once for all changes of one moment. */
export function onChange(draw) {
  listeners.push(draw);
}

export function changed() {
  if (due) return;
  due = true;
  queueMicrotask(() => {
    due = false;
    for (const draw of listeners) draw();
  });
}

export function loadWorld(world) {
  const numbered = (objects) => new Map(objects.map((object) => [object.id, object]));
  state.bot = world.bot;
  state.people = numbered(world.people);
  state.chats = numbered(world.chats);
  state.messages = new Map(
    Object.entries(world.messages).map(([id, messages]) => [
      Number(id),
      new Map(messages.map((message) => [message.message_id, message])),
    ]),
  );
  state.journal = world.journal.slice(-JOURNAL_LENGTH);
  state.faults = world.faults;
  if (!beginnings) {
    beginnings = new Map([...state.messages.keys()].map((id) => [id, lastId(messagesOf(id))]));
    state.reading = location.hash.includes("/");
  }
  readAddress();
}

export const me = () => state.people.get(state.me) ?? { id: 0, first_name: "" };
export const currentChat = () => state.chats.get(state.chat);
export const messagesOf = (chatId) => [...(state.messages.get(chatId)?.values() ?? [])];
export const message = (chatId, messageId) => state.messages.get(chatId)?.get(messageId);

/** A member's status in a chat: "left" for who is not there. */
export function statusIn(chat, personId) {
  if (chat.type === "private") return "member";
  return chat.members[personId] ?? "left";
}

export const isInside = (chat, personId) => !["left", "kicked"].includes(statusIn(chat, personId));

export const isAdministrator = (chat, personId) =>
  ["creator", "administrator"].includes(statusIn(chat, personId));

/** The supergroup that a group has become. */
const successor = (chat) => state.chats.get(chat?.migrated_to);

/** The chats that somebody sees: the one with the bot, then the others, the latest first. */
export function chatsOf(personId) {
  const latest = (chat) => (chat.type === "private" ? Infinity : messagesOf(chat.id).at(-1)?.date ?? 0);
  const isIn = (chat) => (chat.type === "private" ? chat.person === personId : isInside(chat, personId));
  return [...state.chats.values()]
    .filter((chat) => isIn(chat) && !successor(chat))
    .map((chat, index) => ({ chat, index, date: latest(chat) }))
    .sort((one, other) => other.date - one.date || one.index - other.index)
    .map(({ chat }) => chat);
}

/** The topic of a message: 1 is "General", whose messages carry none. */
const topicOf = (chat, { message_thread_id: thread }) =>
  chat.is_forum ? (thread ?? 1) : 1;

/** The topic as a request names it. */
export const topicAsked = () =>
  currentChat()?.is_forum && state.topic !== 1 ? state.topic : undefined;

/** The messages that are to be seen now. */
export function shownMessages() {
  const chat = currentChat();
  if (!chat) return [];
  return messagesOf(chat.id).filter((one) => topicOf(chat, one) === state.topic);
}

export const isOwn = (shown) =>
  shown.chat.type !== "channel" && !shown.sender_chat && shown.from?.id === state.me;

/** Whether somebody may change the words of a message. */
export const mayEdit = (shown) =>
  (isOwn(shown) || (shown.sender_chat?.type === "channel" && isAdministrator(currentChat(), state.me))) &&
  Boolean(shown.text ?? shown.caption) && !shown.via_bot && !shown.forward_origin;

export function putMessage(chatId, fresh) {
  if (!state.messages.has(chatId)) state.messages.set(chatId, new Map());
  state.messages.get(chatId).set(fresh.message_id, fresh);
  if (fresh.from?.id === state.bot.id) state.actions.delete(chatId);
}

export function putJournal(entry) {
  if (entry.n <= state.journal.at(-1)?.n) return;
  state.journal = [...state.journal, entry].slice(-JOURNAL_LENGTH);
}

// What somebody has read: the last message id by person, chat and topic.
const read = new Map();
// What was there when the page opened counts as read.
let beginnings;

const lastId = (messages) => messages.at(-1)?.message_id ?? 0;

export function markRead() {
  if (document.visibilityState !== "visible" || !currentChat()) return;
  read.set(`${state.me}/${state.chat}/${state.topic}`, lastId(shownMessages()));
}

/** How many messages somebody has not read in a chat, or in one topic of it. */
export function unread(personId, chat, topic) {
  const isNew = (one) => {
    const where = topicOf(chat, one);
    if ((topic && where !== topic) || one.from?.id === personId) return false;
    const last = read.get(`${personId}/${chat.id}/${where}`) ?? beginnings.get(chat.id) ?? 0;
    return one.message_id > last;
  };
  return messagesOf(chat.id).filter(isNew).length;
}

// The address names person, chat and topic, so that a reload or a link comes to the same place.
export function readAddress() {
  const [person, chat, topic] = location.hash.slice(1).split("/").map(Number);
  state.me = state.people.has(person) ? person : state.me || [...state.people.keys()][0];
  const visible = chatsOf(state.me);
  const asked = chat || state.chat;
  const now = successor(state.chats.get(asked))?.id ?? asked;
  const wanted = visible.find(({ id }) => id === now);
  state.chat = (wanted ?? visible.find(({ type }) => type === "private") ?? visible[0])?.id ?? 0;
  state.topic = (wanted?.is_forum && topic) || 1;
  if (now !== asked) history.replaceState(null, "", `#${state.me}/${state.chat}`);
}

/** Look at another chat, as the same person or another one. */
export function go({ me = state.me, chat = state.chat, topic = 1, reading = true }) {
  state.reading = reading;
  location.hash = `${me}/${chat}${topic === 1 ? "" : `/${topic}`}`;
  readAddress();
  changed();
}
