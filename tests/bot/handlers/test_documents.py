"""Moderators list, open, edit, hide and remove documents, over HTTP."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.freshness import in_months, today
from bot.handlers.inline import CACHE_SECONDS
from index.search import Searcher
from tests.support.drafts import make_draft
from tests.support.moderated import CALIBRATION, MEMBER, MODERATOR, OWNER, SECOND, running
from tests.support.moderated import Moderated as Bot
from tests.support.telegram import inline_update
from tests.support.updates import (
    buttons,
    document_update,
    labels,
    message_update,
    press,
    press_update,
    quotes,
    reply_update,
)

if TYPE_CHECKING:
    from corpus.models import Document
    from tests.support.moderated import Backing, Moderated
    from tests.support.telegram import TelegramServer

TEXT = "A passport is renewed at the consulate. It takes a month."
QUESTION = "Where is a passport renewed?"
MODERATOR_ID = f"telegram:{MODERATOR['id']}"

# What each filter lets through, the latest change first.
FILTERED = {
    "pasport": ["Пашпарт"],
    "ПАШПАРТ": ["Пашпарт"],
    "lang:be": ["Пашпарт"],
    "lang:en": ["Visa", "Hidden one"],
    "LANG:EN visa": ["Visa"],
    "by:maryna": ["Visa"],
    "by:tests lang:be": ["Пашпарт"],
    "due": ["Visa"],
    "hidden": ["Hidden one"],
    "removed": ["Removed one"],
    "hidden removed": ["Removed one", "Hidden one"],
    "one all": ["Removed one", "Hidden one"],
    "nothing": [],
    "lang:xx": [],
    "due lang:be": [],
    "👍": [],
}


def add(moderated: Moderated, title: str = "Passport", *paragraphs: str, **fields: Any) -> Document:
    return moderated.backing.add(*(paragraphs or (TEXT,)), title=title, **fields)


async def say(
    moderated: Moderated, text: str, sender: dict[str, Any] = MODERATOR
) -> dict[str, Any]:
    await moderated.deliver(message_update(text, sender=sender))
    return moderated.telegram.last_message()


async def push(
    moderated: Moderated,
    message: dict[str, Any],
    label: str,
    sender: dict[str, Any] = MODERATOR,
) -> dict[str, Any]:
    """Press a button and give the message under which it is, as it looks then."""
    await moderated.deliver(press(message, label, sender=sender))
    return again(moderated, message)


def again(moderated: Moderated, message: dict[str, Any]) -> dict[str, Any]:
    return moderated.telegram.message(message["chat"]["id"], message["message_id"])


async def open_card(
    moderated: Moderated, document: Document, sender: dict[str, Any] = MODERATOR
) -> dict[str, Any]:
    shown = await say(moderated, f"/documents {document.id} all", sender)
    return await push(moderated, shown, "1", sender)


def notices(telegram: TelegramServer) -> list[str | None]:
    return [call.get("text") for call in telegram.calls("answerCallbackQuery")]


async def is_found(moderated: Moderated) -> bool:
    if not moderated.store.find("/documents/Library.md"):
        # What all passages have tells nothing: a word must be missing somewhere.
        for title in ("Library", "School", "Museum", "Bus"):
            add(moderated, title, "It opens at nine on Mondays.")
    await moderated.deliver(message_update(QUESTION, sender=MEMBER))
    return bool(quotes(moderated.telegram.last_message()))


class TestList:
    async def test_empty_corpus_has_no_documents_and_says_how_to_filter(
        self, moderated: Moderated
    ) -> None:
        shown = await say(moderated, "/documents")
        assert shown["text"].startswith("0 documents")
        assert "lang:be" in shown["text"]
        assert labels(shown) == ["Due", "Hidden", "Removed", "All"]

    async def test_latest_change_comes_first(self, moderated: Moderated) -> None:
        first, second = add(moderated, "First"), add(moderated, "Second")
        shown = await say(moderated, "/documents")
        assert shown["text"].index("1. Second") < shown["text"].index("2. First")
        moderated.store.edit(first.id, "tests", url="https://example.org/1")
        shown = await say(moderated, "/documents")
        assert shown["text"].index("1. First") < shown["text"].index("2. Second")
        assert second.title in shown["text"]

    async def test_pages_turn_and_keep_the_filter(self, moderated: Moderated) -> None:
        for number in range(1, 18):
            add(moderated, f"Guide {number:02}")
        add(moderated, "Something else")
        shown = await say(moderated, "/documents guide")
        assert shown["text"].startswith("17 documents\nFilter: guide\n")
        assert labels(shown)[:10] == [*"12345678", "1/3", "▶"]
        shown = await push(moderated, shown, "▶")
        assert "8. Guide 02" in shown["text"]
        shown = await push(moderated, shown, "▶")
        assert labels(shown)[:3] == ["1", "◀", "3/3"]
        assert "1. Guide 01" in shown["text"]
        assert "Something else" not in shown["text"]
        shown = await push(moderated, shown, "◀")
        assert "1. Guide 09" in shown["text"]

    async def test_page_that_is_gone_is_the_last_one(self, moderated: Moderated) -> None:
        add(moderated)
        shown = await say(moderated, "/documents")
        await moderated.deliver(press_update(shown, "do:list:999999", sender=MODERATOR))
        assert "1. Passport" in again(moderated, shown)["text"]

    async def test_filters_hold_together(self, moderated: Moderated) -> None:
        store = moderated.store
        hidden, removed = add(moderated, "Hidden one"), add(moderated, "Removed one")
        store.hide(hidden.id, "tests")
        store.remove(removed.id, "tests")
        add(moderated, "Пашпарт", "Пашпарт мяняюць у консульстве.", language="be")
        visa = store.save(make_draft("A visa is extended here.", title="Visa"), MODERATOR_ID)
        store.edit(visa.id, "tests", check_by=date(2020, 5, 1))
        for text, titles in FILTERED.items():
            shown = await say(moderated, f"/documents {text}")
            found = [line for line in shown["text"].splitlines() if line[:2] in {"1.", "2.", "3."}]
            assert [line[3:].split(" · ")[0] for line in found] == titles, text

    async def test_buttons_show_due_hidden_removed_and_all(self, moderated: Moderated) -> None:
        live, hidden, removed = (add(moderated, title) for title in ("Live", "Hid", "Gone"))
        moderated.store.edit(live.id, "tests", check_by=date(2020, 5, 1))
        moderated.store.hide(hidden.id, "tests")
        moderated.store.remove(removed.id, "tests")
        shown = await say(moderated, "/documents live")
        for label, count in (("Due", 1), ("Hidden", 1), ("Removed", 1), ("All", 3)):
            shown = await push(moderated, shown, label)
            assert shown["text"].startswith(f"{count} document")
            assert f"Filter: {label.lower()}" in shown["text"]
        assert "1. Gone · en · 🗑 removed" in shown["text"]
        assert "2. Hid · en · 🙈 hidden" in shown["text"]
        assert "3. Live · en · ⚠ due" in shown["text"]

    async def test_list_still_works_after_a_restart(
        self, telegram: TelegramServer, backing: Backing
    ) -> None:
        for number in range(9):
            backing.add(TEXT, title=f"Guide {number}")
        search = Searcher(backing.store, backing.index, calibration=CALIBRATION)
        async with running(telegram, backing, search) as application:
            shown = await say(Bot(application, telegram, backing), "/documents guide")
        async with running(telegram, backing, search) as application:
            second = Bot(application, telegram, backing)
            shown = await push(second, shown, "▶")
            assert "1. Guide 0" in shown["text"]
            card = await push(second, shown, "1")
            assert card["text"].startswith("Guide 0")


class TestCard:
    async def test_card_tells_all_that_is_known(self, moderated: Moderated) -> None:
        document = add(
            moderated,
            url="https://www.example.org/passport",
            published=date(2025, 9, 11),
        )
        moderated.keeping.edit(document.id, MODERATOR_ID, check_by=date(2126, 5, 1))
        card = await open_card(moderated, document)
        day = datetime.now(UTC)
        spelt = f"{day:%B} {day.day}, {day.year}"
        assert card["text"] == (
            "Passport\n"
            "example.org · September 11, 2025 · in English\n"
            "11 words · 1 passage\n"
            f"Added: tests, {spelt}\n"
            f"Last change: edited: day to be checked, Maryna, {spelt}\n"
            "To be checked by May 1, 2126\n"
            f"{TEXT}\n"
            f"Filter: {document.id} all"
        )
        assert quotes(card) == [TEXT]
        assert labels(card) == [
            "Edit title",
            "Edit date",
            "Edit link",
            "Check by…",
            "Hide",
            "Remove",
            "Replace",
            "History",
            "Full text",
            "◀ To the list",
        ]

    async def test_removed_document_is_not_found_and_undo_brings_it_back(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        assert await is_found(moderated)
        card = await open_card(moderated, document)
        card = await push(moderated, card, "Remove")
        assert moderated.store.document(document.id).state == "removed"
        assert not await is_found(moderated)
        await moderated.deliver(inline_update(QUESTION, sender=MEMBER))
        assert TEXT not in str(telegram.calls("answerInlineQuery")[-1])
        assert f"may stay for {CACHE_SECONDS} seconds." in card["text"]
        assert notices(telegram)[-1] in card["text"]
        assert "Restore" in labels(card)
        card = await push(moderated, card, "Undo")
        assert moderated.store.document(document.id).state == "live"
        assert await is_found(moderated)
        assert notices(telegram)[-1] == "Taken back."
        card = await push(moderated, card, "Redo")
        assert moderated.store.document(document.id).state == "removed"
        assert [change.action for change in moderated.store.history(document.id)] == [
            "undo",
            "undo",
            "remove",
            "add",
        ]

    async def test_hide_and_show_remove_and_restore(self, moderated: Moderated) -> None:
        document = add(moderated)
        card = await open_card(moderated, document)
        for label, state in (
            ("Hide", "hidden"),
            ("Show", "live"),
            ("Remove", "removed"),
            ("Restore", "live"),
        ):
            card = await push(moderated, card, label)
            assert moderated.store.document(document.id).state == state
            assert await is_found(moderated) == (state == "live")

    async def test_button_pressed_twice_does_it_once(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        card = await open_card(moderated, document)
        await push(moderated, card, "Remove")
        await push(moderated, card, "Remove", SECOND)
        assert notices(telegram)[-1] == "Already done by Maryna."
        await push(moderated, card, "Hide", SECOND)
        assert notices(telegram)[-1] == "Maryna has changed this document meanwhile."
        assert len(moderated.store.history(document.id)) == 2

    async def test_two_moderators_at_once_do_it_once(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        first = await open_card(moderated, document)
        second = await open_card(moderated, document, SECOND)
        await asyncio.gather(
            moderated.deliver(press(first, "Remove", sender=MODERATOR)),
            moderated.deliver(press(second, "Remove", sender=SECOND)),
        )
        assert len(moderated.store.history(document.id)) == 2
        told = notices(telegram)[-2:]
        assert sum("Already done" in str(notice) for notice in told) == 1
        for card in (first, second):
            assert "Restore" in labels(again(moderated, card))

    async def test_undo_of_what_was_changed_since_names_who_did(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        card = await push(moderated, await open_card(moderated, document), "Hide")
        changed = moderated.keeping.remove(document.id, f"telegram:{SECOND['id']}")
        card = await push(moderated, card, "Undo")
        assert notices(telegram)[-1] == (
            f"Siarhei has changed this document since (change {changed.revision}): that has to "
            "be taken back first."
        )
        assert "Restore" in labels(card)
        assert moderated.store.document(document.id).state == "removed"

    async def test_card_whose_document_is_gone_says_so(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        card = await push(moderated, await open_card(moderated, document), "Remove")
        moderated.store.purge(document.id, "tests")
        before = moderated.store.history()
        count = len(telegram.calls("answerCallbackQuery"))
        alone = [label for label in labels(card) if label not in {"◀ To the list", "History"}]
        for label in alone:
            await push(moderated, card, label)
        told = notices(telegram)[count:]
        assert told == ["This document is gone: nothing was changed."] * len(alone)
        assert moderated.store.history() == before
        assert "0 documents" in (await push(moderated, card, "◀ To the list"))["text"]

    async def test_full_text_comes_as_a_file(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        paragraphs = [f"Paragraph {number} of the passport guide. 🛂" for number in range(500)]
        document = add(moderated, "Як атрымаць / PESEL?", *paragraphs)
        await push(moderated, await open_card(moderated, document), "Full text")
        (upload,) = telegram.uploads
        assert upload.content.decode() == "\n\n".join(paragraphs)
        assert upload.name == "Як_атрымаць_PESEL.md"

    async def test_list_comes_back_with_its_filter_and_page(self, moderated: Moderated) -> None:
        for number in range(10):
            add(moderated, f"Guide {number}")
        add(moderated, "Other")
        shown = await push(moderated, await say(moderated, "/documents guide"), "▶")
        card = await push(moderated, shown, "2")
        assert card["text"].startswith("Guide 0")
        shown = await push(moderated, card, "◀ To the list")
        assert shown["text"].startswith("10 documents\nFilter: guide\n")
        assert "2. Guide 0" in shown["text"]

    async def test_card_is_sent_anew_from_other_messages(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        other = await say(moderated, "/help")
        await moderated.deliver(press_update(other, f"do:card:{document.id}", sender=MODERATOR))
        assert again(moderated, other)["text"] == other["text"]
        assert telegram.last_message()["text"].startswith("Passport\n")


class TestEditing:
    @pytest.mark.parametrize(
        ("label", "reply", "changed"),
        [
            ("Edit title", "  A new\ntitle ", ("title", "A new title")),
            ("Edit date", "11.09.2025", ("published", date(2025, 9, 11))),
            ("Edit date", "2025-09-11", ("published", date(2025, 9, 11))),
            ("Edit link", "https://example.org/новае", ("url", "https://example.org/новае")),
        ],
    )
    async def test_value_is_asked_for_and_the_card_shows_it(
        self, moderated: Moderated, label: str, reply: str, changed: tuple[str, object]
    ) -> None:
        telegram, (field, value) = moderated.telegram, changed
        document = add(moderated)
        card = await open_card(moderated, document)
        await push(moderated, card, label)
        question = telegram.last_message()
        assert telegram.calls("sendMessage")[-1]["reply_markup"]["force_reply"]
        await moderated.deliver(reply_update(question, reply, sender=MODERATOR))
        assert getattr(moderated.store.document(document.id), field) == value
        card = again(moderated, card)
        assert "Last change: edited: " in card["text"]
        assert f"Filter: {document.id} all" in card["text"]
        told = telegram.last_message()
        assert " · edited: " in told["text"]
        await push(moderated, told, "Undo")
        assert getattr(moderated.store.document(document.id), field) == getattr(document, field)

    async def test_wrong_value_is_asked_for_again(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        await push(moderated, await open_card(moderated, document), "Edit date")
        for wrong in ("tomorrow", "31.02.2025", "2025"):
            await moderated.deliver(reply_update(telegram.last_message(), wrong, sender=MODERATOR))
            assert telegram.last_message()["text"].startswith("This will not do. Reply with")
        assert len(moderated.store.history(document.id)) == 1
        await moderated.deliver(reply_update(telegram.last_message(), "-", sender=MODERATOR))
        assert telegram.last_message()["text"] == "It is so already."

    async def test_prompt_is_answered_once(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        await push(moderated, await open_card(moderated, document), "Edit title")
        question = telegram.last_message()
        await moderated.deliver(reply_update(question, "First", sender=MODERATOR))
        await moderated.deliver(reply_update(question, "Second", sender=SECOND))
        assert moderated.store.document(document.id).title == "First"

    async def test_reply_of_someone_dismissed_meanwhile_changes_nothing(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        card = await open_card(moderated, document)
        await push(moderated, card, "Edit title")
        question = telegram.last_message()
        moderated.records.moderators.dismiss(MODERATOR["id"])
        await moderated.deliver(reply_update(question, "Mine", sender=MODERATOR))
        await push(moderated, card, "Remove")
        assert notices(telegram)[-1] == "Only moderators can do this."
        assert moderated.store.document(document.id) == document

    async def test_prompt_outlives_a_restart(
        self, telegram: TelegramServer, backing: Backing
    ) -> None:
        document = backing.add(TEXT, title="Passport")
        search = Searcher(backing.store, backing.index, calibration=CALIBRATION)
        async with running(telegram, backing, search) as application:
            first = Bot(application, telegram, backing)
            card = await push(first, await open_card(first, document), "Remove")
            await push(first, card, "Edit title")
        question = telegram.last_message()
        async with running(telegram, backing, search) as application:
            second = Bot(application, telegram, backing)
            await second.deliver(reply_update(question, "New", sender=MODERATOR))
            assert backing.store.document(document.id).title == "New"
            await push(second, again(second, card), "Restore")
            assert backing.store.document(document.id).state == "live"

    async def test_moderators_work_together_in_a_group(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        await moderated.deliver(message_update("/documents", sender=MODERATOR, chat_id=-1009))
        card = await push(moderated, telegram.last_message(), "1")
        await push(moderated, card, "Edit title", SECOND)
        question = telegram.last_message()
        await moderated.deliver(reply_update(question, "Nothing", sender=MEMBER))
        await moderated.deliver(reply_update(question, "New", sender=MODERATOR))
        assert moderated.store.document(document.id).title == "New"
        assert again(moderated, card)["text"].startswith("New\n")
        assert telegram.messages(MODERATOR["id"]) == []

    async def test_document_gone_before_the_reply_is_told(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        await push(moderated, await open_card(moderated, document), "Edit title")
        moderated.store.remove(document.id, "tests")
        moderated.store.purge(document.id, "tests")
        await moderated.deliver(reply_update(telegram.last_message(), "New", sender=MODERATOR))
        assert "This document is gone" in telegram.last_message()["text"]

    @pytest.mark.parametrize(
        ("label", "months"), [("In 3 months", 3), ("In 6 months", 6), ("In a year", 12)]
    )
    async def test_check_by_is_set_by_a_button(
        self, moderated: Moderated, label: str, months: int
    ) -> None:
        document = add(moderated)
        card = await push(moderated, await open_card(moderated, document), "Check by…")
        card = await push(moderated, card, label)
        check_by = moderated.store.document(document.id).check_by
        assert check_by == in_months(today(), months)
        assert "To be checked by" in card["text"]
        assert "Undo" in labels(card)
        card = await push(moderated, await push(moderated, card, "Check by…"), "Never")
        assert moderated.store.document(document.id).check_by is None

    async def test_check_by_is_set_to_another_day(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        card = await push(moderated, await open_card(moderated, document), "Check by…")
        await push(moderated, card, "Another day")
        await moderated.deliver(
            reply_update(telegram.last_message(), "2020-05-01", sender=MODERATOR)
        )
        assert moderated.store.document(document.id).check_by == date(2020, 5, 1)
        assert "⚠ Due to be checked since May 1, 2020" in again(moderated, card)["text"]

    async def test_check_by_menu_leads_back_to_the_card(self, moderated: Moderated) -> None:
        card = await open_card(moderated, add(moderated))
        menu = await push(moderated, card, "Check by…")
        assert await push(moderated, menu, "◀ Back") == card

    async def test_new_version_replaces_by_its_card(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        paragraph = (
            "A passport is renewed at the consulate of the country where one lives, and this takes "
            "about a month. The fee is paid in cash, and the old passport is kept until then. "
        )
        document = add(moderated, "Passport", paragraph.strip(), source="upload/1/passport.md")
        await push(moderated, await open_card(moderated, document), "Replace")
        question = telegram.last_message()
        content = f"# Passport\n\n{paragraph}Since May the fee is 40 euro."
        file_id = telegram.add_file(content.encode())
        await moderated.deliver(
            document_update(file_id, "new.md", sender=MODERATOR, reply_to_message=question)
        )
        draft = next(
            message
            for message in telegram.messages(MODERATOR["id"])
            if any(label.startswith("Replace «") for label in labels(message))
        )
        await push(moderated, draft, "Replace «Passport»")
        assert moderated.store.document(document.id).id == document.id
        assert "40 euro" in moderated.store.text(document.id)


class TestMark:
    async def test_answers_mark_a_document_past_its_day(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        mark = "⚠ Due to be checked since May 1, 2020"
        await is_found(moderated)
        assert mark not in telegram.last_message()["text"]
        moderated.keeping.edit(document.id, "tests", check_by=date(2020, 5, 1))
        await is_found(moderated)
        assert telegram.last_message()["text"].endswith(mark)
        answer = telegram.last_message()
        for arrow in ("▶", "◀"):
            await moderated.deliver(press(again(moderated, answer), arrow, sender=MEMBER))
        assert again(moderated, answer)["text"].endswith(mark)
        await moderated.deliver(inline_update(QUESTION, sender=MEMBER))
        result = telegram.calls("answerInlineQuery")[-1]["results"][0]
        assert result["input_message_content"]["message_text"].endswith(mark)

    async def test_day_itself_is_not_past(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        for check_by, due in ((today() - timedelta(days=1), True), (today() + timedelta(1), False)):
            moderated.keeping.edit(document.id, "tests", check_by=check_by)
            await is_found(moderated)
            assert ("Due to be checked" in telegram.last_message()["text"]) == due


FORGED = [
    "do:list:0", "do:only:all", "do:open:{id}", "do:card:{id}", "do:back:{id}", "do:hide:{id}",
    "do:show:{hidden}", "do:remove:{id}", "do:restore:{removed}", "do:undo:{revision}:{id}",
    "do:in:3:{id}", "do:in:0:{id}", "do:title:{id}", "do:date:{id}", "do:link:{id}",
    "do:day:{id}", "do:check:{id}", "do:replace:{id}", "do:text:{id}", "hi:page:0", "hi:of:{id}",
    "hi:undo:{revision}:{id}", "hi:flip:{revision}:{id}", "ok:{id}", "do:", "do:purge:{id}",
    "hi:undo:x:y", "ok:", "ok:{id}:1",
]  # fmt: skip


async def test_stranger_who_forges_every_button_changes_nothing(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    document, hidden, removed = (add(moderated, title) for title in ("A", "B", "C"))
    moderated.keeping.edit(document.id, "tests", check_by=date(2020, 1, 1))
    moderated.keeping.hide(hidden.id, "tests")
    moderated.keeping.remove(removed.id, "tests")
    message = await say(moderated, "/documents")
    before = moderated.store.documents("live", "hidden", "removed")
    trail = moderated.store.history()
    sent = len(telegram.requests)
    for data in FORGED:
        given = data.format(
            id=document.id,
            hidden=hidden.id,
            removed=removed.id,
            revision=moderated.store.document(document.id).revision,
        )
        await moderated.deliver(press_update(message, given, sender=MEMBER))
    assert notices(telegram) == ["Only moderators can do this."] * len(FORGED)
    for command in ("/documents", "/documents all", "/history", "/undo"):
        told = await say(moderated, command, MEMBER)
        assert "do not know this command" in told["text"]
    assert moderated.store.documents("live", "hidden", "removed") == before
    assert moderated.store.history() == trail
    made = {request.method for request in telegram.requests[sent:]}
    assert made == {"answerCallbackQuery", "sendMessage"}


UNKNOWN = [
    "do:", "do:purge:1f2e3d4c", "do:hide:", "do:in:5:1f2e3d4c", "hi:undo:-1:x", "ok:",
    "do:list:-1", "do:open:../../etc", "do:only:everything", "hi:" + "x" * 60,
]  # fmt: skip


async def test_forged_button_of_a_moderator_is_explained(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    message = await say(moderated, "/documents")
    for data in UNKNOWN:
        await moderated.deliver(press_update(message, data, sender=MODERATOR))
    told = "This button is too old. Please send the command again."
    assert notices(telegram) == [told] * len(UNKNOWN)


OF_NO_DOCUMENT = [
    "do:open:00000000", "do:hide:00000000", "do:undo:9:00000000", "do:in:3:00000000",
    "do:title:00000000", "hi:undo:9:00000000", "hi:flip:9:00000000", "ok:00000000",
]  # fmt: skip


async def test_document_that_never_was_is_gone(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    message = await say(moderated, "/documents")
    for data in OF_NO_DOCUMENT:
        await moderated.deliver(press_update(message, data, sender=OWNER))
    told = "This document is gone: nothing was changed."
    assert notices(telegram) == [told] * len(OF_NO_DOCUMENT)


async def test_press_is_answered_once_though_telegram_fails(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    document = add(moderated)
    card = await open_card(moderated, document)
    telegram.refuse_next("editMessageText", "Bad Request: internal error")
    await push(moderated, card, "Remove")
    assert moderated.store.document(document.id).state == "removed"
    await push(moderated, card, "Remove")
    assert notices(telegram)[1:] == [
        "Something went wrong on my side. Please try again in a moment.",
        "Already done by Maryna.",
    ]
    assert len(moderated.store.history(document.id)) == 2


async def test_button_under_a_message_that_telegram_lost_is_explained(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    document = add(moderated)
    lost = {"chat": {"id": MODERATOR["id"], "type": "private"}, "message_id": 5, "date": 0}
    await moderated.deliver(press_update(lost, f"do:remove:{document.id}", sender=MODERATOR))
    assert notices(telegram) == ["This button is too old. Please send the command again."]
    assert moderated.store.document(document.id).state == "live"


async def test_all_buttons_of_a_card_fit(moderated: Moderated) -> None:
    card = await open_card(moderated, add(moderated))
    assert all(len(button["callback_data"].encode()) <= 64 for button in buttons(card))


async def test_reply_with_a_new_version_offers_to_replace_that_document(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    old = moderated.backing.add("The office in Vilnius opens at nine.", title="Offices")
    await moderated.deliver(message_update("/documents", sender=MODERATOR))
    await moderated.deliver(
        press_update(telegram.last_message(), f"do:open:{old.id}", sender=MODERATOR)
    )
    await moderated.deliver(press(telegram.last_message(), "Replace", sender=MODERATOR))
    text = "Everything is different now. " * 40  # so that nothing in it is like the old one
    await moderated.deliver(reply_update(telegram.last_message(), text, sender=MODERATOR))
    card = telegram.last_message()
    assert labels(card)[0] == "Replace «Offices»"
    await moderated.deliver(press(card, "Replace «Offices»", sender=MODERATOR))
    replaced = moderated.store.document(old.id)
    assert replaced.state == "live"
    assert moderated.store.text(old.id).startswith("Everything is different")
    assert len(moderated.store.documents()) == 1
