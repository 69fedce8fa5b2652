/** The bot's commands: the list that "/" or the menu button opens. */

import { get } from "./api.js";
import { attempt } from "./dialogs.js";
import { h, theirs } from "./dom.js";
import { currentChat, state } from "./state.js";
import { suggest } from "./suggestions.js";

// By chat and person, until the bot sets others.
const known = new Map();

export const forgetCommands = () => known.clear();

/**
 * Suggest the commands that begin so. `send` and `complete` get one as it is to be written;
 * `wanted` tells in the end whether the list is still to be shown.
 */
export async function suggestCommands(beginning, { send, complete, wanted = () => true }) {
  const key = `chat=${state.chat}&person=${state.me}`;
  if (!known.has(key)) known.set(key, (await attempt(() => get(`commands?${key}`))) ?? []);
  if (!wanted()) return;
  const name = currentChat().type === "private" ? "" : `@${state.bot.username}`;
  const fitting = known.get(key).filter(({ command }) => command.startsWith(beginning));
  suggest(fitting.map(({ command, description }) => ({
    node: [h("b", {}, `/${command}`), theirs("about", description)],
    accept: () => send(`/${command}${name}`),
    complete: () => complete(`/${command}${name} `),
  })), { label: "Commands", testid: "command" });
}
