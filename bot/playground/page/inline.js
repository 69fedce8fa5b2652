/** Inline mode: "@bot question", its results above the input. */

import { inlineAnswers, post } from "./api.js";
import { attempt } from "./dialogs.js";
import { h, theirs } from "./dom.js";
import { avatar, botName } from "./names.js";
import { state, topicAsked } from "./state.js";
import { hideSuggestions, suggest } from "./suggestions.js";

// Milliseconds without a key after which the bot is asked, as clients do.
const PAUSE = 300;

let newest = 0;
let timer;

/** The query in "@bot query"; null where the text is none. */
export function inlineQuery(text) {
  const prefix = `@${state.bot.username} `.toLowerCase();
  return text.toLowerCase().startsWith(prefix) ? text.slice(prefix.length) : null;
}

/**
 * Ask the bot for a query after a pause; whatever was asked before is not wanted any more.
 *
 * `chosen` is called when a result is sent, as an answer to the message `reply` if any; `start`
 * opens the private chat.
 */
export function askInline(query, { chosen, start, reply }) {
  forgetInline();
  const asked = { query, offset: "", results: [], turn: newest, chosen, start, reply };
  timer = setTimeout(() => page(asked), PAUSE);
}

export function forgetInline() {
  newest += 1;
  clearTimeout(timer);
}

async function page(asked) {
  const { query, offset, results, turn, start } = asked;
  if (!results.length) draw([], { before: [h("p", { class: "busy" }, "Looking…")] });
  const answer = await attempt(async () => {
    const { query_id: id } = await post("inline", { person: state.me, chat: state.chat, query, offset });
    const came = await inlineAnswers.of(id);
    return came && { ...came, query_id: id };
  });
  if (turn !== newest) return;
  if (!answer && !results.length) return hideSuggestions();
  if (!answer) return;
  const all = [...results, ...(answer.results ?? []).map((result) => ({ result, queryId: answer.query_id }))];
  const next = answer.next_offset ? { ...asked, offset: answer.next_offset, results: all } : null;
  let going = false;
  draw(all.map((one) => option(one, asked)), {
    before: answer.button ? [button(answer.button, start)] : [],
    after: all.length || answer.button ? [] : [h("p", { class: "busy" }, "No results")],
    keep: results.length > 0,
    onend: () => {
      if (next && !going && turn === newest) page(next);
      going = true;
    },
  });
}

const draw = (options, look) =>
  suggest(options, { label: `Results of ${botName()}`, testid: "inline-result", ...look });

function button({ text, start_parameter: parameter }, start) {
  const onclick = () => {
    hideSuggestions();
    start(parameter);
  };
  return h("button", { class: "inline-button", type: "button", testid: "inline-button", onclick }, text);
}

function option({ result, queryId }, { chosen, reply }) {
  const title = result.title ?? result.caption ?? result.type;
  const node = [
    avatar(hash(title), title),
    theirs("title", title),
    theirs("about", result.description ?? ""),
  ];
  const accept = () => {
    forgetInline();
    chosen();
    const place = { person: state.me, chat: state.chat, topic: topicAsked(), reply_to: reply };
    attempt(() => post("choose", { ...place, query_id: queryId, result_id: result.id }));
  };
  return { node, accept };
}

const hash = (text) => [...text].reduce((sum, letter) => sum + letter.codePointAt(0), 0);

