"""The checker of requests is itself checked: with right requests, and with planted mistakes."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest

from bot.playground.requests import Upload

if TYPE_CHECKING:
    from bot.playground.schema import BotApi

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
DOCUMENT: dict[str, Any] = {
    "chat_id": 1,
    "document": Upload("document", "guide.pdf", b"%PDF"),
    "caption": "Вітаю 👋 вас",
    "caption_entities": [{"type": "bold", "offset": 0, "length": 5}],
}
MEDIA: dict[str, Any] = {
    "chat_id": 1,
    "message_id": 2,
    "media": {"type": "photo", "media": "attach://chart", "caption": "Так"},
}
CHART = Upload("chart", "chart.png", b"PNG")
REACTION: dict[str, Any] = {
    "chat_id": 1,
    "message_id": 2,
    "reaction": [{"type": "emoji", "emoji": "👀"}],
}
PROMPT: dict[str, Any] = {
    "chat_id": 1,
    "text": "Новы загаловак?",
    "reply_markup": {"force_reply": True, "input_field_placeholder": "Загаловак"},
}
COMMANDS = {"commands": [{"command": "help", "description": "Прыклады"}], "language_code": "be"}


def results(**fields: Any) -> dict[str, Any]:
    return {"results": [{**ARTICLE, **fields}]}


def button(**fields: Any) -> dict[str, Any]:
    return {"reply_markup": {"inline_keyboard": [[{"text": "▶", **fields}]]}}


def caption(**fields: Any) -> dict[str, Any]:
    return {"caption_entities": [{"type": "bold", "offset": 0, "length": 5, **fields}]}


def media(**fields: Any) -> dict[str, Any]:
    return {"media": {**MEDIA["media"], **fields}}


def scope(**fields: Any) -> dict[str, Any]:
    return {"scope": fields}


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
        ("setMyCommands", {**COMMANDS, **scope(type="chat", chat_id=901)}),
        ("setMyCommands", {**COMMANDS, **scope(type="chat_member", chat_id=-1, user_id=901)}),
        ("deleteMyCommands", scope(type="all_private_chats")),
        ("sendDocument", DOCUMENT),
        ("sendDocument", {"chat_id": 1, "document": "file-1", "caption": "🎓" * 512}),
        ("sendPhoto", {"chat_id": 1, "photo": "file-1", "caption": ""}),
        ("editMessageMedia", {**MEDIA, **media(media="file-1")}),
        ("editMessageCaption", {"chat_id": 1, "message_id": 2}),
        ("editMessageReplyMarkup", {"chat_id": 1, "message_id": 2, **button(callback_data="1")}),
        ("sendMessage", {**MESSAGE, **button(url="tg://user?id=901")}),
        ("sendMessage", {**MESSAGE, **button(url="https://example.org/ż?a=1#b")}),
        ("sendMessage", PROMPT),
        ("sendMessage", {"chat_id": 1, "text": "attach://guide"}),
        ("setMessageReaction", REACTION),
        ("getFile", {"file_id": "file-1"}),
        ("getChatMember", {"chat_id": "@supolka", "user_id": 77}),
        ("forwardMessage", {"chat_id": 1, "from_chat_id": 2, "message_id": 3}),
        ("deleteMessage", {"chat_id": 1, "message_id": 3}),
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
        ("answerInlineQuery", INLINE, {"results": [ARTICLE] * 51}, "51 of them, must be 0 to 50"),
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
        ("setMyCommands", COMMANDS, {"language_code": "by-BY"}, "characters that are not allowed"),
        ("setMyCommands", COMMANDS, scope(type="chat", user_id=901), "scope."),
        ("setMyCommands", COMMANDS, scope(type="chats", chat_id=901), "must be"),
        ("sendMessage", MESSAGE, button(callback_data="x", text=" "), "a button without a label"),
        ("sendMessage", MESSAGE, button(url="example.org"), "no address"),
        ("sendMessage", MESSAGE, button(url="https://"), "no address"),
        ("sendMessage", MESSAGE, button(url="https://[x"), "no address"),
        ("sendMessage", MESSAGE, button(url="http://localhost/"), "no address"),
        ("sendMessage", MESSAGE, button(url="javascript://x"), "no address"),
        ("sendMessage", MESSAGE, button(url="https://example.org/a b"), "no address"),
        ("sendMessage", PROMPT, {"reply_markup": {"force_reply": "yes"}}, "in place of Boolean"),
        (
            "sendMessage",
            PROMPT,
            {"reply_markup": {"force_reply": True, "input_field_placeholder": "я" * 65}},
            "65 characters",
        ),
        ("editMessageText", EDIT, {"reply_markup": PROMPT["reply_markup"]}, "no such field"),
        ("sendDocument", DOCUMENT, {"document": {"file_id": "1"}}, "dict in place of"),
        ("sendDocument", DOCUMENT, {"document": "attach://guide"}, "guide is not among the files"),
        ("sendDocument", DOCUMENT, {"caption": "a" * 1025}, "1025 characters"),
        ("sendDocument", DOCUMENT, {"caption": "🎓" * 513}, "1026 characters"),
        ("sendDocument", DOCUMENT, {"text": "Так"}, "text: there is no such field"),
        ("sendDocument", DOCUMENT, caption(offset=8), "8 to 13 is not inside"),
        ("sendDocument", DOCUMENT, caption(length=7), "cuts a character in two"),
        ("sendDocument", DOCUMENT, caption(length=6), "white space"),
        ("sendDocument", DOCUMENT, {"caption": None}, "caption: NoneType"),
        ("sendDocument", DOCUMENT, {"parse_mode": "HTML"}, "given beside a parse mode"),
        ("sendDocument", DOCUMENT, button(callback_data="ў" * 33), "66 bytes"),
        ("sendPhoto", {"chat_id": 1, "photo": "x"}, {"photo": 7}, "int in place of"),
        ("sendPhoto", {"chat_id": 1, "photo": "x"}, caption(), "no text that they belong to"),
        ("editMessageCaption", {"caption": "x"}, {}, "missing, and so is inline_message_id"),
        ("editMessageMedia", MEDIA, {}, "attach://chart is not among the files"),
        ("editMessageMedia", MEDIA, media(type="picture"), "must be"),
        ("editMessageMedia", MEDIA, media(caption="a" * 1025), "1025 characters"),
        ("editMessageMedia", MEDIA, media(**caption(offset=1)), "1 to 6 is not inside"),
        (
            "setMessageReaction",
            REACTION,
            {"reaction": [{"type": "emoji", "emoji": "✅"}]},
            "'✅' is none of",
        ),
        ("setMessageReaction", REACTION, {"reaction": REACTION["reaction"] * 2}, "may set one"),
        ("getChatMember", {"chat_id": 1, "user_id": 2}, {"user_id": "2"}, "str in place of"),
    ],
)
def test_planted_mistake_is_found(
    bot_api: BotApi,
    method: str,
    right: dict[str, Any],
    mistake: dict[str, Any],
    problem: str,
) -> None:
    found = [one.line for one in bot_api.problems(method, {**copy.deepcopy(right), **mistake})]
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
        found = [one.line for one in bot_api.problems(method, without)]
        assert f"{method}.{name}: missing" in found


def test_each_file_belongs_to_a_parameter(bot_api: BotApi) -> None:
    assert bot_api.problems("editMessageMedia", MEDIA, [CHART]) == []
    assert bot_api.problems("sendDocument", DOCUMENT, [DOCUMENT["document"]]) == []
    without = {**MEDIA, **media(media="file-1")}
    assert [one.line for one in bot_api.problems("editMessageMedia", without, [CHART])] == [
        "editMessageMedia: the file chart is not named by any parameter"
    ]


def test_file_is_the_parameter_that_its_field_names(bot_api: BotApi) -> None:
    document = DOCUMENT["document"]
    read = bot_api.read_form("sendDocument", {"chat_id": "5"}, [document, CHART])
    assert read == {"chat_id": 5, "document": document}


def test_value_is_held_to_a_type(bot_api: BotApi) -> None:
    user = {"id": 1, "is_bot": False, "first_name": "Алеся"}
    assert bot_api.misfits("User", user) == []
    assert bot_api.misfits("User", {**user, "id": "1"}) == ["User.id: str in place of Integer"]
    left = {"status": "left", "user": user}
    assert bot_api.misfits("ChatMember", left) == []
    assert bot_api.misfits("ChatMember", {**left, "status": "gone"}) != []


def test_value_is_completed_by_its_subtype(bot_api: BotApi) -> None:
    user = {"id": 1, "is_bot": False, "first_name": "Алеся"}
    owner = bot_api.complete("ChatMember", {"status": "creator", "user": user})
    assert owner == {"status": "creator", "user": user, "is_anonymous": False}
    with pytest.raises(ValueError, match="is no ChatMember"):
        bot_api.complete("ChatMember", {"status": "gone", "user": user})


def test_form_is_read_by_the_types_of_the_schema(bot_api: BotApi) -> None:
    form = {"chat_id": "-5", "text": "7", "entities": "[]", "disable_notification": "true"}
    assert bot_api.read_form("sendMessage", form) == {
        "chat_id": -5,
        "text": "7",
        "entities": [],
        "disable_notification": True,
    }
