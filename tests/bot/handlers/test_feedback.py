"""Thumbs, reactions and chosen inline results become judgements; of people nothing is kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.freshness import today
from bot.memory import Exchange
from bot.records.judgements import Judgement
from tests.support.telegram import Json, message_update, person
from tests.support.updates import (
    chosen_update,
    content,
    labels,
    press,
    press_update,
    reaction_update,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.context import App
    from tests.support.answers import WordSearch
    from tests.support.moderated import Backing
    from tests.support.telegram import TelegramServer

    Deliver = Callable[[dict[str, Any]], Awaitable[None]]

QUESTION = "Мельдунак для PESEL патрэбны?"
GROUP = -1005
READER = person(77, "en")
OTHER = person(78, "en")
# The judgement of the passage that answers it, by its fourth sentence.
RIGHT = Judgement(
    day=today(),
    kind="button",
    verdict=1,
    question=QUESTION,
    language="be",
    document_id="pesel",
    source="/srv/private/pesel.md",
    quote="Мельдунак для гэтага не патрэбны.",
)
NAMELESS = replace(RIGHT, question="", language="")
THANKS = "Thank you! That helps to answer better."
TAKEN_BACK = "I have taken that back."
TOO_OLD = "This button is too old. Please ask again."


class Answering(Protocol):
    """Sends an answer with thumbs, as a reply to a question."""

    async def __call__(self, question: str | None = QUESTION, chat_id: int = 77) -> Answered: ...


class Answered:
    """An answer as it looks after all edits."""

    def __init__(self, telegram: TelegramServer, message: Json, asked: Json | None) -> None:
        self._telegram = telegram
        self._place = (message["chat"]["id"], message["message_id"])
        self._replied: Json = {} if asked is None else {"reply_to_message": asked}

    @property
    def now(self) -> Json:
        return {**self._telegram.message(*self._place), **self._replied}


@pytest.fixture
def answer(telegram: TelegramServer, application: App) -> Answering:
    async def send(question: str | None = QUESTION, chat_id: int = 77) -> Answered:
        keyboard = InlineKeyboardMarkup(
            [
                [InlineKeyboardButton("1/3", callback_data="-")],
                [
                    InlineKeyboardButton("👍", callback_data="fb:+:1:3"),
                    InlineKeyboardButton("👎", callback_data="fb:-:1:3"),
                ],
            ]
        )
        await application.bot.send_message(chat_id, "Answer", reply_markup=keyboard)
        asked = None
        if question is not None:
            _, asked = content(message_update(question, chat_id=chat_id, sender=READER))
        return Answered(telegram, telegram.last_message(), asked)

    return send


def notices(telegram: TelegramServer) -> list[str]:
    return [call.get("text", "") for call in telegram.calls("answerCallbackQuery")]


def remember(
    application: App, answered: Answered, topic: str = QUESTION, passage_id: int | None = 1
) -> None:
    """Let the bot know what a message answers."""
    message = answered.now
    exchange = Exchange(
        question=topic,
        topic=topic,
        subject=topic,
        passage_id=passage_id,
        document_id="pesel",
        voice="en",
        question_id=1,
        answer_id=message["message_id"],
    )
    application.bot_data.memory.remember(
        exchange, chat_id=message["chat"]["id"], user_id=READER["id"]
    )


@pytest.mark.parametrize(("thumb", "verdict"), [("👍", 1), ("👎", -1)])
async def test_thumb_is_kept_as_a_judgement_and_marked(
    backing: Backing, deliver: Deliver, answer: Answering, thumb: str, verdict: Any
) -> None:
    answered = await answer()
    before = labels(answered.now)
    await deliver(press(answered.now, thumb, sender=READER))
    assert backing.records.judgements.all() == [replace(RIGHT, verdict=verdict)]
    assert labels(answered.now) == [f"{label} ✓" if label == thumb else label for label in before]


@pytest.mark.parametrize("chat_id", [77, GROUP], ids=["private", "group"])
async def test_answer_is_judged_by_its_own_thumbs(
    telegram: TelegramServer, backing: Backing, deliver: Deliver, chat_id: int
) -> None:
    text = QUESTION if chat_id > 0 else f"/ask {QUESTION}"
    await deliver(message_update(text, sender=READER, chat_id=chat_id))
    answered = Answered(telegram, telegram.last_message(), None)
    await deliver(press(answered.now, "👍", sender=READER))
    assert backing.records.judgements.all() == [RIGHT]
    # Another passage is judged by itself; who comes back and presses once more judges once.
    for label in ("▶", "👎", "◀", "👍"):
        await deliver(press(answered.now, label, sender=READER))
    first, second = backing.records.judgements.all()
    assert (first, second.question, second.document_id) == (RIGHT, QUESTION, "school")
    await deliver(press(answered.now, "👍", sender=READER))
    assert backing.records.judgements.all() == [second]


async def test_pressing_again_takes_it_back(
    telegram: TelegramServer, backing: Backing, deliver: Deliver, answer: Answering
) -> None:
    answered = await answer()
    fresh = answered.now
    await deliver(press(answered.now, "👍", sender=READER))
    await deliver(press(answered.now, "👍", sender=READER))
    assert backing.records.judgements.all() == []
    assert answered.now == fresh
    assert notices(telegram) == [THANKS, TAKEN_BACK]


async def test_pressing_the_other_one_changes_it(
    backing: Backing, deliver: Deliver, answer: Answering
) -> None:
    answered = await answer()
    await deliver(press(answered.now, "👍", sender=READER))
    await deliver(press(answered.now, "👎", sender=READER))
    assert backing.records.judgements.all() == [replace(RIGHT, verdict=-1)]
    assert labels(answered.now) == ["1/3", "👍", "👎 ✓"]
    await deliver(press(answered.now, "👎", sender=READER))
    assert backing.records.judgements.all() == []


async def test_double_press_judges_once(
    telegram: TelegramServer, backing: Backing, deliver: Deliver, answer: Answering
) -> None:
    answered = await answer()
    fresh = answered.now
    await asyncio.gather(*(deliver(press(fresh, "👍", sender=READER)) for _ in range(3)))
    assert backing.records.judgements.all() == [RIGHT]
    judged = answered.now
    assert labels(judged) == ["1/3", "👍 ✓", "👎"]
    await asyncio.gather(*(deliver(press(judged, "👍", sender=READER)) for _ in range(3)))
    assert backing.records.judgements.all() == []
    assert answered.now == fresh
    assert notices(telegram) == [THANKS] * 3 + [TAKEN_BACK] * 3


async def test_group_has_one_judgement_a_message(
    backing: Backing, deliver: Deliver, answer: Answering
) -> None:
    answered = await answer(chat_id=GROUP)
    await deliver(press(answered.now, "👍", sender=READER))
    await deliver(press(answered.now, "👎", sender=OTHER))
    assert backing.records.judgements.all() == [replace(RIGHT, verdict=-1)]


@pytest.mark.parametrize(
    "asked",
    [
        f"/ask {QUESTION}",
        f"/ask@daviedka_bot {QUESTION}",
        f"@daviedka_bot, {QUESTION}",
        f"{QUESTION} @Daviedka_Bot",
        f"Добры дзень! {QUESTION}",
    ],
)
async def test_call_and_greeting_are_no_part_of_the_question(
    backing: Backing, deliver: Deliver, answer: Answering, asked: str
) -> None:
    answered = await answer(asked, chat_id=GROUP)
    await deliver(press(answered.now, "👍", sender=READER))
    assert backing.records.judgements.all() == [RIGHT]


@pytest.mark.parametrize(
    "asked",
    [
        None,
        "Пішыце мне на alesia@example.org, калі PESEL",
        "Мой PESEL 44051401359, што з ім рабіць?",
        "PESEL " * 60,
        "а колькі каштуе?",
    ],
    ids=["unknown", "address", "number", "story", "follow-up"],
)
async def test_without_a_question_that_may_be_kept_only_the_passage_is_judged(
    telegram: TelegramServer,
    backing: Backing,
    deliver: Deliver,
    answer: Answering,
    asked: str | None,
) -> None:
    answered = await answer(asked)
    await deliver(press(answered.now, "👍", sender=READER))
    assert backing.records.judgements.all() == [NAMELESS]
    assert notices(telegram) == [THANKS]
    await deliver(press(answered.now, "👍", sender=READER))
    assert backing.records.judgements.all() == []


async def test_follow_up_is_judged_with_what_it_follows(
    application: App, backing: Backing, deliver: Deliver, answer: Answering
) -> None:
    answered = await answer("а колькі каштуе?")
    remember(application, answered, "Дзе атрымаць PESEL? а колькі каштуе?")
    await deliver(press(answered.now, "👍", sender=READER))
    (kept,) = backing.records.judgements.all()
    assert kept.question == "Дзе атрымаць PESEL? а колькі каштуе?"


async def test_forged_thumbs_change_nothing(
    telegram: TelegramServer, backing: Backing, deliver: Deliver, answer: Answering
) -> None:
    own, other = await answer(), await answer()
    await deliver(press(other.now, "👍", sender=OTHER))
    judged = other.now
    telegram.requests.clear()
    for data in (
        "fb:",
        "fb:+",
        "fb:+:1:3:x",
        "fb:+:2:3",  # a passage that is not shown
        "fb:+:1:0",
        "fb:+:4294967296:3",
    ):
        await deliver(press_update(own.now, data, sender=READER))
    assert notices(telegram) == [TOO_OLD] * 6
    await deliver(press_update(own.now, "fb:+:1:3:1:" + "0" * 16, sender=READER))
    assert backing.records.judgements.all() == [RIGHT]
    assert (labels(own.now), other.now) == (["1/3", "👍", "👎"], judged)


async def test_thumb_of_an_inaccessible_message_is_answered(
    telegram: TelegramServer, backing: Backing, deliver: Deliver, answer: Answering
) -> None:
    message = (await answer()).now
    gone = {"chat": message["chat"], "message_id": message["message_id"], "date": 0}
    await deliver(press_update(gone, "fb:+:1:3", sender=READER))
    assert len(notices(telegram)) == 1
    assert backing.records.judgements.all() == []


async def test_passage_that_is_gone_is_not_judged(
    telegram: TelegramServer,
    search: WordSearch,
    backing: Backing,
    deliver: Deliver,
    answer: Answering,
) -> None:
    answered = await answer()
    search.remove("pesel")
    await deliver(press(answered.now, "👍", sender=READER))
    assert notices(telegram) == ["This passage is no longer there. Please ask again."]
    assert backing.records.judgements.all() == []


async def test_judgement_that_was_forgotten_can_be_given_anew(
    backing: Backing, deliver: Deliver, answer: Answering
) -> None:
    answered = await answer()
    await deliver(press(answered.now, "👍", sender=READER))
    backing.records.judgements.forget_document("pesel")
    await deliver(press(answered.now, "👎", sender=READER))
    assert labels(answered.now) == ["1/3", "👍", "👎"]
    await deliver(press(answered.now, "👎", sender=READER))
    assert backing.records.judgements.all() == [replace(RIGHT, verdict=-1)]


@pytest.mark.parametrize("emoji", ["👍", "❤", "🔥", "👏", "🙏", "👎"])
async def test_reaction_to_a_recent_answer_is_a_judgement(
    application: App, backing: Backing, deliver: Deliver, answer: Answering, emoji: str
) -> None:
    answered = await answer()
    remember(application, answered)
    await deliver(reaction_update(answered.now, emoji, sender=READER))
    (kept,) = backing.records.judgements.all()
    assert kept == replace(RIGHT, kind="reaction", verdict=-1 if emoji == "👎" else 1)


async def test_reaction_is_changed_and_taken_back(
    application: App, backing: Backing, deliver: Deliver, answer: Answering
) -> None:
    answered = await answer()
    remember(application, answered)
    reacted = replace(RIGHT, kind="reaction")
    steps: list[tuple[list[str], list[Judgement]]] = [
        (["👍"], [reacted]),
        (["🔥", "❤"], [reacted]),
        (["👎"], [replace(reacted, verdict=-1)]),
        ([], []),
        (["👎"], [replace(reacted, verdict=-1)]),
        (["👎", "👍"], []),
        (["🤔"], []),
    ]
    before: list[str] = []
    for emoji, judgements in steps:
        await deliver(reaction_update(answered.now, *emoji, before=before, sender=READER))
        assert backing.records.judgements.all() == judgements
        before = emoji


async def test_reactions_of_others_to_a_judged_answer_are_passed_over(
    application: App, backing: Backing, deliver: Deliver, answer: Answering
) -> None:
    answered = await answer(chat_id=GROUP)
    remember(application, answered)
    await deliver(reaction_update(answered.now, "👍", sender=READER))
    await deliver(reaction_update(answered.now, "👎", sender=OTHER))
    await deliver(reaction_update(answered.now, before=["👎"], sender=OTHER))
    assert backing.records.judgements.all() == [replace(RIGHT, kind="reaction")]


async def test_thumb_after_a_reaction_is_the_same_judgement(
    application: App, backing: Backing, deliver: Deliver, answer: Answering
) -> None:
    answered = await answer()
    remember(application, answered)
    await deliver(reaction_update(answered.now, "👍", sender=READER))
    await deliver(press(answered.now, "👎", sender=READER))
    await deliver(reaction_update(answered.now, before=["👍"], sender=READER))
    assert backing.records.judgements.all() == [replace(RIGHT, kind="reaction", verdict=-1)]


async def test_reaction_to_what_is_not_remembered_is_nothing(
    application: App, backing: Backing, deliver: Deliver, answer: Answering
) -> None:
    answered = await answer()
    await deliver(reaction_update(answered.now, "👍", sender=READER))
    # Nothing was found, so nothing was quoted.
    remember(application, answered, passage_id=None)
    await deliver(reaction_update(answered.now, "👍", sender=READER))
    remember(application, answered)
    await deliver(reaction_update(answered.now, "🤔", sender=READER))
    await deliver(reaction_update(answered.now, before=["👍"], sender=READER))
    assert backing.records.judgements.all() == []


async def test_reaction_to_a_telling_question_judges_the_passage_only(
    application: App, backing: Backing, deliver: Deliver, answer: Answering
) -> None:
    answered = await answer()
    remember(application, answered, "Мельдунак патрэбны? alesia@example.org")
    await deliver(reaction_update(answered.now, "👎", sender=READER))
    assert backing.records.judgements.all() == [replace(NAMELESS, kind="reaction", verdict=-1)]


async def test_chosen_inline_result_is_a_judgement(backing: Backing, deliver: Deliver) -> None:
    await deliver(chosen_update("1", f"  {QUESTION} ", sender=READER))
    assert backing.records.judgements.all() == [replace(RIGHT, kind="chosen")]


@pytest.mark.parametrize(
    ("result_id", "query"),
    [
        ("1", ""),
        ("1", "PESEL"),
        ("1", "Мельдунак патрэбны? +48 600 700 800"),
        ("99", QUESTION),
        ("x", QUESTION),
        ("-1", QUESTION),
        ("9" * 60, QUESTION),
        ("", QUESTION),
    ],
)
async def test_chosen_result_that_tells_nothing_or_too_much_is_not_judged(
    backing: Backing, deliver: Deliver, result_id: str, query: str
) -> None:
    await deliver(chosen_update(result_id, query, sender=READER))
    assert backing.records.judgements.all() == []
