"""Questions that found nothing: kept without who asked, decided on by moderators, told once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.freshness import today
from bot.handlers.gaps import tidy
from bot.handlers.wishes import Decision, tell_of_decision
from bot.records import schema
from index.search import Searcher
from tests.support.moderated import (
    CALIBRATION,
    MEMBER,
    MODERATOR,
    SECOND,
    Moderated,
    running,
)
from tests.support.telegram import buttons, message_update, person, press_update, quotes
from tests.support.updates import document_update, labels, press, reply_update

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.context import Context
    from corpus.models import Document
    from tests.support.telegram import TelegramServer

    Json = dict[str, Any]

OTHER = person(78, "en", first_name="Viera")
QUESTION = "Where can I renew my driving licence?"
ALIKE = "where can i renew a driving licence"
UNLIKE = "Opera tickets for students, any discount?"
ANSWER = (
    "Where you can renew a driving licence: I renew my driving licence at the town office. "
    "Bring a photograph."
)


async def ask(moderated: Moderated, text: str, sender: Json = MEMBER) -> Json:
    """Ask, and give the bot's answer."""
    await moderated.deliver(message_update(text, sender=sender))
    return moderated.telegram.last_message()


def add_answer(moderated: Moderated) -> Document:
    """Add a document that answers, among others: a word that all have tells nothing."""
    for number, text in enumerate(["Half price.", "Closed on Sundays.", "Two blue doors."] * 3):
        moderated.backing.add(text, title=f"Other {number}", source=f"/other/{number}.md")
    return moderated.backing.add(ANSWER, title="Licence", url="https://example.org/licence")


async def open_list(moderated: Moderated, moderator: Json = MODERATOR) -> Json:
    return await ask(moderated, "/gaps", moderator)


async def open_card(moderated: Moderated, number: str = "1") -> Json:
    shown = await open_list(moderated)
    await moderated.deliver(press(shown, number, sender=MODERATOR))
    return moderated.telegram.last_message()


async def decide(moderated: Moderated, card: Json, label: str, moderator: Json = MODERATOR) -> Json:
    """Press a button; what became of the message."""
    await moderated.deliver(press(card, label, sender=moderator))
    return moderated.telegram.message(card["chat"]["id"], card["message_id"])


def notice(telegram: TelegramServer) -> str:
    return str(telegram.calls("answerCallbackQuery")[-1].get("text"))


def to(telegram: TelegramServer, user: Json) -> list[str]:
    return [message["text"] for message in telegram.messages(user["id"])]


def context_of(moderated: Moderated) -> Context:
    return moderated.application.context_types.context(moderated.application)


async def run_telling(moderated: Moderated) -> int:
    """Run what would run in a minute; how many jobs that were."""
    assert moderated.application.job_queue is not None
    jobs = [
        job
        for job in moderated.application.job_queue.jobs()
        if isinstance(job.data, Decision) and not job.removed
    ]
    for job in jobs:
        context = context_of(moderated)
        context.job = job
        await tell_of_decision(context)
        job.schedule_removal()
    return len(jobs)


def rows(moderated: Moderated) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the bot's database."""
    database = moderated.records.gaps._database
    with database.reading() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select())]
            for table in schema.metadata.sorted_tables
        }


def values(tables: dict[str, list[tuple[Any, ...]]], names: Iterable[str]) -> list[Any]:
    return [value for name in names for row in tables[name] for value in row]


async def test_unanswered_question_is_kept_without_who_asked(moderated: Moderated) -> None:
    before = rows(moderated)
    answer = await ask(moderated, f"  Hello!  {QUESTION}\n")
    await ask(moderated, QUESTION, OTHER)
    assert labels(answer) == ["Tell me when there is an answer", "Tell the moderators"]
    (question,) = moderated.records.gaps.questions()
    assert (question.text, question.language, question.day) == (QUESTION, "en", today())
    assert (question.count, question.state) == (2, "open")

    after = rows(moderated)
    assert {name for name in after if after[name] != before[name]} == {"unanswered", "counts"}
    told = values(after, ("unanswered", "counts"))
    for person_asking in (MEMBER, OTHER):
        assert person_asking["id"] not in told
        assert all(
            person_asking["first_name"] not in value for value in told if isinstance(value, str)
        )


async def test_answered_question_is_counted_and_not_kept(moderated: Moderated) -> None:
    document = add_answer(moderated)
    answer = await ask(moderated, QUESTION)
    assert quotes(answer) == [ANSWER]
    assert moderated.records.gaps.questions() == []
    usage = moderated.records.counts.usage(today(), today())
    assert (usage.answered, usage.unanswered, usage.languages) == (1, 0, {"en": 1})
    assert usage.quoted == {document.id: 1}


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "licence?",
        "???",
        "why " * 400,
        "My number is +48 600 123 456, who can help",
        "Write to me: a.b@example.org, please",
    ],
)
async def test_what_may_tell_who_asked_is_not_kept(moderated: Moderated, text: str) -> None:
    answer = await ask(moderated, text)
    assert moderated.records.gaps.questions() == []
    assert buttons(answer) == []


async def test_answer_comes_though_nothing_can_be_written_down(
    moderated: Moderated, telegram: TelegramServer, caplog: pytest.LogCaptureFixture
) -> None:
    with moderated.records.gaps._database.writing() as connection:
        for table in ("unanswered", "counts"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    answer = await ask(moderated, QUESTION)
    assert answer["text"].startswith("I found no answer")
    assert len(telegram.calls("sendMessage")) == 1
    assert caplog.text.count("cannot write down what was asked") == 2
    assert "licence" not in caplog.text


async def test_wish_is_kept_for_the_one_who_presses_and_taken_back(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    answer = await ask(moderated, QUESTION)
    wished = await decide(moderated, answer, "Tell me", MEMBER)
    assert notice(telegram).startswith("I will tell you once. After 90 days")
    assert labels(wished) == ["Don't tell me", "Tell the moderators"]
    assert rows(moderated)["wishes"] == [(77, 1, "en", today())]
    shown = await decide(moderated, wished, "Don't tell me", MEMBER)
    assert labels(shown) == ["Tell me when there is an answer", "Tell the moderators"]
    assert rows(moderated)["wishes"] == []


async def test_nobody_presses_anothers_button(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    mine = await ask(moderated, QUESTION)
    theirs = await ask(moderated, UNLIKE, OTHER)
    await decide(moderated, mine, "Tell me", MEMBER)
    await decide(moderated, theirs, "Tell me", OTHER)
    wishes = rows(moderated)["wishes"]
    assert {wish[0] for wish in wishes} == {77, 78}

    data = buttons(telegram.message(77, mine["message_id"]))[0]["callback_data"]
    _, _, number, language, proof = data.split(":")
    for forged in (
        data,
        data.replace("off", "on"),
        f"te:on:{number}:{language}:{'0' * 16}",
        f"te:off:{number}:ru:{proof}",
        "te:on:999:en:0123456789abcdef",
        "te:off:" + "9" * 18 + ":en:0123456789abcdef",
        "te:on",
        "te:",
    ):
        await moderated.deliver(press_update(mine, forged, sender=OTHER))
    assert rows(moderated)["wishes"] == wishes
    assert labels(telegram.message(77, mine["message_id"]))[0] == "Don't tell me"


async def test_button_of_a_forgotten_question_is_too_old(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    answer = await ask(moderated, QUESTION)
    moderated.records.gaps.forget_before(today() + timedelta(1))
    await decide(moderated, answer, "Tell me", MEMBER)
    assert notice(telegram) == "This button is too old. Please ask again."
    assert rows(moderated)["wishes"] == []


async def test_gaps_are_listed_by_meaning_most_asked_first(moderated: Moderated) -> None:
    assert "There is nothing here." in (await open_list(moderated))["text"]
    await ask(moderated, UNLIKE)
    await ask(moderated, QUESTION)
    await ask(moderated, ALIKE, OTHER)
    shown = await open_list(moderated)
    lines = shown["text"].splitlines()
    assert lines[0] == "Questions that found nothing"
    assert lines[2] in {f"1. {QUESTION}", f"1. {ALIKE}"}
    assert lines[3].startswith("2× · en · ")
    assert lines[5] == f"2. {UNLIKE}"
    assert labels(shown) == ["1", "2", "Done", "Out of scope"]
    assert "Alesia" not in shown["text"]


async def test_list_is_paged(moderated: Moderated) -> None:
    # One letter of the alphabet in each, so that none is like another.
    for number in range(10):
        await ask(moderated, " ".join(chr(ord("а") + 3 * number) * n for n in (2, 3, 5, 7)))
    shown = await open_list(moderated)
    gaps = len(moderated.records.gaps.questions())
    assert gaps == 10
    assert "1/2" in labels(shown)
    second = await decide(moderated, shown, "▶")
    assert "2/2" in labels(second)
    first = await decide(moderated, second, "◀")
    assert first["text"] == shown["text"]


async def test_what_is_answered_now_is_marked(moderated: Moderated) -> None:
    await ask(moderated, QUESTION)
    add_answer(moderated)
    shown = await open_list(moderated)
    assert "✓ answered now" in shown["text"]
    card = await open_card(moderated)
    assert "✓ The search answers it now:\n• Licence – " in card["text"]


async def test_card_shows_wordings_and_nearest_documents(moderated: Moderated) -> None:
    moderated.backing.add("The theatre plays on Sundays.", title="Theatre")
    await ask(moderated, QUESTION)
    await ask(moderated, QUESTION)
    await ask(moderated, ALIKE, OTHER)
    answer = moderated.telegram.last_message()
    await decide(moderated, answer, "Tell me", OTHER)
    card = await open_card(moderated)
    lines = card["text"].splitlines()
    assert lines[0] == QUESTION
    assert lines[1].startswith("Asked 3 times · ")
    assert lines[1].endswith(" · English")
    assert lines[2] == "1 person waits to be told."
    assert f"In other words:\n• {ALIKE}" in card["text"]
    assert "The search finds no answer now. Nearest are:\n• Theatre – " in card["text"]
    assert labels(card) == ["Done", "Out of scope", "Answer by a document", "Back"]
    back = await decide(moderated, card, "Back")
    assert back["text"].startswith("Questions that found nothing")


async def test_done_tells_those_who_wait_once_with_the_answer_to_their_question(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    for sender, text in ((MEMBER, QUESTION), (OTHER, ALIKE)):
        await decide(moderated, await ask(moderated, text, sender), "Tell me", sender)
    add_answer(moderated)
    card = await open_card(moderated)
    done = await decide(moderated, card, "Done")
    assert notice(telegram) == "2 people are told in a minute, unless you undo it."
    assert "✓ Done: there is an answer now." in done["text"]
    assert labels(done) == ["Undo", "Back"]
    assert await run_telling(moderated) == 1
    assert await run_telling(moderated) == 0
    await tidy(context_of(moderated))

    for sender, text in ((MEMBER, QUESTION), (OTHER, ALIKE)):
        told = [each for each in to(telegram, sender) if each.startswith("There is an answer")]
        assert len(told) == 1
        assert f"«{text}»" in told[0]
    told_last = telegram.messages(OTHER["id"])[-1]
    assert quotes(told_last) == [ANSWER]
    assert rows(moderated)["wishes"] == []
    assert "2× · en" in (await decide(moderated, await open_list(moderated), "Done"))["text"]


async def test_undo_comes_before_anybody_is_told(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    await decide(moderated, await ask(moderated, QUESTION), "Tell me", MEMBER)
    done = await decide(moderated, await open_card(moderated), "Done")
    reopened = await decide(moderated, done, "Undo")
    assert notice(telegram) == "Open again."
    assert "1 person waits to be told." in reopened["text"]
    assert labels(reopened)[0] == "Done"
    assert await run_telling(moderated) == 0
    await tidy(context_of(moderated))
    assert not any("answer now" in text for text in to(telegram, MEMBER))
    await moderated.deliver(press(done, "Undo", sender=SECOND))  # pressed once more
    assert notice(telegram) == "It is open already."


async def test_named_document_is_told_where_the_search_finds_nothing(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    await decide(moderated, await ask(moderated, UNLIKE), "Tell me", MEMBER)
    document = moderated.backing.add(
        "Young people pay half at the stage door.", title="Theatre", url="https://example.org/t"
    )
    moderated.backing.add("The library opens at ten.", title="Library")
    await decide(moderated, await open_card(moderated), "Answer by a document")
    prompt = telegram.last_message()
    assert prompt["text"].startswith("Reply to this message with words of the document's title")
    await moderated.deliver(reply_update(prompt, "theatre", sender=MODERATOR))
    matches = telegram.last_message()
    assert labels(matches) == ["1. Theatre"]
    done = await decide(moderated, matches, "1. Theatre")
    assert "✓ Done" in done["text"]
    assert await run_telling(moderated) == 1
    told = telegram.messages(MEMBER["id"])[-1]
    assert told["text"].endswith("Look into this document: Theatre")
    assert told["entities"][-1]["url"] == "https://example.org/t"
    assert document.id in {known.id for known in moderated.store.documents()}


@pytest.mark.parametrize("by", ["id", "url", "source"])
async def test_document_is_named_by_its_id_or_link(
    moderated: Moderated, telegram: TelegramServer, by: str
) -> None:
    await ask(moderated, QUESTION)
    moderated.backing.add("The library opens at ten.", title="Library")
    document = moderated.backing.add(
        "Half price.", title="Theatre", url="https://example.org/t", source="t.me/theatre/5"
    )
    await decide(moderated, await open_card(moderated), "Answer by a document")
    await moderated.deliver(
        reply_update(telegram.last_message(), getattr(document, by), sender=MODERATOR)
    )
    assert labels(telegram.last_message()) == ["1. Theatre"]


async def test_unknown_name_is_explained_and_asked_again(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    await ask(moderated, QUESTION)
    await decide(moderated, await open_card(moderated), "Answer by a document")
    prompt = telegram.last_message()
    await moderated.deliver(reply_update(prompt, "theatre", sender=MODERATOR))
    assert telegram.last_message()["text"].startswith("No document is called so.")
    moderated.backing.add("Half price.", title="Theatre")
    await moderated.deliver(reply_update(prompt, "theatre", sender=MODERATOR))
    assert labels(telegram.last_message()) == ["1. Theatre"]


async def test_answer_sent_as_a_file_becomes_a_card(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    await decide(moderated, await ask(moderated, QUESTION), "Tell me", MEMBER)
    await decide(moderated, await open_card(moderated), "Answer by a document")
    prompt = telegram.last_message()
    file_id = telegram.add_file(f"# Licence\n\n{ANSWER}\n".encode())
    update = document_update(file_id, "licence.md", sender=MODERATOR, reply_to_message=prompt)
    await moderated.deliver(update)
    *_, card, hint = telegram.messages(MODERATOR["id"])
    assert "Publish" in labels(card)
    assert hint["text"].startswith("Once it is published, press Done")
    await decide(moderated, card, "Publish")
    gap = await decide(moderated, hint, "Back to the questions")
    await decide(moderated, gap, "Done")
    assert await run_telling(moderated) == 1
    assert "There is an answer now" in telegram.messages(MEMBER["id"])[-1]["text"]


async def test_out_of_scope_is_told_honestly_and_hides_later_questions(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    await decide(moderated, await ask(moderated, QUESTION), "Tell me", MEMBER)
    hidden = await decide(moderated, await open_card(moderated), "Out of scope")
    assert "Out of scope: later questions" in hidden["text"]
    assert await run_telling(moderated) == 1
    assert "have decided not to cover it" in telegram.messages(MEMBER["id"])[-1]["text"]

    later = await ask(moderated, ALIKE, OTHER)
    await decide(moderated, later, "Tell me", OTHER)
    shown = await open_list(moderated)
    assert "There is nothing here." in shown["text"]
    assert "2× · en" in (await decide(moderated, shown, "Out of scope"))["text"]
    await tidy(context_of(moderated))
    assert "have decided not to cover it" in telegram.messages(OTHER["id"])[-1]["text"]


async def test_gap_is_decided_on_once(moderated: Moderated, telegram: TelegramServer) -> None:
    await ask(moderated, QUESTION)
    card = await open_card(moderated)
    await decide(moderated, card, "Done")
    assert notice(telegram) == "Done."
    await moderated.deliver(press(card, "Out of scope", sender=SECOND))
    assert notice(telegram) == "Somebody has decided on this already."
    assert [question.state for question in moderated.records.gaps.questions()] == ["done"]


async def test_of_two_presses_at_once_one_decides(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    await ask(moderated, QUESTION)
    card = await open_card(moderated)
    await asyncio.gather(
        moderated.deliver(press(card, "Done", sender=MODERATOR)),
        moderated.deliver(press(card, "Out of scope", sender=SECOND)),
    )
    notices = [call.get("text") for call in telegram.calls("answerCallbackQuery")][-2:]
    assert notices.count("Somebody has decided on this already.") == 1


async def test_who_waits_is_told_once_even_by_two_jobs_at_once(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    await decide(moderated, await ask(moderated, QUESTION), "Tell me", MEMBER)
    await decide(moderated, await open_card(moderated), "Done")
    before = len(to(telegram, MEMBER))
    await asyncio.gather(*(tidy(context_of(moderated)) for _ in range(3)))
    assert len(to(telegram, MEMBER)) == before + 1


async def test_who_was_not_told_before_a_restart_is_told_after_it(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    await decide(moderated, await ask(moderated, QUESTION), "Tell me", MEMBER)
    add_answer(moderated)
    await decide(moderated, await open_card(moderated), "Done")
    backing = moderated.backing
    search = Searcher(backing.store, backing.index, calibration=CALIBRATION)
    async with running(telegram, backing, search) as application:
        await tidy(context_of(Moderated(application, telegram, backing)))
    assert quotes(telegram.messages(MEMBER["id"])[-1]) == [ANSWER]


async def test_what_is_asked_after_done_is_open_again(moderated: Moderated) -> None:
    await ask(moderated, QUESTION)
    await decide(moderated, await open_card(moderated), "Done")
    await ask(moderated, ALIKE)
    card = await open_card(moderated)
    assert "Asked again after it was marked as done." in card["text"]


async def test_card_of_forgotten_questions_says_so(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    await ask(moderated, QUESTION)
    card = await open_card(moderated)
    moderated.records.gaps.forget_before(today() + timedelta(1))
    await decide(moderated, card, "Done")
    assert notice(telegram) == "These questions are not kept any more."


async def test_document_that_is_gone_answers_nothing(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    await ask(moderated, UNLIKE)
    document = moderated.backing.add("Half price.", title="Theatre")
    await decide(moderated, await open_card(moderated), "Answer by a document")
    await moderated.deliver(reply_update(telegram.last_message(), "theatre", sender=MODERATOR))
    matches = telegram.last_message()
    moderated.store.remove(document.id, "tests")
    await decide(moderated, matches, "1. Theatre")
    assert notice(telegram) == "This document is gone: nothing was changed."
    assert [question.state for question in moderated.records.gaps.questions()] == ["open"]


async def test_old_questions_are_forgotten_once_a_day(moderated: Moderated) -> None:
    gaps = moderated.records.gaps
    kept = gaps.keep("kept as it is", "en", today() - timedelta(90))
    forgotten = gaps.keep("forgotten by now", "en", today() - timedelta(91))
    gaps.wish(77, forgotten, today())
    await tidy(context_of(moderated))
    assert [question.id for question in gaps.questions()] == [kept]
    assert rows(moderated)["wishes"] == []


async def test_who_has_blocked_the_bot_is_forgotten(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    await decide(moderated, await ask(moderated, QUESTION), "Tell me", MEMBER)
    await decide(moderated, await open_card(moderated), "Done")
    telegram.block(MEMBER["id"])
    await run_telling(moderated)
    assert rows(moderated)["wishes"] == []


async def test_who_could_not_be_reached_is_told_later(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    await decide(moderated, await ask(moderated, QUESTION), "Tell me", MEMBER)
    await decide(moderated, await open_card(moderated), "Done")
    before = len(to(telegram, MEMBER))
    telegram.refuse_next("sendMessage", "Bad Gateway", code=502)
    await run_telling(moderated)
    assert len(to(telegram, MEMBER)) == before
    assert len(rows(moderated)["wishes"]) == 1
    await tidy(context_of(moderated))
    assert len(to(telegram, MEMBER)) == before + 1
    assert rows(moderated)["wishes"] == []


async def test_stranger_changes_and_sees_nothing(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    await decide(moderated, await ask(moderated, QUESTION), "Tell me", MEMBER)
    document = moderated.backing.add("Half price.", title="Theatre")
    await open_card(moderated)
    card = telegram.last_message()
    before, shown = rows(moderated), card["text"]
    await ask(moderated, "/gaps", MEMBER)
    assert "do not know this command" in telegram.last_message()["text"]
    for data in (
        "ga:list:o:0",
        "ga:card:1",
        "ga:done:1",
        "ga:scope:1",
        "ga:undo:1",
        "ga:answer:1",
        f"ga:with:1:{document.id}",
    ):
        await moderated.deliver(press_update(card, data, sender=OTHER))
        assert notice(telegram) == "Only moderators can do this."
    for data in ("ga:done:x", "ga:list:x:0", "ga:", "ga:done:" + "9" * 30):
        await moderated.deliver(press_update(card, data, sender=OTHER))
    assert rows(moderated) == before
    assert telegram.message(MODERATOR["id"], card["message_id"])["text"] == shown
    assert await run_telling(moderated) == 0


async def test_dismissed_moderator_decides_nothing_more(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    await ask(moderated, QUESTION)
    card = await open_card(moderated)
    moderated.records.moderators.dismiss(MODERATOR["id"])
    await decide(moderated, card, "Done")
    assert notice(telegram) == "Only moderators can do this."
    assert [question.state for question in moderated.records.gaps.questions()] == ["open"]
