"""What people do, and what the bot gets to know of it."""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from telegram import Bot, Update

from bot.playground.entities import marked_text
from bot.playground.people import CHANNEL, MODERATOR_CHAT

if TYPE_CHECKING:
    from bot.playground.requests import Json
    from bot.playground.schema import BotApi
    from tests.bot.playground.conftest import Client

HANNA, MAKSIM, ALESIA, IVAN = 1001, 1002, 1003, 1004
FORUM, NEIGHBOURS = -1004000000001, -4002
KEYBOARD = {"inline_keyboard": [[{"text": "Так", "callback_data": "yes"}]]}
RESULTS: list[dict[str, Any]] = [
    {
        "type": "article",
        "id": "plain",
        "title": "Так",
        "input_message_content": {"message_text": "<b>Так</b>", "parse_mode": "HTML"},
    },
    {
        "type": "article",
        "id": "buttons",
        "title": "З кнопкай",
        "input_message_content": {"message_text": "Так"},
        "reply_markup": KEYBOARD,
    },
    {
        "type": "article",
        "id": "none",
        "title": "Без",
        "input_message_content": {"latitude": 1.0, "longitude": 1.0},
    },
]


@pytest.fixture
def bot_id(client: Client) -> int:
    identity: int = client.world()["bot"]["id"]
    return identity


@pytest.fixture(autouse=True)
def _updates_are_as_telegram_sends_them(client: Client, bot_api: BotApi) -> Any:
    """Whatever happened in a test: each update fits the Bot API's types, and the library's."""
    yield
    for told in client.events("journal"):
        passed = told["entry"]
        if passed["kind"] == "update":
            assert bot_api.misfits("Update", passed["body"]) == []
            read = Update.de_json(passed["body"], Bot("1:x")).to_dict()
            assert {name for name in read if read[name]} == passed["body"].keys()


def only(updates: list[Json], kind: str) -> Json:
    """The one update there is."""
    (update,) = updates
    content: Json = update[kind]
    return content


class TestMessages:
    def test_message_reaches_the_bot_and_the_page(self, client: Client) -> None:
        text = "/ask@daviedka_bot Дзе #школа? @daviedka_bot, https://a.by/x, b.org"
        sent = client.do("send", person=ALESIA, chat=ALESIA, text=f"  {text} ")
        message = only(client.updates(), "message")
        assert (message["message_id"], message["text"]) == (sent["message_id"], text)
        assert message["from"]["language_code"] == "be"
        assert [
            (one["type"], text[one["offset"] : one["offset"] + one["length"]])
            for one in message["entities"]
        ] == [
            ("bot_command", "/ask@daviedka_bot"),
            ("hashtag", "#школа"),
            ("mention", "@daviedka_bot"),
            ("url", "https://a.by/x"),
            ("url", "b.org"),
        ]
        (told,) = [one for one in client.events("message") if one["chat_id"] == ALESIA]
        assert told["message"] == client.messages(ALESIA)[0]
        assert told["message"]["reactions"] == []

    def test_long_text_is_split_as_clients_do(self, client: Client) -> None:
        text = " ".join(["🎓слова"] * 1000)
        client.do("send", person=ALESIA, chat=ALESIA, text=text)
        parts = [update["message"]["text"] for update in client.updates()]
        assert " ".join(parts) == text
        assert all(len(part.encode("utf-16-le")) <= 2 * 4096 for part in parts)
        client.do("send", person=ALESIA, chat=ALESIA, text="a" * 4097)
        assert [len(update["message"]["text"]) for update in client.updates()] == [4096, 1]

    def test_what_a_person_marks_lies_in_the_text(self, client: Client) -> None:
        sent = {"person": ALESIA, "chat": ALESIA, "text": "Так 👋"}
        bold = {"type": "bold", "offset": 0, "length": 3}
        client.do("send", **sent, entities=[bold])
        assert only(client.updates(), "message")["entities"] == [bold]
        for wrong in ({"length": 4}, {"length": 5}, {"offset": -1}, {"offset": 9}):
            assert "lie in the text" in client.cannot("send", **sent, entities=[bold | wrong])
        assert "offset" in client.cannot("send", **sent, entities=[{"type": "bold"}])
        long = {**sent, "text": "a " * 3000}
        assert "one message" in client.cannot("send", **long, entities=[bold])

    def test_reply_and_quote(self, client: Client) -> None:
        first = client.do("send", person=ALESIA, chat=ALESIA, text="👋 Так або не")
        reply = {"person": ALESIA, "chat": ALESIA, "text": "?", "reply_to": first["message_id"]}
        client.do("send", **reply, quote="або")
        message = client.updates()[1]["message"]
        assert message["reply_to_message"]["text"] == "👋 Так або не"
        assert message["quote"] == {"text": "або", "position": 7, "is_manual": True}
        assert "quote" in client.cannot("send", **reply, quote="ніколі")
        assert "message" in client.cannot("send", **{**reply, "reply_to": 1})

    def test_edited_message_reaches_the_bot_again(self, client: Client) -> None:
        sent = client.do("send", person=ALESIA, chat=ALESIA, text="Так")["message_id"]
        client.do("edit", person=ALESIA, chat=ALESIA, message_id=sent, text="/start")
        message = client.updates("edited_message")[-1]["edited_message"]
        assert (message["message_id"], message["text"]) == (sent, "/start")
        assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
        assert message["edit_date"] >= message["date"]
        assert client.messages(ALESIA)[0]["text"] == "/start"
        answer = client.call("sendMessage", chat_id=ALESIA, text="Так")["message_id"]
        forwarded = client.do(
            "forward", person=ALESIA, from_chat=ALESIA, message_id=answer, chat=ALESIA
        )["message_id"]
        place = {"person": ALESIA, "chat": ALESIA}
        for other in (answer, forwarded):
            assert "oneself" in client.cannot("edit", **place, message_id=other, text="Не")
        assert "4096" in client.cannot("edit", **place, message_id=sent, text="🎉" * 2049)

    def test_deleted_message_is_gone_and_the_bot_not_told(self, client: Client) -> None:
        sent = client.do("send", person=ALESIA, chat=NEIGHBOURS, text="Так")["message_id"]
        gone = {"chat": NEIGHBOURS, "message_id": sent}
        assert "administrators" in client.cannot("delete", person=IVAN, **gone)
        client.do("member", actor=IVAN, chat=NEIGHBOURS, person=IVAN, status="left")
        assert "not in that chat" in client.cannot("delete", person=IVAN, **gone)
        client.updates()
        client.do("delete", person=ALESIA, **gone)
        assert sent not in [message["message_id"] for message in client.messages(NEIGHBOURS)]
        assert client.events("deleted") == [{"chat_id": NEIGHBOURS, "message_id": sent}]
        assert client.updates() == []

    def test_forward_tells_where_it_comes_from(self, client: Client) -> None:
        written = client.do("send", person=IVAN, chat=NEIGHBOURS, text="Слушайте")["message_id"]
        posted = client.do("send", person=HANNA, chat=CHANNEL, text="Навіна")["message_id"]
        client.updates()
        place = {"person": MAKSIM, "chat": MAKSIM}
        client.do("forward", **place, from_chat=NEIGHBOURS, message_id=written)
        first = client.do("forward", **place, from_chat=CHANNEL, message_id=posted)["message_id"]
        client.do("forward", **place, from_chat=MAKSIM, message_id=first)
        origins = [update["message"]["forward_origin"] for update in client.updates()]
        assert origins[0]["sender_user"]["id"] == IVAN
        assert (origins[1]["chat"]["id"], origins[1]["message_id"]) == (CHANNEL, posted)
        assert origins[2] == origins[1]
        assert "not in that chat" in client.cannot(
            "forward", person=IVAN, from_chat=MAKSIM, message_id=first, chat=IVAN
        )

    def test_page_marks_what_can_be_pressed_in_the_bots_words(self, client: Client) -> None:
        client.do("send", person=ALESIA, chat=ALESIA, text="/help")
        text = "See /help, /latest and example.org"
        given = [{"type": "bold", "offset": 4, "length": 5}]
        sent = client.call("sendMessage", chat_id=ALESIA, text=text, entities=given)
        assert sent["entities"] == given
        shown = client.messages(ALESIA)[-1]["entities"]
        assert [marked_text(text, entity) for entity in shown] == [
            "/help",
            "/latest",
            "example.org",
        ]
        assert [entity["type"] for entity in shown] == ["bold", "bot_command", "url"]

    def test_files_of_an_album_come_together(self, client: Client) -> None:
        form = {"person": ALESIA, "chat": ALESIA, "caption": "/add"}
        files = [("f", (f"{n}.pdf", f"%PDF {n}".encode())) for n in range(2)]
        response = client.http.post("/api/upload", data=form, files=files)
        assert response.status_code == 200
        first, second = [update["message"] for update in client.updates()]
        assert first["media_group_id"] == second["media_group_id"]
        assert (first["caption"], first["caption_entities"][0]["type"]) == ("/add", "bot_command")
        assert "caption" not in second
        assert second["document"]["mime_type"] == "application/pdf"
        path = client.call("getFile", file_id=second["document"]["file_id"])["file_path"]
        got = client.http.get(f"/file/bot{client.playground.token}/{path}")
        assert got.content == b"%PDF 1"
        (url,) = client.messages(ALESIA)[1]["file_urls"].values()
        assert client.http.get(url).content == b"%PDF 1"

    def test_file_replies_to_a_message(self, client: Client) -> None:
        asked = client.do("send", person=ALESIA, chat=ALESIA, text="/add")["message_id"]
        form = {"person": ALESIA, "chat": ALESIA, "reply_to": asked}
        files = {"f": ("a.md", b"a")}
        assert client.http.post("/api/upload", data=form, files=files).status_code == 200
        replied = client.updates()[-1]["message"]["reply_to_message"]
        assert (replied["message_id"], replied["text"]) == (asked, "/add")

    def test_photo(self, client: Client) -> None:
        picture = io.BytesIO()
        Image.new("RGB", (640, 480)).save(picture, "JPEG")
        form = {"person": ALESIA, "chat": ALESIA, "as": "photo"}
        files = {"f": ("me.jpg", picture.getvalue())}
        assert client.http.post("/api/upload", data=form, files=files).status_code == 200
        (size,) = only(client.updates(), "message")["photo"]
        assert (size["width"], size["height"]) == (640, 480)
        for content, refusal in (
            (b"x", "IMAGE_PROCESS_FAILED"),
            (_picture(10_000, 1), "PHOTO_INVALID_DIMENSIONS"),
            (_picture(100_000, 100_000), "PHOTO_INVALID_DIMENSIONS"),
        ):
            wrong = client.http.post("/api/upload", data=form, files={"f": ("me.png", content)})
            assert refusal in wrong.json()["error"]

    @pytest.mark.parametrize(
        ("form", "files"),
        [
            ({"chat": ALESIA}, [("f", ("a.md", b"a"))]),
            ({"person": "x", "chat": ALESIA}, [("f", ("a.md", b"a"))]),
            ({"person": ALESIA, "chat": ALESIA}, [("f", ("a.md", b"a"))] * 11),
            ({"person": ALESIA, "chat": ALESIA}, [("f", ("a.md", b""))]),
            ({"person": ALESIA, "chat": CHANNEL}, [("f", ("a.md", b"a"))]),
            ({"person": ALESIA, "chat": ALESIA, "caption": "a" * 1025}, [("f", ("a.md", b"a"))]),
        ],
    )
    def test_wrong_upload_is_told_of(
        self, client: Client, form: dict[str, Any], files: list[Any]
    ) -> None:
        response = client.http.post("/api/upload", data=form, files=files)
        assert (response.status_code, list(response.json())) == (400, ["error"])
        assert client.updates() == []


class TestGroups:
    @pytest.mark.parametrize(
        ("text", "seen"),
        [
            ("Прывітанне", False),
            ("/ask Дзе школа?", True),
            ("/ask@daviedka_bot Дзе?", True),
            ("/ask@another_bot Дзе?", False),
            ("Скажы, @Daviedka_Bot", True),
            ("Скажы, @daviedka_bots", False),
            ("a/b", False),
        ],
    )
    def test_bot_sees_only_what_is_for_it(self, client: Client, text: str, *, seen: bool) -> None:
        client.do("send", person=ALESIA, chat=NEIGHBOURS, text=text)
        assert bool(client.updates()) == seen
        # As an administrator it sees everything.
        client.do("send", person=ALESIA, chat=FORUM, text=text)
        assert only(client.updates(), "message")["text"] == text

    def test_reply_to_the_bot_is_for_it(self, client: Client) -> None:
        answer = client.call("sendMessage", chat_id=NEIGHBOURS, text="Так")["message_id"]
        client.do("send", person=ALESIA, chat=NEIGHBOURS, text="А дзе?", reply_to=answer)
        assert only(client.updates(), "message")["reply_to_message"]["message_id"] == answer

    def test_channel_speaks_in_its_own_name(self, client: Client) -> None:
        client.do("send", person=HANNA, chat=CHANNEL, text="Навіна")
        post = only(client.updates(), "channel_post")
        assert (post["sender_chat"]["id"], "from" in post) == (CHANNEL, False)
        assert "only reads" in client.cannot("send", person=ALESIA, chat=CHANNEL, text="Не")
        own = client.call("sendMessage", chat_id="@naviny_playground", text="Ад бота")
        assert (own["sender_chat"]["id"], "from" in own) == (CHANNEL, False)
        theirs = {"chat_id": CHANNEL, "message_id": post["message_id"]}
        assert client.call("editMessageText", **theirs, text="Выпраўлена")["edit_date"]

    def test_topics(self, client: Client) -> None:
        topics = {topic["name"]: topic["id"] for topic in client.chat(FORUM)["topics"]}
        assert topics.pop("General") == 1
        assert list(topics) == ["Дакументы", "Школа", "Флуд"]
        client.do("send", person=ALESIA, chat=FORUM, text="У агульнай", topic=1)
        client.do("send", person=ALESIA, chat=FORUM, text="У школьнай", topic=topics["Школа"])
        general, school = [update["message"] for update in client.updates()]
        assert "message_thread_id" not in general
        assert (school["message_thread_id"], school["is_topic_message"]) == (
            topics["Школа"],
            True,
        )
        assert school["reply_to_message"]["forum_topic_created"]["name"] == "Школа"
        # A reply goes to where it replies.
        reply = {"chat_id": FORUM, "reply_parameters": {"message_id": school["message_id"]}}
        answer = client.call("sendMessage", **reply, text="Так")
        assert answer["message_thread_id"] == topics["Школа"]
        act = {"chat_id": FORUM, "action": "typing"}
        client.call("sendChatAction", **act, message_thread_id=topics["Школа"])
        client.call("sendChatAction", **act, message_thread_id=1)
        assert [one["topic"] for one in client.events("action")] == [topics["Школа"], 1]
        new = client.do("topic", person=ALESIA, chat=FORUM, name="Кнігі")["topic"]
        assert only(client.updates(), "message")["message_thread_id"] == new
        assert client.chat(FORUM)["topics"][-1] == {"id": new, "name": "Кнігі"}
        assert "forum" in client.cannot("topic", person=ALESIA, chat=NEIGHBOURS, name="Кнігі")
        assert "topic" in client.cannot("send", person=ALESIA, chat=FORUM, text="Так", topic=9)

    def test_bot_is_told_what_becomes_of_it(self, client: Client, bot_id: int) -> None:
        place = {"actor": HANNA, "chat": NEIGHBOURS, "person": bot_id}
        changes = []
        for status in ("administrator", "restricted", "left", "member", "kicked"):
            client.do("member", **place, status=status)
            changes += [
                (
                    update["my_chat_member"]["old_chat_member"]["status"],
                    update["my_chat_member"]["new_chat_member"]["status"],
                )
                for update in client.updates()
                if "my_chat_member" in update
            ]
        assert changes == [
            ("member", "administrator"),
            ("administrator", "restricted"),
            ("restricted", "left"),
            ("left", "member"),
            ("member", "kicked"),
        ]
        client.do("send", person=ALESIA, chat=NEIGHBOURS, text="/ask")
        assert client.updates() == []

    def test_bot_that_leaves_is_gone(self, client: Client, bot_id: int) -> None:
        assert client.call("leaveChat", chat_id=NEIGHBOURS) is True
        changed = only(client.updates(), "my_chat_member")
        assert changed["new_chat_member"] == {"status": "left", "user": changed["from"]}
        assert client.chat(NEIGHBOURS)["members"][str(bot_id)] == "left"

    def test_members_come_and_go(self, client: Client) -> None:
        place = {"actor": HANNA, "chat": FORUM, "person": ALESIA}
        client.do("member", **place, status="left")
        client.do("member", **place, status="member")
        client.do("member", **place, status="restricted", may_send=False)
        left, came = client.updates()
        assert left["message"]["left_chat_member"]["id"] == ALESIA
        assert [user["id"] for user in came["message"]["new_chat_members"]] == [ALESIA]
        assert "may not write" in client.cannot("send", person=ALESIA, chat=FORUM, text="Так")
        assert "decide" in client.cannot(
            "member", actor=IVAN, chat=FORUM, person=ALESIA, status="kicked"
        )
        assert "status" in client.cannot("member", **place, status="king")
        own = {"actor": ALESIA, "chat": FORUM, "person": ALESIA}
        for status in ("member", "administrator", "creator"):
            assert "give rights" in client.cannot("member", **own, status=status)
        member = client.call("getChatMember", chat_id=FORUM, user_id=ALESIA)
        assert (member["status"], member["can_send_messages"]) == ("restricted", False)

    def test_rights_are_as_the_library_reads_them(self, client: Client, bot_id: int) -> None:
        found = client.call("getChatAdministrators", chat_id=FORUM)
        assert {one["user"]["id"]: one["status"] for one in found} == {
            HANNA: "creator",
            bot_id: "administrator",
        }
        assert client.call("getChatMemberCount", chat_id=MODERATOR_CHAT) == 3
        assert client.call("getChatMember", chat_id=MODERATOR_CHAT, user_id=IVAN) == {
            "status": "left",
            "user": {**client.playground.world.people[IVAN].user},
        }
        assert client.call("getChat", chat_id=FORUM)["is_forum"] is True

    def test_group_becomes_a_supergroup(self, client: Client) -> None:
        new = client.do("migrate", chat=NEIGHBOURS)["chat"]
        old, begun = [update["message"] for update in client.updates()]
        assert old["migrate_to_chat_id"] == new == begun["chat"]["id"]
        assert begun["migrate_from_chat_id"] == NEIGHBOURS == old["chat"]["id"]
        assert client.chat(new)["members"] == client.chat(NEIGHBOURS)["members"]
        assert client.chat(NEIGHBOURS)["migrated_to"] == new
        assert "upgraded" in client.cannot("send", person=ALESIA, chat=NEIGHBOURS, text="Так")
        client.do("send", person=ALESIA, chat=new, text="/ask Так")
        assert only(client.updates(), "message")["chat"]["type"] == "supergroup"
        assert "plain group" in client.cannot("migrate", chat=FORUM)


class TestButtons:
    def test_press_gets_one_answer(self, client: Client) -> None:
        client.do("send", person=ALESIA, chat=ALESIA, text="Так")
        client.updates()
        sent = client.call("sendMessage", chat_id=ALESIA, text="?", reply_markup=KEYBOARD)
        place = {"person": ALESIA, "chat": ALESIA, "message_id": sent["message_id"]}
        query_id = client.do("press", **place, data="yes")["query_id"]
        query = only(client.updates(), "callback_query")
        assert (query["id"], query["data"], query["message"]) == (query_id, "yes", sent)
        answer = {"callback_query_id": query_id, "text": "Добра", "show_alert": True}
        assert client.call("answerCallbackQuery", **answer) is True
        assert client.events("callback_answer") == [
            {
                "query_id": query_id,
                "person": ALESIA,
                "text": "Добра",
                "show_alert": True,
                "url": None,
            }
        ]
        assert "query is too old" in client.refusal("answerCallbackQuery", **answer)
        client.call("editMessageReplyMarkup", chat_id=ALESIA, message_id=sent["message_id"])
        assert "button" in client.cannot("press", **place, data="yes")
        assert "name a chat" in client.cannot("press", person=ALESIA, data="yes")

    def test_inline_result_becomes_a_message_that_the_bot_can_change(self, client: Client) -> None:
        asked = client.do("inline", person=IVAN, chat=NEIGHBOURS, query="PESEL", offset="10")
        query = only(client.updates(), "inline_query")
        assert (query["id"], query["query"], query["offset"], query["chat_type"]) == (
            asked["query_id"],
            "PESEL",
            "10",
            "group",
        )
        answer = {"inline_query_id": query["id"], "results": RESULTS, "next_offset": "20"}
        client.call("answerInlineQuery", **answer)
        assert "query is too old" in client.refusal("answerInlineQuery", **answer)
        (told,) = client.events("inline_answer")
        assert (told["query"], told["person"], told["next_offset"]) == ("PESEL", IVAN, "20")
        assert [result["id"] for result in told["results"]] == ["plain", "buttons", "none"]

        choose = {"person": IVAN, "chat": NEIGHBOURS, "query_id": query["id"]}
        assert client.do("choose", **choose, result_id="plain")["inline_message_id"] is None
        message, chosen = client.updates()
        assert message["message"]["via_bot"]["username"] == "daviedka_bot"
        assert message["message"]["entities"] == [{"type": "bold", "offset": 0, "length": 3}]
        assert chosen["chosen_inline_result"]["result_id"] == "plain"

        inline_id = client.do("choose", **choose, result_id="buttons")["inline_message_id"]
        assert client.messages(NEIGHBOURS)[-1]["inline_message_id"] == inline_id
        chosen = client.updates()[-1]["chosen_inline_result"]
        assert chosen["inline_message_id"] == inline_id
        client.do("press", person=ALESIA, inline_message_id=inline_id, data="yes")
        pressed = only(client.updates(), "callback_query")
        assert (pressed["inline_message_id"], "message" in pressed) == (inline_id, False)
        edit = {"inline_message_id": inline_id, "text": "Не"}
        assert client.call("editMessageText", **edit) is True
        assert client.messages(NEIGHBOURS)[-1]["text"] == "Не"
        assert client.refusal("editMessageText", inline_message_id="x", text="Не") == (
            "Bad Request: MESSAGE_ID_INVALID"
        )
        assert "text" in client.cannot("choose", **choose, result_id="none")
        assert "result" in client.cannot("choose", **choose, result_id="nothing")
        assert "such message" in client.cannot(
            "press", person=ALESIA, inline_message_id="x", data="yes"
        )

    def test_inline_answer_is_kept_for_as_long_as_the_bot_lets_it(self, client: Client) -> None:
        ask = {"chat": NEIGHBOURS, "query": "PESEL"}

        def answered(person: int, **answer: Any) -> None:
            query_id = client.do("inline", person=person, **ask)["query_id"]
            assert only(client.updates(), "inline_query")["id"] == query_id
            client.call("answerInlineQuery", inline_query_id=query_id, results=[], **answer)

        answered(IVAN, cache_time=0)
        answered(IVAN, is_personal=True)
        answered(ALESIA)
        for person in (IVAN, HANNA):
            client.do("inline", person=person, **ask)
            assert client.updates() == []
        assert [one["person"] for one in client.events("inline_answer")] == [
            IVAN,
            IVAN,
            ALESIA,
            IVAN,
            HANNA,
        ]


class TestPeople:
    def test_reactions_reach_administrators_who_ask_for_them(self, client: Client) -> None:
        sent = client.call("sendMessage", chat_id=FORUM, text="Так")["message_id"]
        place = {"person": ALESIA, "chat": FORUM, "message_id": sent}
        client.do("react", **place, emoji="👍")
        client.do("react", **place, emoji=None)
        put, taken = [update["message_reaction"] for update in client.updates("message_reaction")]
        assert put["old_reaction"] == taken["new_reaction"] == []
        assert put["new_reaction"] == [{"type": "emoji", "emoji": "👍"}] == taken["old_reaction"]
        sent = client.call("sendMessage", chat_id=NEIGHBOURS, text="Так")["message_id"]
        client.do("react", person=ALESIA, chat=NEIGHBOURS, message_id=sent, emoji="👍")
        client.do("react", person=IVAN, chat=NEIGHBOURS, message_id=sent, emoji="👍")
        assert client.updates("message_reaction") == []
        posted = client.call("sendMessage", chat_id=CHANNEL, text="Так")["message_id"]
        client.do("react", person=ALESIA, chat=CHANNEL, message_id=posted, emoji="👍")
        assert client.updates("message_reaction") == []
        reaction = [{"type": "emoji", "emoji": "👀"}]
        client.call("setMessageReaction", chat_id=NEIGHBOURS, message_id=sent, reaction=reaction)
        bot = client.world()["bot"]["id"]
        assert client.messages(NEIGHBOURS)[-1]["reactions"] == [
            {"emoji": "👍", "people": [ALESIA, IVAN]},
            {"emoji": "👀", "people": [bot]},
        ]
        assert client.events("reactions")[-1]["reactions"][1]["people"] == [bot]

    def test_who_blocks_the_bot_is_told_of_once(self, client: Client) -> None:
        client.do("block", person=ALESIA, blocked=True)
        client.do("block", person=ALESIA, blocked=True)
        changed = only(client.updates(), "my_chat_member")
        assert (changed["chat"]["id"], changed["new_chat_member"]["status"]) == (ALESIA, "kicked")
        assert client.events("person")[-1]["person"]["blocked"] is True
        assert "blocks" in client.cannot("send", person=ALESIA, chat=ALESIA, text="Так")

    def test_language_is_the_persons_own(self, client: Client) -> None:
        for language, description in (("", "Help"), ("be", "Дапамога"), ("pl", "Pomoc")):
            command = {"command": "help", "description": description}
            client.call("setMyCommands", commands=[command], language_code=language)
        scope = {"type": "chat_member", "chat_id": FORUM, "user_id": ALESIA}
        own = [{"command": "add", "description": "Дадаць"}]
        client.call("setMyCommands", commands=own, scope=scope)
        admins = {"type": "all_chat_administrators"}
        client.call("setMyCommands", commands=[{**own[0], "command": "settings"}], scope=admins)

        def shown(person: int, chat: int) -> str:
            asked = client.http.get(f"/api/commands?chat={chat}&person={person}")
            (command,) = asked.json()
            return f"{command['command']}: {command['description']}"

        assert shown(ALESIA, ALESIA) == "help: Дапамога"
        client.do("send", person=ALESIA, chat=ALESIA, text="Так")
        client.do("person", person=ALESIA, language_code="de")
        assert only(client.updates(), "message")["from"]["language_code"] == "be"
        assert shown(ALESIA, ALESIA) == "help: Help"
        assert shown(ALESIA, FORUM) == "add: Дадаць"
        assert shown(1006, FORUM) == "help: Pomoc"
        assert shown(HANNA, FORUM) == "settings: Дадаць"
        assert len(client.events("commands")) == 5
        assert client.http.get("/api/commands?chat=1&person=1").status_code == 400

    def test_profile_is_shown_as_it_is_set(self, client: Client) -> None:
        assert client.call("getMyName") == {"name": "Daviedka"}
        client.call("setMyName", name="Даведка")
        client.call("setMyDescription", description="Bei Fragen", language_code="de")
        assert client.call("getMyName", language_code="be") == {"name": "Даведка"}
        assert client.call("getMyDescription", language_code="be") == {"description": ""}
        assert client.world()["bot"]["name"] == "Даведка"
        assert client.events("bot")[0]["bot"]["name"] == "Даведка"

    def test_mention_by_link_is_of_somebody_who_is_there(self, client: Client) -> None:
        client.do("send", person=ALESIA, chat=ALESIA, text="Так")
        link = {"chat_id": ALESIA, "parse_mode": "HTML"}
        sent = client.call("sendMessage", **link, text='<a href="tg://user?id=1001">Г</a>')
        assert sent["entities"][0]["user"]["first_name"] == "Ганна"

    def test_reply_keyboard_is_shown_though_no_part_of_the_message(self, client: Client) -> None:
        client.do("send", person=ALESIA, chat=ALESIA, text="Так")
        keyboard = {"force_reply": True, "input_field_placeholder": "Загаловак"}
        sent = client.call("sendMessage", chat_id=ALESIA, text="?", reply_markup=keyboard)
        assert "reply_markup" not in sent
        assert client.messages(ALESIA)[-1]["reply_keyboard"] == keyboard


def test_world_is_whole(client: Client, bot_api: BotApi) -> None:
    world = client.world()
    assert {person["language_code"] for person in world["people"]} == {
        *("be", "ru", "uk", "pl", "lt", "en", "de")
    }
    assert [person["role"] for person in world["people"]][:3] == ["owner", "moderator", "member"]
    assert [chat["type"] for chat in world["chats"]].count("private") == 9
    assert {chat["title"] for chat in world["chats"]} >= {
        "Мадэратары",
        "Беларусы Вільні",
        "Суседзі",
        "Навіны дыяспары",
    }
    added = {"reactions", "inline_message_id", "reply_keyboard", "file_urls"}
    for message in world["messages"][str(FORUM)]:
        plain = {name: value for name, value in message.items() if name not in added}
        assert bot_api.misfits("Message", plain) == []
    assert json.dumps(world, ensure_ascii=False)


def _picture(width: int, height: int) -> bytes:
    """The beginning of a PNG, which tells how large it is."""
    head = struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )
