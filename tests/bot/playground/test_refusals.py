"""Wrong requests, planted one by one: each is refused as Telegram refuses it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.playground.people import CHANNEL, MODERATOR_CHAT

if TYPE_CHECKING:
    from tests.bot.playground.conftest import Client

ALESIA = 1003
FORUM = -1004000000001
NEIGHBOURS = -4002
EXPIRED = "Bad Request: query is too old and response timeout expired or query ID is invalid"
TEXT_BUTTON = (
    "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
)
ENDS_AFTER = (
    "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100"
)
ENDS_WITHIN = (
    "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 15"
)
UNMATCHED = (
    'can\'t parse entities: Unmatched end tag at byte offset 10, expected "</i>", found "</b>"'
)
RESERVED = (
    "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'"
)
ARTICLE: dict[str, Any] = {
    "type": "article",
    "id": "1",
    "title": "Так",
    "input_message_content": {"message_text": "Так"},
}


@pytest.fixture
def spoken(client: Client) -> int:
    """What Alesia wrote to the bot, which may answer her from then on."""
    message_id: int = client.do("send", person=ALESIA, chat=ALESIA, text="Прывітанне, бот")[
        "message_id"
    ]
    return message_id


def message(**fields: Any) -> dict[str, Any]:
    return {"chat_id": ALESIA, "text": "Вітаю 👋 вас", **fields}


def entity(**fields: Any) -> dict[str, Any]:
    return message(entities=[{"type": "bold", "offset": 0, "length": 5, **fields}])


def button(**fields: Any) -> dict[str, Any]:
    return message(reply_markup={"inline_keyboard": [[{"text": "▶", **fields}]]})


def html(text: str) -> dict[str, Any]:
    return message(text=text, parse_mode="HTML")


def markdown(text: str) -> dict[str, Any]:
    return message(text=text, parse_mode="MarkdownV2")


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (message(text=""), "message text is empty"),
        (message(text=" \n "), "message text is empty"),
        ({"chat_id": ALESIA}, "message text is empty"),
        ({"text": "Так"}, "chat_id is empty"),
        (message(chat_id=""), "chat_id is empty"),
        (message(chat_id=0), "chat not found"),
        (message(chat_id="@nowhere"), "chat not found"),
        (message(chat_id="nowhere"), "chat not found"),
        (message(text="a" * 4097), "message is too long"),
        (message(text="🎓" * 2049), "message is too long"),
        (message(message_thread_id=999), "message thread not found"),
        (message(chat_id=FORUM, message_thread_id=1), "message thread not found"),
        (message(reply_parameters={"message_id": 999}), "message to be replied not found"),
        (message(parse_mode="BBCode"), "unsupported parse_mode"),
        (
            entity(type="boldest"),
            "can't parse MessageEntity: Unsupported type specified",
        ),
        (entity(offset=-1), "receive an entity with incorrect offset -1"),
        (entity(length=-1), "receive an entity with incorrect length -1"),
        (
            entity(offset=100, length=1),
            "entity begins after the end of the text at UTF-16 offset 100",
        ),
        (
            entity(length=100),
            ENDS_AFTER,
        ),
        (
            entity(offset=7, length=1),
            "entity begins in a middle of a UTF-16 symbol at byte offset 15",
        ),
        (
            entity(length=7),
            ENDS_WITHIN,
        ),
        (entity(type="text_link", url=""), "entity URL '' is invalid: URL host is empty"),
        (
            html("<b>Так"),
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            html("<script>alert(1)</script>"),
            'can\'t parse entities: Unsupported start tag "script" at byte offset 0',
        ),
        (
            html("<b><i>test</b></i>"),
            UNMATCHED,
        ),
        (html("Так</b>"), "can't parse entities: Unexpected end tag at byte offset 6"),
        (html("Так <b"), "can't parse entities: Unclosed start tag at byte offset 7"),
        (
            markdown("Так."),
            RESERVED,
        ),
        (
            markdown("Так *не"),
            "can't parse entities: Can't find end of Bold entity at byte offset 7",
        ),
        (
            message(text="*Так", parse_mode="Markdown"),
            "can't parse entities: Can't find end of the entity starting at byte offset 0",
        ),
        (button(callback_data="ў" * 33), "BUTTON_DATA_INVALID"),
        (button(callback_data=""), TEXT_BUTTON),
        (button(), TEXT_BUTTON),
        (
            button(url="not-a-url"),
            "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL",
        ),
        (
            button(url="ftp://example.com"),
            "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
        ),
        (button(copy_text={"text": ""}), "BUTTON_COPY_TEXT_INVALID"),
        (
            message(
                reply_markup={"inline_keyboard": [[{"text": "1", "callback_data": "1"}]] * 101}
            ),
            "reply markup is too long",
        ),
        (message(reply_markup="keyboard"), "object expected as reply markup"),
    ],
)
def test_wrong_message_is_refused_as_telegram_refuses_it(
    client: Client, spoken: int, parameters: dict[str, Any], words: str
) -> None:
    assert client.refusal("sendMessage", **parameters) == f"Bad Request: {words}"
    assert [one["message_id"] for one in client.messages(ALESIA)] == [spoken]


@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        ("sendDocument", {}, "there is no document in the request"),
        ("sendDocument", {"document": "nothing"}, "wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendPhoto", {"photo": "x", "caption": "a" * 1025}, "message caption is too long"),
        ("sendChatAction", {"action": "dancing"}, "wrong parameter action in request"),
        ("editMessageText", {"text": "Так"}, "message identifier is not specified"),
        ("editMessageText", {"message_id": 999, "text": "Так"}, "message to edit not found"),
        ("editMessageText", {"message_id": 999, "text": "a" * 4097}, "MESSAGE_TOO_LONG"),
        ("deleteMessage", {"message_id": 999}, "message to delete not found"),
        (
            "forwardMessage",
            {"from_chat_id": ALESIA, "message_id": 999},
            "message to forward not found",
        ),
        ("copyMessage", {"from_chat_id": ALESIA, "message_id": 999}, "message to copy not found"),
        (
            "setMessageReaction",
            {"message_id": 999, "reaction": []},
            "message to react not found",
        ),
        (
            "setMessageReaction",
            {"message_id": 999, "reaction": [{"type": "emoji", "emoji": "✅"}]},
            "REACTION_INVALID",
        ),
        (
            "setMessageReaction",
            {"message_id": 999, "reaction": [{"type": "emoji", "emoji": "👍"}] * 2},
            "REACTIONS_TOO_MANY",
        ),
        ("getChatMember", {"user_id": 5}, "invalid user_id specified"),
        ("getChatMember", {}, "invalid user_id specified"),
        ("getChatAdministrators", {}, "there are no administrators in the private chat"),
    ],
)
def test_wrong_request_about_a_chat_is_refused(
    client: Client, spoken: int, method: str, parameters: dict[str, Any], words: str
) -> None:
    assert spoken
    assert client.refusal(method, chat_id=ALESIA, **parameters) == f"Bad Request: {words}"


@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        ("answerCallbackQuery", {"callback_query_id": "1"}, EXPIRED),
        ("answerCallbackQuery", {}, EXPIRED),
        (
            "answerCallbackQuery",
            {"callback_query_id": "1", "text": "a" * 201},
            "Bad Request: MESSAGE_TOO_LONG",
        ),
        ("answerInlineQuery", {"inline_query_id": "1", "results": []}, EXPIRED),
        (
            "answerInlineQuery",
            {"inline_query_id": "1", "results": [{**ARTICLE, "id": "ў" * 33}]},
            "Bad Request: RESULT_ID_INVALID",
        ),
        (
            "answerInlineQuery",
            {"inline_query_id": "1", "results": [ARTICLE] * 2},
            "Bad Request: RESULT_ID_DUPLICATE",
        ),
        (
            "answerInlineQuery",
            {"inline_query_id": "1", "results": [ARTICLE] * 51},
            "Bad Request: RESULTS_TOO_MUCH",
        ),
        (
            "answerInlineQuery",
            {"inline_query_id": "1", "results": [], "next_offset": "ў" * 33},
            "Bad Request: NEXT_OFFSET_INVALID",
        ),
        (
            "answerInlineQuery",
            {
                "inline_query_id": "1",
                "results": [],
                "button": {"text": "Так", "start_parameter": "так"},
            },
            "Bad Request: START_PARAM_INVALID",
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "Help", "description": "Так"}]},
            "Bad Request: BOT_COMMAND_INVALID",
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "help", "description": ""}]},
            "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID",
        ),
        (
            "setMyCommands",
            {"commands": [], "language_code": "by-BY"},
            "Bad Request: invalid language code specified",
        ),
        ("getFile", {}, "Bad Request: invalid file_id specified"),
        (
            "getFile",
            {"file_id": "nothing"},
            "Bad Request: wrong file_id or the file is temporarily unavailable",
        ),
        ("getEverything", {}, "Not Found: method not found"),
        (
            "setWebhook",
            {"url": "http://example.org/"},
            "Bad Request: bad webhook: An HTTPS URL must be provided for webhook",
        ),
        (
            "setWebhook",
            {"url": "https://example.org:8080/"},
            "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
        ),
        (
            "setWebhook",
            {"url": "https://example.org/"},
            "Bad Request: bad webhook: Failed to resolve host: Name or service not known",
        ),
    ],
)
def test_wrong_request_is_refused(
    client: Client, method: str, parameters: dict[str, Any], words: str
) -> None:
    assert client.refusal(method, **parameters) == words


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "half \ud83d"},
        {"text": "<b>half \ud83d</b>", "parse_mode": "HTML"},
        {"reply_markup": {"inline_keyboard": [[{"text": "1", "callback_data": "\udc00"}]]}},
    ],
)
def test_half_of_a_character_is_refused(client: Client, spoken: int, wrong: dict[str, Any]) -> None:
    url = f"/bot{client.playground.token}/sendMessage"
    # As JSON names it: in UTF-8 it could not travel.
    body = json.dumps({"chat_id": ALESIA, "text": "Так", **wrong})
    response = client.http.post(url, content=body, headers={"Content-Type": "application/json"})
    assert response.json()["description"] == "Bad Request: strings must be encoded in UTF-8"
    assert [one["message_id"] for one in client.messages(ALESIA)] == [spoken]


def test_token_that_is_not_the_bots_opens_nothing(client: Client) -> None:
    response = client.http.post("/bot1:x/getMe")
    assert (response.status_code, response.json()["description"]) == (401, "Unauthorized")
    assert client.http.get("/file/bot1:x/documents/file-1").status_code == 404


def test_edit_that_changes_nothing_is_refused(client: Client, spoken: int) -> None:
    assert spoken
    sent = client.call("sendMessage", **message())
    same = {"chat_id": ALESIA, "message_id": sent["message_id"], "text": sent["text"]}
    assert client.refusal("editMessageText", **same) == (
        "Bad Request: message is not modified: specified new message content and reply markup are "
        "exactly the same as a current content and reply markup of the message"
    )


def test_what_a_person_wrote_cannot_be_edited(client: Client, spoken: int) -> None:
    theirs = {"chat_id": ALESIA, "message_id": spoken, "text": "Не"}
    assert client.refusal("editMessageText", **theirs) == "Bad Request: message can't be edited"


def test_quote_must_stand_in_the_message(client: Client, spoken: int) -> None:
    reply = {"message_id": spoken, "quote": "Бывай"}
    refusal = client.refusal("sendMessage", **message(reply_parameters=reply))
    assert refusal == "Bad Request: QUOTE_TEXT_INVALID"
    sent = client.call("sendMessage", **message(reply_parameters={**reply, "quote": "бот"}))
    assert sent["quote"] == {"text": "бот", "position": 12, "is_manual": True}


def test_bot_cannot_write_first(client: Client) -> None:
    refusal = client.refusal("sendMessage", chat_id=1004, text="Так")
    assert refusal == "Forbidden: bot can't initiate conversation with a user"


def test_blocked_bot_cannot_write(client: Client, spoken: int) -> None:
    assert spoken
    client.do("block", person=ALESIA, blocked=True)
    refusal = client.refusal("sendMessage", **message())
    assert refusal == "Forbidden: bot was blocked by the user"
    client.do("block", person=ALESIA, blocked=False)
    client.call("sendMessage", **message())


@pytest.mark.parametrize(
    ("chat", "status", "words"),
    [
        (NEIGHBOURS, "left", "Forbidden: bot is not a member of the group chat"),
        (NEIGHBOURS, "kicked", "Forbidden: bot was kicked from the group chat"),
        (FORUM, "left", "Forbidden: bot is not a member of the supergroup chat"),
        (FORUM, "kicked", "Forbidden: bot was kicked from the supergroup chat"),
        (CHANNEL, "left", "Forbidden: bot is not a member of the channel chat"),
        (CHANNEL, "member", "Bad Request: need administrator rights in the channel chat"),
    ],
)
def test_bot_writes_only_where_it_is(client: Client, chat: int, status: str, words: str) -> None:
    bot = client.world()["bot"]["id"]
    client.call("sendMessage", chat_id=chat, text="Так")
    client.do("member", actor=1001, chat=chat, person=bot, status=status)
    assert client.refusal("sendMessage", chat_id=chat, text="Так") == words


def test_muted_bot_cannot_write(client: Client) -> None:
    bot = client.world()["bot"]["id"]
    client.do(
        "member", actor=1001, chat=NEIGHBOURS, person=bot, status="restricted", may_send=False
    )
    refusal = client.refusal("sendMessage", chat_id=NEIGHBOURS, text="Так")
    assert refusal == "Bad Request: not enough rights to send text messages to the chat"


def test_group_that_became_a_supergroup_tells_its_new_id(client: Client) -> None:
    new = client.do("migrate", chat=NEIGHBOURS)["chat"]
    answer = client.ask("sendMessage", chat_id=NEIGHBOURS, text="Так")
    assert answer["description"] == ("Bad Request: group chat was upgraded to a supergroup chat")
    assert answer["parameters"] == {"migrate_to_chat_id": new}
    assert client.call("sendMessage", chat_id=new, text="Так")["chat"]["type"] == "supergroup"


def test_bot_deletes_what_others_wrote_only_as_an_administrator(client: Client) -> None:
    theirs = client.do("send", person=1001, chat=MODERATOR_CHAT, text="/start")["message_id"]
    refusal = client.refusal("deleteMessage", chat_id=MODERATOR_CHAT, message_id=theirs)
    assert refusal == "Bad Request: message can't be deleted"
    theirs = client.do("send", person=ALESIA, chat=FORUM, text="Так")["message_id"]
    client.call("deleteMessage", chat_id=FORUM, message_id=theirs)
    assert theirs not in {one["message_id"] for one in client.messages(FORUM)}
