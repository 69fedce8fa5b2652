"""Questions in groups, and what their administrators set."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram import Message

from bot.composing import utf16_length
from bot.freshness import today
from bot.handlers.groups import BACKLOG, NOTHING_FOUND, _question
from bot.quoting import WINDOW_LENGTH
from bot.records import schema
from bot.records.prompts import Prompt
from tests.support.answers import make_document
from tests.support.moderated import MODERATOR, OWNER
from tests.support.telegram import BOT
from tests.support.updates import (
    DATE,
    buttons,
    channel,
    edited,
    forum,
    forwarded,
    from_user,
    in_topic,
    labels,
    message_update,
    person,
    press,
    press_update,
    quotes,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.context import App
    from bot.group_settings import NotFound
    from corpus.models import Document
    from tests.support.answers import WordSearch
    from tests.support.moderated import Moderated
    from tests.support.telegram import TelegramServer

    Deliver = Callable[[dict[str, Any]], Awaitable[None]]

GROUP: Final = -1001
FORUM: Final = -1005
TOPIC: Final = 5
ASKER: Final = person(77, "en")
ADMINISTRATOR: Final = person(78, "en")
# Whoever writes in the name of a group or of a channel.
ANONYMOUS: Final = person(1087968824, None, is_bot=True, username="GroupAnonymousBot")
CHANNEL_BOT: Final = person(136817688, None, is_bot=True, username="Channel_Bot")
QUESTION: Final = "Where can I renew my driving licence?"
ANSWER: Final = (
    "Where you can renew a driving licence: I renew my driving licence at the town office. "
    "Bring a photograph."
)
SUPERGROUP: Final = {"id": GROUP, "type": "supergroup", "title": "Суполка"}


def in_group(text: str | None = None, **fields: Any) -> dict[str, Any]:
    """What somebody writes in a group; what begins with "@" is marked as a mention."""
    fields.setdefault("chat_id", GROUP)
    fields.setdefault("sender", ASKER)
    update = message_update(text, **fields)
    if text is not None and "@" in text and not text.startswith("/"):
        start = text.index("@")
        name = text[start:].split()[0].rstrip(",.:?!")
        offset = utf16_length(text[:start])
        update["message"]["entities"] = [{"type": "mention", "offset": offset, "length": len(name)}]
    return update


def reply_in_group(message: dict[str, Any], text: str, **fields: Any) -> dict[str, Any]:
    """What somebody writes there in reply to a message."""
    replied = {name: value for name, value in message.items() if name != "reply_to_message"}
    return in_group(text, reply_to_message=replied, **fields)


def add_answer(moderated: Moderated) -> Document:
    """Add a document that answers `QUESTION`, among others: a word that all have tells nothing."""
    for number, text in enumerate(["Half price.", "Closed on Sundays.", "Two blue doors."] * 3):
        moderated.backing.add(text, title=f"Other {number}", source=f"/other/{number}.md")
    return moderated.backing.add(ANSWER, title="Licence", url="https://example.org/licence")


def rows(moderated: Moderated) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the bot's database."""
    with moderated.records.gaps._database.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select())]
            for table in schema.metadata.sorted_tables
        }


def done(telegram: TelegramServer) -> list[str]:
    """What the bot did, but for introducing itself."""
    return [request.method for request in telegram.requests if request.method != "getMe"]


async def ask(telegram: TelegramServer, deliver: Deliver, update: dict[str, Any]) -> dict[str, Any]:
    """Deliver a question; give the one message that answers it."""
    before = len(telegram.calls("sendMessage"))
    await deliver(update)
    sent = telegram.calls("sendMessage")[before:]
    assert len(sent) == 1
    return sent[0]


async def test_command_is_answered_with_a_reply_and_nothing_besides(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    update = in_group("/ask дзе атрымліваюць PESEL?")
    sent = await ask(telegram, deliver, update)
    assert sent["chat_id"] == GROUP
    assert sent["reply_parameters"] == {"message_id": update["message"]["message_id"]}
    assert "message_thread_id" not in sent
    assert quotes(telegram.last_message()) == [search.document_text("pesel")]
    assert telegram.last_message()["text"].splitlines()[-2] == "Як атрымаць PESEL"
    assert labels(telegram.last_message())[:3] == ["◀", "1/3", "▶"]
    assert done(telegram) == ["sendMessage"]


@pytest.mark.parametrize("text", ["/ask@daviedka_bot PESEL", "/ASK@Daviedka_Bot PESEL"])
async def test_command_may_name_the_bot(
    telegram: TelegramServer, deliver: Deliver, text: str
) -> None:
    await ask(telegram, deliver, in_group(text))
    assert len(quotes(telegram.last_message())) == 1


@pytest.mark.parametrize(
    "text",
    [
        "@daviedka_bot дзе PESEL?",
        "@Daviedka_Bot, дзе PESEL?",
        "Добры дзень 👋🏽 @daviedka_bot дзе PESEL?",
        "дзе PESEL, @daviedka_bot",
    ],
)
async def test_mention_is_answered(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver, text: str
) -> None:
    sent = await ask(telegram, deliver, in_group(text))
    assert quotes(telegram.last_message()) == [search.document_text("pesel")]
    assert "reply_parameters" in sent


async def test_mention_by_name_alone_is_answered(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    entity = {"type": "text_mention", "offset": 0, "length": 8, "user": BOT}
    await ask(telegram, deliver, in_group("Daviedka, дзе PESEL?", entities=[entity]))
    assert len(quotes(telegram.last_message())) == 1


async def test_mention_in_a_caption_is_answered(telegram: TelegramServer, deliver: Deliver) -> None:
    await ask(
        telegram,
        deliver,
        in_group(
            photo=[{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}],
            caption="@daviedka_bot PESEL?",
            caption_entities=[{"type": "mention", "offset": 0, "length": 13}],
        ),
    )
    assert len(quotes(telegram.last_message())) == 1


@pytest.mark.parametrize(
    "update",
    [
        in_group("дзе атрымліваюць PESEL?"),
        in_group("@other_bot дзе PESEL?"),
        in_group("@daviedka_bot2 дзе PESEL?"),
        in_group("/ask@other_bot PESEL"),
        # The name is there, but nobody is mentioned.
        message_update("@daviedka_bot PESEL", chat_id=GROUP, sender=ASKER),
        in_group("/ask PESEL", sender=person(5, is_bot=True)),
        in_group("@daviedka_bot PESEL", sender=person(5, is_bot=True)),
        in_group("@daviedka_bot PESEL", via_bot=person(5, is_bot=True)),
        in_group("/ask PESEL", via_bot=BOT),
        forwarded(in_group("@daviedka_bot PESEL"), from_user(person(5))),
        edited(in_group("/ask PESEL")),
        in_group(
            "@daviedka_bot PESEL",
            sender=person(777000, None),
            sender_chat=channel(),
            is_automatic_forward=True,
        ),
        message_update("/ask PESEL", chat_id=-100, kind="channel_post"),
        in_group(new_chat_title="PESEL"),
        reply_in_group(in_group("PESEL")["message"], "дзе PESEL?"),
        reply_in_group(in_group("PESEL", sender=person(5, is_bot=True))["message"], "дзе PESEL?"),
    ],
)
async def test_what_is_not_for_the_bot_is_passed_over(
    telegram: TelegramServer, deliver: Deliver, update: dict[str, Any]
) -> None:
    await deliver(update)
    assert done(telegram) == []


@pytest.mark.parametrize("text", ["/ask", "@daviedka_bot", "@daviedka_bot ?"])
async def test_message_that_is_replied_to_is_the_question(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver, text: str
) -> None:
    question = in_group("дзе атрымліваюць PESEL?", sender=person(5))["message"]
    sent = await ask(telegram, deliver, reply_in_group(question, text))
    assert quotes(telegram.last_message()) == [search.document_text("pesel")]
    assert sent["reply_parameters"] == {"message_id": question["message_id"]}


async def test_fragment_that_is_quoted_is_the_question(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    question = in_group("дзе школа? дзе PESEL?", sender=person(5))["message"]
    quote = {"text": "дзе PESEL?", "position": 11, "is_manual": True}
    await ask(telegram, deliver, reply_in_group(question, "/ask", quote=quote))
    assert quotes(telegram.last_message()) == [search.document_text("pesel")]


async def test_words_after_the_command_count_more_than_what_is_replied_to(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    update = reply_in_group(in_group("дзе школа?")["message"], "/ask дзе PESEL?")
    sent = await ask(telegram, deliver, update)
    assert quotes(telegram.last_message()) == [search.document_text("pesel")]
    assert sent["reply_parameters"] == {"message_id": update["message"]["message_id"]}


@pytest.mark.parametrize(
    "update",
    [
        in_group("/ask"),
        in_group("@daviedka_bot"),
        reply_in_group({**in_group(sticker_set_name="x")["message"], "from": person(5)}, "/ask"),
    ],
)
async def test_call_without_a_question_is_told_how_to_ask(
    telegram: TelegramServer, deliver: Deliver, update: dict[str, Any]
) -> None:
    sent = await ask(telegram, deliver, update)
    assert sent["text"].startswith("Ask me with /ask and your question, or with @daviedka_bot")


async def test_greeting_is_returned_to_whoever_calls(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    sent = await ask(telegram, deliver, in_group("@daviedka_bot hello!"))
    assert sent["text"].startswith("Hello! I am Daviedka.")


async def test_reply_to_an_answer_is_a_question(
    telegram: TelegramServer, search: WordSearch, deliver: Deliver
) -> None:
    await deliver(in_group("/ask PESEL"))
    update = reply_in_group(telegram.last_message(), "а колькі каштуе?", sender=person(5))
    sent = await ask(telegram, deliver, update)
    assert sent["reply_parameters"] == {"message_id": update["message"]["message_id"]}
    assert quotes(telegram.last_message()) == [search.document_text("pesel")]


@pytest.mark.parametrize("text", ["thanks!", "🙏", "гэта няпраўда", "бульбяны пірог"])
async def test_remark_on_an_answer_is_left_alone(
    telegram: TelegramServer, moderated: Moderated, text: str
) -> None:
    add_answer(moderated)
    await moderated.deliver(in_group(f"/ask {QUESTION}"))
    answer = telegram.last_message()
    telegram.requests.clear()
    await moderated.deliver(reply_in_group(answer, text))
    assert done(telegram) == []
    assert moderated.records.gaps.questions() == []


async def test_reply_to_a_card_is_no_question(telegram: TelegramServer, deliver: Deliver) -> None:
    telegram.set_member(GROUP, 78, "administrator")
    await deliver(in_group("/settings", sender=ADMINISTRATOR))
    telegram.requests.clear()
    await deliver(reply_in_group(telegram.last_message(), "дзе PESEL?"))
    assert done(telegram) == []


async def test_reply_to_a_prompt_goes_to_the_one_who_asked(
    telegram: TelegramServer, moderated: Moderated
) -> None:
    document = add_answer(moderated)
    await moderated.deliver(in_group("/ask", sender=MODERATOR))
    prompt = telegram.last_message()  # any message of the bot's will do
    moderated.records.prompts.ask(
        Prompt(GROUP, prompt["message_id"], f"do:title:{document.id}:", None)
    )
    await moderated.deliver(reply_in_group(prompt, "Driving", sender=MODERATOR))
    assert moderated.store.document(document.id).title == "Driving"


async def test_group_that_is_no_supergroup_is_served_alike(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    group = {"id": -5, "type": "group", "title": "Суполка"}
    sent = await ask(telegram, deliver, in_group("/ask PESEL", chat=group))
    assert sent["chat_id"] == -5
    assert len(quotes(telegram.last_message())) == 1


async def test_anonymous_administrators_and_channels_are_answered(
    telegram: TelegramServer, deliver: Deliver
) -> None:
    for sender, chat in ((ANONYMOUS, SUPERGROUP), (CHANNEL_BOT, channel())):
        await ask(telegram, deliver, in_group("/ask PESEL", sender=sender, sender_chat=chat))
        assert len(quotes(telegram.last_message())) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    before=st.text(max_size=20),
    after=st.text(max_size=20),
    name=st.sampled_from(["@daviedka_bot", "@DAVIEDKA_bot"]),
)
async def test_only_the_name_is_taken_out_of_a_question(
    application: App, before: str, after: str, name: str
) -> None:
    update = in_group("x")["message"]
    update["text"] = f"{before} пірог {name}{after}"
    update["entities"] = [
        {"type": "mention", "offset": utf16_length(f"{before} пірог "), "length": len(name)}
    ]
    message = Message.de_json(update, application.bot)
    kept = "".join(_question(message).split())
    whole = "".join(f"{before} пірог {after}".split())
    assert kept in whole
    assert not any(map(str.isalnum, whole.replace(kept, "", 1)))


class TestAnswer:
    async def test_is_compact(
        self, telegram: TelegramServer, search: WordSearch, deliver: Deliver
    ) -> None:
        long = " ".join(f"Сказ нумар {number} пра розныя рэчы." for number in range(100))
        search.add(make_document("long"), f"{long} Бульбяны пірог пякуць у печы. {long}")
        await ask(telegram, deliver, in_group("/ask бульбяны пірог"))
        message = telegram.last_message()
        (quote,) = quotes(message)
        assert "Бульбяны пірог пякуць у печы." in quote
        assert quote in (search.document_text("long") or "")
        assert utf16_length(quote) <= WINDOW_LENGTH
        assert len(message["text"]) < 700

    async def test_is_compact_even_where_one_sentence_is_long(
        self, telegram: TelegramServer, search: WordSearch, deliver: Deliver
    ) -> None:
        search.add(make_document("long"), "Бульбяны пірог " + "𝔟🇧🇾 " * 1500)
        await ask(telegram, deliver, in_group("/ask бульбяны пірог"))
        (quote,) = quotes(telegram.last_message())
        assert utf16_length(quote) <= WINDOW_LENGTH

    async def test_stays_compact_when_its_pages_are_turned(
        self, telegram: TelegramServer, search: WordSearch, deliver: Deliver
    ) -> None:
        search.add(make_document("long"), " ".join(["Пра візу і PESEL, без канца."] * 60))
        await ask(telegram, deliver, in_group("/ask PESEL"))
        for _ in range(4):
            await deliver(press(telegram.last_message(), "▶"))
            assert all(utf16_length(quote) <= 600 for quote in quotes(telegram.last_message()))
            assert len(quotes(telegram.last_message())) == 1

    async def test_that_is_not_verbatim_any_more_is_not_sent(
        self, telegram: TelegramServer, search: WordSearch, deliver: Deliver
    ) -> None:
        search.change("pesel", "Цяпер тут іншае.")
        sent = await ask(telegram, deliver, in_group("/ask PESEL", sender=person(77, "be")))
        assert sent["text"].startswith("Гэты дакумент толькі што змяніўся.")

    async def test_is_counted_without_who_asked(
        self, telegram: TelegramServer, moderated: Moderated
    ) -> None:
        document = add_answer(moderated)
        await moderated.deliver(in_group(f"/ask {QUESTION}"))
        await moderated.deliver(in_group("/ask potato pie"))
        usage = moderated.records.counts.usage(today(), today())
        assert (usage.answered, usage.unanswered) == (1, 1)
        assert usage.quoted == {document.id: 1}
        assert [question.text for question in moderated.records.gaps.questions()] == ["potato pie"]
        kept = rows(moderated)
        assert kept["groups"] == []
        # Not inside a document's id, which may hold these digits by chance.
        numbers = re.findall(r"(?<![0-9a-z])-?\d+(?![0-9a-z])", str(kept))
        assert str(ASKER["id"]) not in numbers
        assert str(GROUP) not in numbers


class TestNothingFound:
    def choose(self, application: App, not_found: NotFound) -> None:
        application.bot_data.records.groups.change(
            GROUP, lambda settings: replace(settings, not_found=not_found)
        )

    async def test_is_shown_with_one_reaction(
        self, telegram: TelegramServer, deliver: Deliver
    ) -> None:
        update = in_group("/ask бульбяны пірог")
        await deliver(update)
        assert done(telegram) == ["setMessageReaction"]
        (reaction,) = telegram.calls("setMessageReaction")
        assert reaction["message_id"] == update["message"]["message_id"]
        assert reaction["reaction"] == [{"type": "emoji", "emoji": NOTHING_FOUND}]

    async def test_is_said_where_reactions_are_not_allowed(
        self, telegram: TelegramServer, deliver: Deliver
    ) -> None:
        telegram.refuse_next("setMessageReaction", "Bad Request: REACTION_INVALID")
        sent = await ask(telegram, deliver, in_group("/ask бульбяны пірог"))
        assert "message_thread_id" not in sent
        assert "\n" not in sent["text"]
        assert buttons(telegram.last_message()) == []

    async def test_is_said_in_a_line_where_set_so(
        self, telegram: TelegramServer, application: App, deliver: Deliver
    ) -> None:
        self.choose(application, "line")
        await deliver(in_group("/ask бульбяны пірог"))
        assert done(telegram) == ["sendMessage"]

    async def test_is_not_shown_where_set_so(
        self, telegram: TelegramServer, application: App, deliver: Deliver
    ) -> None:
        self.choose(application, "silence")
        await deliver(in_group("/ask бульбяны пірог"))
        assert done(telegram) == []
        # It is kept all the same: moderators may close the gap.
        (question,) = application.bot_data.records.gaps.questions()
        assert question.text == "бульбяны пірог"

    async def test_is_not_kept_where_its_words_tell_who_asked(
        self, telegram: TelegramServer, application: App, deliver: Deliver
    ) -> None:
        await deliver(in_group("/ask пірог для alesia@example.org"))
        assert application.bot_data.records.gaps.questions() == []


class TestForum:
    @pytest.fixture(autouse=True)
    def known(self, telegram: TelegramServer) -> None:
        telegram.add_chat(forum(FORUM))
        telegram.set_member(FORUM, 78, "administrator")

    async def settings(
        self, telegram: TelegramServer, deliver: Deliver, topic: int | None
    ) -> dict[str, Any]:
        """The card, shown in a topic."""
        update = in_group("/settings", sender=ADMINISTRATOR, chat=forum(FORUM))
        await deliver(update if topic is None else in_topic(update, topic))
        return telegram.last_message()

    async def press(
        self, telegram: TelegramServer, deliver: Deliver, card: dict[str, Any], label: str
    ) -> list[str]:
        await deliver(press(card, label, sender=ADMINISTRATOR))
        return labels(telegram.message(FORUM, card["message_id"]))[-2:]

    async def test_answer_stays_in_its_topic(
        self, telegram: TelegramServer, deliver: Deliver
    ) -> None:
        for text in ("/ask PESEL", "@daviedka_bot PESEL"):
            sent = await ask(telegram, deliver, in_topic(in_group(text, chat=forum(FORUM)), TOPIC))
            assert sent["message_thread_id"] == TOPIC

    async def test_general_topic_is_not_named(
        self, telegram: TelegramServer, deliver: Deliver
    ) -> None:
        sent = await ask(telegram, deliver, in_group("/ask PESEL", chat=forum(FORUM)))
        assert "message_thread_id" not in sent

    async def test_thread_of_replies_is_no_topic(
        self, telegram: TelegramServer, deliver: Deliver
    ) -> None:
        sent = await ask(telegram, deliver, in_group("/ask PESEL", message_thread_id=7))
        assert "message_thread_id" not in sent

    async def test_beginning_of_a_topic_is_no_question(
        self, telegram: TelegramServer, deliver: Deliver
    ) -> None:
        sent = await ask(telegram, deliver, in_topic(in_group("/ask", chat=forum(FORUM)), TOPIC))
        assert sent["text"].startswith("Ask me with /ask")

    async def test_follow_up_is_understood_in_its_topic(
        self, telegram: TelegramServer, search: WordSearch, deliver: Deliver
    ) -> None:
        for text in ("/ask PESEL", "/ask а колькі каштуе?"):
            await ask(telegram, deliver, in_topic(in_group(text, chat=forum(FORUM)), TOPIC))
        assert quotes(telegram.last_message()) == [search.document_text("pesel")]
        # In another topic it follows nothing.
        await deliver(in_topic(in_group("/ask а колькі каштуе?", chat=forum(FORUM)), 9))
        assert len(telegram.calls("setMessageReaction")) == 1

    async def test_topic_is_switched_off_and_on(
        self, telegram: TelegramServer, deliver: Deliver
    ) -> None:
        card = await self.settings(telegram, deliver, TOPIC)
        assert labels(card)[-2:] == ["This topic: on", "Other topics: on"]
        assert await self.press(telegram, deliver, card, "This topic: on") == [
            "This topic: off",
            "Other topics: on",
        ]
        telegram.requests.clear()
        await deliver(in_topic(in_group("/ask PESEL", chat=forum(FORUM)), TOPIC))
        assert done(telegram) == []
        await deliver(in_topic(in_group("/ask PESEL", chat=forum(FORUM)), 9))
        await deliver(in_group("/ask PESEL", chat=forum(FORUM)))
        assert done(telegram) == ["sendMessage"] * 2

        card = await self.settings(telegram, deliver, TOPIC)  # shown there all the same
        await self.press(telegram, deliver, card, "This topic: off")
        await ask(telegram, deliver, in_topic(in_group("/ask PESEL", chat=forum(FORUM)), TOPIC))

    async def test_all_topics_but_one_are_switched_off(
        self, telegram: TelegramServer, deliver: Deliver
    ) -> None:
        card = await self.settings(telegram, deliver, None)
        assert await self.press(telegram, deliver, card, "Other topics: on") == [
            "This topic: on",
            "Other topics: off",
        ]
        telegram.requests.clear()
        await deliver(in_topic(in_group("/ask PESEL", chat=forum(FORUM)), TOPIC))
        assert done(telegram) == []
        await ask(telegram, deliver, in_group("/ask PESEL", chat=forum(FORUM)))


class TestSettings:
    @pytest.fixture(autouse=True)
    def administrator(self, telegram: TelegramServer) -> None:
        telegram.set_member(GROUP, 78, "administrator")

    async def test_are_shown_to_administrators_and_the_owner_of_the_group(
        self, telegram: TelegramServer, deliver: Deliver
    ) -> None:
        telegram.set_member(GROUP, 79, "creator")
        for user_id in (78, 79):
            sent = await ask(telegram, deliver, in_group("/settings", sender=person(user_id, "en")))
            assert sent["text"].startswith("How I answer in this group")
        assert labels(telegram.last_message()) == [
            "Language: as asked",
            "Mentions: on",
            "Strictness: normal",
            "Not found: 🤷",
        ]

    async def test_are_shown_to_whoever_writes_in_the_groups_name(
        self, telegram: TelegramServer, deliver: Deliver
    ) -> None:
        await ask(
            telegram,
            deliver,
            in_group("/settings", sender=ANONYMOUS, sender_chat=SUPERGROUP),
        )
        assert len(buttons(telegram.last_message())) == 4
        assert telegram.calls("getChatMember") == []

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"sender": OWNER},
            {"sender": MODERATOR},
            {"sender": CHANNEL_BOT, "sender_chat": channel()},
            {"sender": ANONYMOUS, "sender_chat": {**SUPERGROUP, "id": -1002}},
        ],
    )
    async def test_are_not_for_others(
        self, telegram: TelegramServer, deliver: Deliver, fields: dict[str, Any]
    ) -> None:
        await ask(telegram, deliver, in_group("/settings", **fields))
        assert buttons(telegram.last_message()) == []

    async def test_rights_are_asked_at_every_press(
        self, telegram: TelegramServer, application: App, deliver: Deliver
    ) -> None:
        await deliver(in_group("/settings", sender=ADMINISTRATOR))
        card = telegram.last_message()
        await deliver(press(card, "Mentions: on", sender=ASKER))
        telegram.set_member(GROUP, 78, "member")
        await deliver(press(card, "Mentions: on", sender=ADMINISTRATOR))
        notices = [call.get("text") for call in telegram.calls("answerCallbackQuery")]
        assert notices == ["Only administrators of this group can do this."] * 2
        assert application.bot_data.records.groups.find(GROUP).mentions
        assert telegram.calls("editMessageText") == []

    async def test_are_kept_where_telegram_does_not_tell_who_administers(
        self, telegram: TelegramServer, deliver: Deliver
    ) -> None:
        telegram.refuse_next("getChatMember", "Bad Request: CHAT_ADMIN_REQUIRED")
        sent = await ask(telegram, deliver, in_group("/settings", sender=ADMINISTRATOR))
        assert sent["text"] == "Only administrators of this group can do this."

    async def test_mentions_are_switched_off(
        self, telegram: TelegramServer, deliver: Deliver
    ) -> None:
        await deliver(in_group("/settings", sender=ADMINISTRATOR))
        card = telegram.last_message()
        await deliver(press(card, "Mentions: on", sender=ADMINISTRATOR))
        await deliver(press(card, "Mentions: on", sender=ADMINISTRATOR))  # by another one, say
        assert "Mentions: off" in labels(telegram.last_message())
        assert "@" not in telegram.last_message()["text"]
        telegram.requests.clear()
        await deliver(in_group("@daviedka_bot PESEL"))
        assert done(telegram) == []
        await ask(telegram, deliver, in_group("/ask PESEL"))
        # Naming the bot does not spoil a reply.
        await ask(
            telegram, deliver, reply_in_group(telegram.last_message(), "@daviedka_bot а візу?")
        )

    async def test_language_is_fixed(self, telegram: TelegramServer, deliver: Deliver) -> None:
        await deliver(in_group("/settings", sender=ADMINISTRATOR))
        card = telegram.last_message()
        await deliver(press(card, "Language: as asked", sender=ADMINISTRATOR))
        await deliver(press(telegram.last_message(), "Deutsch", sender=ADMINISTRATOR))
        assert len(telegram.calls("answerCallbackQuery")) == 2
        await ask(telegram, deliver, in_group("/ask PESEL"))
        assert telegram.last_message()["text"].endswith("11. September 2025 · auf Belarussisch")

    async def test_strictness_is_raised(
        self, telegram: TelegramServer, moderated: Moderated
    ) -> None:
        add_answer(moderated)
        await moderated.deliver(in_group("/ask town office hours"))
        assert len(telegram.calls("sendMessage")) == 1
        await moderated.deliver(in_group("/settings", sender=ADMINISTRATOR))
        await moderated.deliver(
            press(telegram.last_message(), "Strictness: normal", sender=ADMINISTRATOR)
        )
        assert "Strictness: high" in labels(telegram.last_message())
        telegram.requests.clear()
        await moderated.deliver(in_group("/ask town office hours", sender=person(5, "en")))
        assert done(telegram) == ["setMessageReaction"]
        await ask(telegram, moderated.deliver, in_group(f"/ask {QUESTION}"))

    async def test_forged_presses_change_nothing(
        self, telegram: TelegramServer, application: App, deliver: Deliver
    ) -> None:
        await deliver(in_group("/settings", sender=ADMINISTRATOR))
        card = telegram.last_message()
        for data in ("gs:mentions:off", "gs:language:de", "gs:card", "gs:languages", "gs:x"):
            await deliver(press_update(card, data, sender=ASKER))
        # In a chat that is no group, whoever presses.
        alone = {**card, "chat": {"id": 78, "type": "private", "first_name": "A"}}
        await deliver(press_update(alone, "gs:mentions:off", sender=ADMINISTRATOR))
        assert len(telegram.calls("answerCallbackQuery")) == 6
        for chat_id in (GROUP, 78):
            assert application.bot_data.records.groups.find(chat_id).mentions


class TestQuiet:
    @pytest.mark.parametrize(
        ("description", "code"),
        [
            ("Bad Request: not enough rights to send text messages to the chat", 400),
            ("Bad Request: have no rights to send a message", 400),
            ("Bad Request: CHAT_WRITE_FORBIDDEN", 400),
            ("Bad Request: TOPIC_CLOSED", 400),
            ("Bad Request: message to be replied not found", 400),
            ("Forbidden: bot was kicked from the supergroup chat", 403),
        ],
    )
    async def test_where_the_group_does_not_let_it_write(
        self,
        telegram: TelegramServer,
        deliver: Deliver,
        caplog: pytest.LogCaptureFixture,
        description: str,
        code: int,
    ) -> None:
        caplog.set_level(logging.INFO, "bot")
        for number in (1, 2):
            telegram.refuse_next("sendMessage", description, code)
            await deliver(in_group("/ask PESEL"))
            assert caplog.messages[-1].endswith(f": {number} times so far")
        assert all(record.levelno == logging.INFO for record in caplog.records)
        assert not any(str(GROUP) in message or "PESEL" in message for message in caplog.messages)

    async def test_where_it_may_neither_react_nor_write(
        self, telegram: TelegramServer, deliver: Deliver, caplog: pytest.LogCaptureFixture
    ) -> None:
        telegram.refuse_next("setMessageReaction", "Forbidden: bot was kicked", 403)
        telegram.refuse_next("sendMessage", "Forbidden: bot was kicked", 403)
        await deliver(in_group("/ask бульбяны пірог"))
        assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []

    async def test_about_what_was_asked_before_it_began(
        self, telegram: TelegramServer, application: App, deliver: Deliver
    ) -> None:
        oldest = DATE - int(BACKLOG.total_seconds())
        telegram.set_member(GROUP, 78, "administrator")
        for text in ("/ask PESEL", "@daviedka_bot PESEL", "/settings"):
            await deliver(in_group(text, date=oldest - 1, sender=ADMINISTRATOR))
        assert done(telegram) == []
        await ask(telegram, deliver, in_group("/ask PESEL", date=oldest))

    async def test_after_one_word_to_whoever_asks_too_much(
        self, telegram: TelegramServer, application: App, deliver: Deliver
    ) -> None:
        most = application.bot_data.settings.questions_per_minute
        for _ in range(most + 3):
            await deliver(in_group("/ask PESEL"))
        sent = telegram.calls("sendMessage")
        assert len(sent) == most + 1
        assert sent[-1]["text"].startswith("So many questions at once!")


async def test_question_is_answered_in_the_supergroup_that_the_group_became(
    telegram: TelegramServer, application: App, deliver: Deliver
) -> None:
    groups = application.bot_data.records.groups
    groups.change(-5, lambda settings: replace(settings, language="pl"))
    telegram.refuse_next(
        "sendMessage",
        "Bad Request: group chat was upgraded to a supergroup chat",
        migrate_to_chat_id=GROUP,
    )
    await deliver(in_group("/ask PESEL", chat={"id": -5, "type": "group", "title": "Суполка"}))
    first, second = telegram.calls("sendMessage")
    assert (first["chat_id"], second["chat_id"]) == (-5, GROUP)
    assert "reply_parameters" not in second
    assert groups.find(GROUP).language == "pl"
    assert groups.find(-5).language is None
