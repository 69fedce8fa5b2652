"""What can be wrong with a request, and how Telegram words it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.playground.errors import EXPIRED


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        where: The field, from the method on: "sendMessage.entities[0].length".
        detail: What is wrong there, for who looks for the mistake.
        kind: "missing", "unknown", "type", "short", "long", "characters", "choice", "count",
            "range", "exclusive", or "rule" where `reason` is given.
        reason: Telegram's own words; empty where they follow from the kind and the field.
    """

    where: str
    detail: str
    kind: str = "rule"
    reason: str = ""

    @property
    def line(self) -> str:
        """One line for who looks for the mistake."""
        return f"{self.where}: {self.detail}"

    @property
    def refusal(self) -> str | None:
        """How Telegram refuses it, after "Bad Request: "; None where it lets it pass."""
        if self.reason:
            return self.reason
        for pattern, kinds, words in _WORDS:
            if self.kind in kinds and pattern.search(self.where):
                return words
        # A parameter that is no Boolean counts as false; inside an object it is a mistake.
        unclear = self.kind == "type" and self.detail.endswith(" Boolean")
        if self.kind in _IGNORED or (unclear and self.where.count(".") == 1):
            return None
        return self._parsing()

    def _parsing(self) -> str:
        """What Telegram's reader of JSON says of a field inside a parameter."""
        path = self.where.partition(".")[2]
        name = path.rpartition(".")[2].partition("[")[0]
        said = {
            "missing": f'can\'t find field "{name}"',
            "type": f'field "{name}" must be of type {self.detail.rpartition(" ")[2]}',
        }.get(self.kind, f"invalid {name} specified")
        for parameter, object_name in _OBJECTS.items():
            if re.match(rf"{parameter}\b.", path):
                return f"can't parse {object_name}: {said[0].upper()}{said[1:]}"
        return said


# What Telegram does not look at, or moves into its bounds by itself.
_IGNORED: Final = {"unknown", "range", "ignored"}
_OBJECTS: Final = {
    "reply_markup.inline_keyboard": "inline keyboard button",
    "reply_markup": "reply keyboard markup JSON object",
    "entities": "MessageEntity",
    "caption_entities": "MessageEntity",
    "results": "inline query result",
    "commands": "BotCommand",
    "scope": "BotCommandScope",
    "reaction": "ReactionType",
    "reply_parameters": "reply parameters JSON object",
    "link_preview_options": "link preview options",
    "media": "InputMedia",
    "button": "InlineQueryResultsButton",
}
_IN_A_BUTTON: Final = "can't parse inline keyboard button"
_NO_TEXT_BUTTONS: Final = "Text buttons are unallowed in the inline keyboard"
# Sources: Client.cpp of telegram-bot-api; the errors of Telegram's API ("…_INVALID").
_WORDS: Final[list[tuple[re.Pattern[str], set[str], str]]] = [
    (re.compile(pattern), set(kinds.split()), words)
    for pattern, kinds, words in (
        (r"^answerCallbackQuery\.text$", "long", "MESSAGE_TOO_LONG"),
        (r"^answer\w+\.(inline|callback)_query_id$", "missing type short", EXPIRED),
        (r"^edit\w+\.text$|\.message_text$", "long", "MESSAGE_TOO_LONG"),
        (r"^\w+\.text$|\.message_text$", "missing type short", "message text is empty"),
        (r"^\w+\.text$", "long", "message is too long"),
        (r"\.caption$", "long", "message caption is too long"),
        (r"^\w+\.(from_)?chat_id$", "missing", "chat_id is empty"),
        (r"^\w+\.(from_)?chat_id$", "type", "chat not found"),
        (r"^\w+\.message_id$", "missing type", "message identifier is not specified"),
        (r"^\w+\.user_id$", "missing type", "invalid user_id specified"),
        (r"^\w+\.file_id$", "missing type", "invalid file_id specified"),
        (r"^\w+\.document$", "missing type", "there is no document in the request"),
        (r"^\w+\.photo$", "missing type", "there is no photo in the request"),
        (r"^sendChatAction\.action$", "missing type choice", "wrong parameter action in request"),
        (r"\.reply_markup$", "type", "object expected as reply markup"),
        (r"\.callback_data$", "long", "BUTTON_DATA_INVALID"),
        (r"\.callback_data$", "short", f"{_IN_A_BUTTON}: {_NO_TEXT_BUTTONS}"),
        (r"\.copy_text\.text$", "long short", "BUTTON_COPY_TEXT_INVALID"),
        (
            r"\.inline_keyboard\[\d+\]",
            "exclusive",
            f"{_IN_A_BUTTON}: {_NO_TEXT_BUTTONS}",
        ),
        (
            r"\.inline_keyboard\[\d+\]\[\d+\]$",
            "type",
            f'{_IN_A_BUTTON}: Can\'t find field "text"',
        ),
        (
            r"\.inline_keyboard\[\d+\]$",
            "type",
            'field "inline_keyboard" must be an Array of Arrays',
        ),
        (
            r"entities\[\d+\]\.type$",
            "choice",
            "can't parse MessageEntity: Unsupported type specified",
        ),
        (r"entities$", "type", "can't parse entities JSON object"),
        (r"\.reply_parameters\.quote$", "long", "QUOTE_TEXT_INVALID"),
        (r"\.results$", "count", "RESULTS_TOO_MUCH"),
        (r"\.results\[\d+\]\.id$", "long short", "RESULT_ID_INVALID"),
        (r"\.results\[\d+\]\.type$", "choice", "inline query result type is unsupported"),
        (r"\.next_offset$", "long", "NEXT_OFFSET_INVALID"),
        (r"\.button\.start_parameter$", "characters long short", "START_PARAM_INVALID"),
        (r"\.button$", "exclusive", "inline query results button must have a type"),
        (r"\.commands$", "count", "BOT_COMMANDS_TOO_MUCH"),
        (r"\.commands\[\d+\]\.command$", "characters long short", "BOT_COMMAND_INVALID"),
        (r"\.commands\[\d+\]\.description$", "long short", "BOT_COMMAND_DESCRIPTION_INVALID"),
        (r"^\w+\.language_code$", "characters", "invalid language code specified"),
        (
            r"\.scope\.type$|\.scope$",
            "choice type",
            "can't parse BotCommandScope: Unsupported type specified",
        ),
        (r"^setWebhook\.secret_token$", "characters", "secret token contains unallowed characters"),
        (r"^setWebhook\.secret_token$", "long", "secret token is too long"),
        (r"\.reaction\[\d+\]", "choice", "REACTION_INVALID"),
        (r"\.reaction$", "count", "REACTIONS_TOO_MANY"),
        (
            r"^editMessageMedia\.media",
            "choice",
            "can't parse InputMedia: Unsupported type specified",
        ),
    )
]
