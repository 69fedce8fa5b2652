/** Writing: text, replies with quotes, edits, files; commands and inline queries as one types. */

import { post } from "./api.js";
import { suggestCommands } from "./commands.js";
import { attempt } from "./dialogs.js";
import { byId, h, icon, reconcile, round, span, theirs } from "./dom.js";
import { isPicture, setUpFiles, uploadForm } from "./files.js";
import { askInline, forgetInline, inlineQuery } from "./inline.js";
import { preview, senderName, size } from "./names.js";
import {
  chatsOf, currentChat, go, isAdministrator, mayEdit, me, shownMessages, state, statusIn, topicAsked,
} from "./state.js";
import { hideSuggestions, suggesting, suggestionKey } from "./suggestions.js";

// What is being written, by person, chat and topic.
const drafts = new Map();
const empty = () => ({ text: "", reply: null, quote: "", edited: null, files: [], asPhotos: true });
let draft = empty();
let place = "";
// The newest message of the place whose wish for an answer was fulfilled.
const asked = new Map();

export function setUpComposer() {
  const input = byId("input");
  byId("menu").append(icon("menu"), h("span", {}, "Menu"));
  byId("send").append(icon("send"));
  input.addEventListener("input", () => {
    draft.text = input.value;
    grow();
    lookAtText();
  });
  input.addEventListener("keydown", onKey);
  byId("writing").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  byId("menu").addEventListener("click", () => {
    input.focus();
    if (suggesting()) hideSuggestions();
    else suggestCommands("", { send: compose, complete: fill });
  });
  setUpFiles(addFiles);
}

function addFiles(files) {
  draft.files = [...draft.files, ...files].slice(0, 10);
  drawAbout();
  byId("input").focus();
}

function onKey(event) {
  if (suggestionKey(event) || event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send();
  } else if (event.key === "ArrowUp" && !byId("input").value && !draft.edited) {
    const last = shownMessages().findLast(mayEdit);
    if (!last) return;
    event.preventDefault();
    startEdit(last);
  } else if (event.key === "Escape") cancel();
}

/** Give up an edit, a reply, files: one after the other. */
function cancel() {
  if (draft.edited) draft = { ...empty(), files: draft.files };
  else if (draft.files.length) draft.files = [];
  else if (draft.reply) [draft.reply, draft.quote] = [null, ""];
  else return;
  showDraft();
}

/** Look at what is written for a command or an inline query. */
function lookAtText() {
  const text = byId("input").value;
  const query = draft.edited ? null : inlineQuery(text);
  if (query !== null) {
    const chosen = () => {
      draft = empty();
      showDraft();
    };
    askInline(query, { reply: draft.reply?.message_id, start, chosen });
    return;
  }
  forgetInline();
  const command = !draft.edited && /^\/(\w*)$/.exec(text);
  if (!command) {
    hideSuggestions();
    return;
  }
  const sendIt = (words) => {
    fill("");
    compose(words);
  };
  const wanted = () => byId("input").value === text;
  suggestCommands(command[1], { send: sendIt, complete: fill, wanted });
}

function grow() {
  const input = byId("input");
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, innerHeight / 3)}px`;
}

/** Put words into the input, as if typed. */
export function fill(text) {
  takeDraft();
  draft.text = text;
  showDraft();
  byId("input").focus();
  lookAtText();
}

export function startReply(message, quote = "") {
  Object.assign(draft, { reply: message, quote, edited: null });
  showDraft();
  byId("input").focus();
}

export function startEdit(message) {
  draft = { ...empty(), edited: message, text: message.text ?? message.caption };
  showDraft();
  byId("input").focus();
}

/** Send words to where one is now, whatever is being written. */
export function compose(text) {
  return attempt(() => post("send", { person: state.me, chat: state.chat, text, topic: topicAsked() }));
}

/** Open the private chat with the bot and start it there, with a parameter or without one. */
export function start(parameter) {
  go({ chat: chatsOf(state.me).find(({ type }) => type === "private").id });
  compose(parameter ? `/start ${parameter}` : "/start");
}

async function send() {
  const text = byId("input").value.trim();
  const { reply, quote, edited, files, asPhotos } = draft;
  if (!text && !files.length) return;
  const where = { person: state.me, chat: state.chat };
  const placed = { ...where, topic: topicAsked(), reply_to: reply?.message_id };
  const [before, from] = [draft, place];
  draft = empty();
  showDraft();
  forgetInline();
  hideSuggestions();
  const done = await attempt(() => {
    if (edited) return post("edit", { ...where, message_id: edited.message_id, text });
    if (files.length) return post("upload", uploadForm({ ...placed, caption: text }, files, asPhotos));
    return post("send", { ...placed, text, quote: quote || undefined });
  });
  const there = place === from ? draft : drafts.get(from);
  if (done || there.text || there.files.length) return;
  drafts.set(from, before);
  if (place !== from) return;
  draft = before;
  showDraft();
}

export function drawComposer() {
  const chat = currentChat();
  takeDraft();
  if (!chat) return;
  byId("menu").hidden = chat.type !== "private";
  const why = whyNot(chat);
  byId("writing").hidden = Boolean(why);
  byId("instead").hidden = !why;
  byId("instead").replaceChildren(why ?? "");
  followBot(chat);
}

/** Put aside what was being written elsewhere, and go on with what was begun here. */
function takeDraft() {
  const now = `${state.me}/${state.chat}/${state.topic}`;
  if (now === place) return;
  drafts.set(place, draft);
  draft = drafts.get(now) ?? empty();
  place = now;
  forgetInline();
  hideSuggestions();
  showDraft();
}

/** Why one cannot write here; undefined where one can. */
function whyNot(chat) {
  if (chat.type === "private" && me().blocked) {
    const unblock = () => attempt(() => post("block", { person: state.me, blocked: false }));
    return h("button", { class: "primary", testid: "unblock", onclick: unblock }, "Unblock the bot");
  }
  if (chat.type === "channel" && !isAdministrator(chat, state.me)) {
    return "Only administrators write in this channel";
  }
  if (statusIn(chat, state.me) === "restricted") return "You may not write here";
  return undefined;
}

/** Do what the bot's newest message asks for: an answer to it, or other buttons to write with. */
function followBot(chat) {
  const last = shownMessages().findLast((one) => one.reply_keyboard);
  const markup = last?.reply_keyboard ?? {};
  drawReplyKeyboard(markup.keyboard ?? []);
  const key = `${state.me}/${chat.id}`;
  const forMe = chat.type === "private" || !markup.selective || last.reply_to_message?.from?.id === state.me;
  if (!markup.force_reply || !forMe || asked.get(key) >= last.message_id || draft.reply) return;
  asked.set(key, last.message_id);
  if (last !== shownMessages().at(-1)) return;
  draft.reply = last;
  showDraft();
  byId("input").focus();
}

function drawReplyKeyboard(rows) {
  const draw = (words) =>
    h("button", { type: "button", testid: "reply-button", onclick: () => compose(words) }, words);
  const make = () => h("div", {}, rows.map((row) => h("div", {}, row.map((one) => draw(one.text ?? one)))));
  byId("reply-keyboard").hidden = !rows.length;
  reconcile(byId("reply-keyboard"), rows.length ? [{ key: "rows", deps: [rows], make }] : []);
}

function showDraft() {
  byId("input").value = draft.text;
  grow();
  drawAbout();
}

function drawAbout() {
  const { reply, quote, edited, files } = draft;
  byId("about").hidden = !reply && !edited;
  byId("files").hidden = !files.length;
  const pictures = files.length > 0 && files.every(isPicture);
  byId("files").replaceChildren(...files.map(drawFile), pictures ? drawChoice() : "");
  if (!reply && !edited) return;
  const sign = quote ? "quote" : "reply";
  byId("about").replaceChildren(
    icon(edited ? "edit" : sign),
    span("who", edited ? "Edit message" : `Reply to ${senderName(reply)}`),
    theirs("said", quote || preview(edited ?? reply)),
    round("close", "Cancel", cancel));
}

function drawFile(file) {
  const leaveOut = () => {
    draft.files = draft.files.filter((one) => one !== file);
    drawAbout();
  };
  const remove = round("close", `Leave out ${file.name}`, leaveOut);
  return span("file", icon("file"), theirs("", file.name), h("small", {}, size(file.size)), remove);
}

function drawChoice() {
  const onchange = (event) => {
    draft.asPhotos = event.target.checked;
  };
  return h("label", {}, h("input", { type: "checkbox", checked: draft.asPhotos, onchange }), "as photos");
}
