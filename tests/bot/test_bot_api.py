"""The checker of requests is itself checked: with right requests, and with planted mistakes."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.telegram import TOKEN, TelegramServer

if TYPE_CHECKING:
    from tests.support.bot_api import BotApi

MESSAGE: dict[str, Any] = {
    "chat_id": 1,
    "text": "Вітаю 👋 вас",
    "entities": [
        {"type": "bold", "offset": 0, "length": 5},
        {"type": "text_link", "offset": 6, "length": 2, "url": "https://example.org"},
    ],
    "link_preview_options": {"is_disabled": True},
    "reply_markup": {"inline_keyboard": [[{"text": "▶", "callback_data": "h1"}]]},
}
EDIT = {"chat_id": 1, "message_id": 2, "text": "Так"}
ARTICLE: dict[str, Any] = {
    "type": "article",
    "id": "1",
    "title": "Загаловак",
    "input_message_content": {"message_text": "Так"},
}
INLINE: dict[str, Any] = {
    "inline_query_id": "1",
    "results": [ARTICLE],
    "cache_time": 30,
    "is_personal": False,
    "next_offset": "10",
    "button": {"text": "Спытаць", "start_parameter": "inline"},
}
COMMANDS = {"commands": [{"command": "help", "description": "Прыклады"}], "language_code": "be"}


def results(**fields: Any) -> dict[str, Any]:
    return {"results": [{**ARTICLE, **fields}]}


def button(**fields: Any) -> dict[str, Any]:
    return {"reply_markup": {"inline_keyboard": [[{"text": "▶", **fields}]]}}


def entity(**fields: Any) -> dict[str, Any]:
    return {"entities": [{"type": "bold", "offset": 0, "length": 5, **fields}]}


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("getMe", {}),
        ("getUpdates", {"timeout": 10, "allowed_updates": ["message"]}),
        ("sendMessage", MESSAGE),
        ("sendMessage", {"chat_id": "@channel", "text": "🎓" * 2048}),
        ("editMessageText", EDIT),
        ("editMessageText", {"inline_message_id": "x", "text": "Так"}),
        ("sendChatAction", {"chat_id": 1, "action": "typing"}),
        ("sendChatAction", {"chat_id": 1, "action": "upload_video"}),
        ("answerInlineQuery", INLINE),
        ("answerInlineQuery", {"inline_query_id": "1", "results": []}),
        ("answerCallbackQuery", {"callback_query_id": "1"}),
        ("setMyCommands", COMMANDS),
    ],
)
def test_right_request_has_no_problems(
    bot_api: BotApi, method: str, parameters: dict[str, Any]
) -> None:
    assert bot_api.problems(method, parameters) == []


@pytest.mark.parametrize(
    ("method", "right", "mistake", "problem"),
    [
        ("sendMesage", MESSAGE, {}, "no such method"),
        ("sendMessage", MESSAGE, {"txt": "x"}, "txt: there is no such field"),
        ("sendMessage", MESSAGE, {"chat_id": None}, "chat_id: NoneType"),
        ("sendMessage", MESSAGE, {"chat_id": 1.5}, "chat_id: float"),
        ("sendMessage", MESSAGE, {"chat_id": True}, "chat_id: bool"),
        ("sendMessage", MESSAGE, {"disable_notification": "yes"}, "str in place of Boolean"),
        ("sendMessage", MESSAGE, {"text": "a" * 4097}, "4097 characters"),
        ("sendMessage", MESSAGE, {"text": "🎓" * 2049}, "4098 characters"),
        ("sendMessage", MESSAGE, {"text": "", "entities": []}, "0 characters"),
        ("sendMessage", MESSAGE, {"text": " \n ", "entities": []}, "3 characters"),
        ("sendMessage", MESSAGE, {"entities": {}}, "dict in place of an array"),
        ("sendMessage", MESSAGE, entity(type="boldest"), "'boldest' is none of"),
        ("sendMessage", MESSAGE, entity(offset=8), "8 to 13 is not inside"),
        ("sendMessage", MESSAGE, entity(offset=-1), "-1 to 4 is not inside"),
        ("sendMessage", MESSAGE, entity(length=0), "0 to 0 is not inside"),
        ("sendMessage", MESSAGE, entity(length=7), "cuts a character in two"),
        ("sendMessage", MESSAGE, entity(length=6), "white space"),
        ("sendMessage", MESSAGE, entity(type="text_link"), "a link without an address"),
        ("sendMessage", MESSAGE, entity(colour="red"), "colour: there is no such field"),
        ("sendMessage", MESSAGE, {"entities": [{"type": "bold"}]}, "offset: missing"),
        (
            "sendMessage",
            MESSAGE,
            {
                "entities": [
                    {"type": "blockquote", "offset": 0, "length": 12},
                    {"type": "expandable_blockquote", "offset": 0, "length": 5},
                ]
            },
            "quotes cannot be nested",
        ),
        ("sendMessage", MESSAGE, {"parse_mode": "HTML"}, "given beside a parse mode"),
        ("sendMessage", MESSAGE, button(), "exactly one of the optional fields"),
        ("sendMessage", MESSAGE, button(callback_data="1", url="x"), "exactly one"),
        ("sendMessage", MESSAGE, button(callback_data="ў" * 33), "66 bytes"),
        ("sendMessage", MESSAGE, button(callback_data=""), "0 bytes"),
        ("sendMessage", MESSAGE, button(callback_data="1", style="big"), "none of"),
        ("sendMessage", MESSAGE, {"reply_markup": {"inline_keyboard": [[]]}}, "1 to 8 buttons"),
        ("sendMessage", MESSAGE, {"reply_markup": {"inline_keyboard": [{}]}}, "dict in place"),
        ("sendMessage", MESSAGE, {"reply_markup": {"keyboards": []}}, "no such field"),
        (
            "sendMessage",
            MESSAGE,
            {"reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]] * 101}},
            "more than 100 buttons",
        ),
        ("sendMessage", MESSAGE, {"link_preview_options": {"disabled": True}}, "no such field"),
        ("sendMessage", MESSAGE, {"reply_parameters": {}}, "message_id: missing"),
        (
            "sendMessage",
            MESSAGE,
            {"reply_parameters": {"message_id": 1, "quote": "a" * 1025}},
            "1025 characters",
        ),
        ("editMessageText", {"text": "Так"}, {}, "chat_id: missing, and so is inline_message_id"),
        ("sendChatAction", {"chat_id": 1, "action": "typing"}, {"action": "type"}, "none of"),
        ("sendPhoto", {"chat_id": 1, "photo": "x"}, {"caption": "a" * 1025}, "1025 characters"),
        ("getUpdates", {}, {"limit": 101}, "101, must be 1 to 100"),
        ("answerInlineQuery", INLINE, {"next_offset": "ў" * 33}, "66 bytes"),
        ("answerInlineQuery", INLINE, {"cache_time": "30"}, "str in place of Integer"),
        ("answerInlineQuery", INLINE, {"results": [ARTICLE] * 51}, "51, at most 50"),
        ("answerInlineQuery", INLINE, {"results": [ARTICLE] * 2}, "the same id"),
        ("answerInlineQuery", INLINE, results(id="ў" * 33), "66 bytes"),
        ("answerInlineQuery", INLINE, results(id=7), "int in place of String"),
        ("answerInlineQuery", INLINE, results(type="articles"), "must be"),
        ("answerInlineQuery", INLINE, results(input_message_content={}), "missing"),
        (
            "answerInlineQuery",
            INLINE,
            results(input_message_content={"message_text": "a" * 4097}),
            "4097 characters",
        ),
        ("answerInlineQuery", INLINE, {"button": {"text": "x"}}, "exactly one"),
        (
            "answerInlineQuery",
            INLINE,
            {"button": {"text": "x", "start_parameter": "так"}},
            "characters that are not allowed",
        ),
        ("answerCallbackQuery", {"callback_query_id": "1"}, {"text": "a" * 201}, "201 characters"),
        (
            "setMyCommands",
            COMMANDS,
            {"commands": [{"command": "Help", "description": "x"}]},
            "characters that are not allowed",
        ),
        ("setMyCommands", COMMANDS, {"commands": [COMMANDS["commands"][0]] * 101}, "101 of them"),
    ],
)
def test_planted_mistake_is_found(
    bot_api: BotApi,
    method: str,
    right: dict[str, Any],
    mistake: dict[str, Any],
    problem: str,
) -> None:
    found = bot_api.problems(method, {**copy.deepcopy(right), **mistake})
    assert any(problem in line for line in found), found


@pytest.mark.parametrize(
    ("method", "right"),
    [
        ("sendMessage", MESSAGE),
        ("answerInlineQuery", INLINE),
        ("setMyCommands", COMMANDS),
        ("answerCallbackQuery", {"callback_query_id": "1"}),
    ],
)
def test_each_required_field_is_missed(bot_api: BotApi, method: str, right: dict[str, Any]) -> None:
    required = {"chat_id", "text", "inline_query_id", "results", "commands", "callback_query_id"}
    for name in required & right.keys():
        without = {field: value for field, value in right.items() if field != name}
        assert f"{method}.{name}: missing" in bot_api.problems(method, without)


def test_form_is_read_by_the_types_of_the_schema(bot_api: BotApi) -> None:
    form = {"chat_id": "-5", "text": "7", "entities": "[]", "disable_notification": "true"}
    assert bot_api.read_form("sendMessage", form) == {
        "chat_id": -5,
        "text": "7",
        "entities": [],
        "disable_notification": True,
    }


def test_server_refuses_a_wrong_request_and_remembers_it(bot_api: BotApi) -> None:
    with TelegramServer(bot_api) as server:
        status, body = server.answer(TOKEN, "sendMessage", {"chat_id": "1"})
        assert (status, body["error_code"]) == (400, 400)
        assert server.faults == ["sendMessage.text: missing"]


def test_server_knows_one_token(bot_api: BotApi) -> None:
    with TelegramServer(bot_api) as server:
        assert server.answer("1:x", "getMe", {})[0] == 401
