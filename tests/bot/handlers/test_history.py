"""Who did what is told, and every change can be taken back, over HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from bot.lists import PAGE_LENGTH
from corpus.models import STATES
from tests.support.drafts import make_draft
from tests.support.moderated import MODERATOR, OWNER, SECOND
from tests.support.updates import labels, message_update, press, press_update

if TYPE_CHECKING:
    from bot.keeping import Keeping
    from corpus.models import Document
    from tests.support.moderated import Moderated
    from tests.support.telegram import TelegramServer

TEXT = "A passport is renewed at the consulate."
MARYNA = f"telegram:{MODERATOR['id']}"
SIARHEI = f"telegram:{SECOND['id']}"


def add(moderated: Moderated, title: str = "Passport", by: str = "tests") -> Document:
    document = moderated.store.save(make_draft(TEXT, title=title), by)
    moderated.backing.index.sync()
    return document


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
    await moderated.deliver(press(message, label, sender=sender))
    return moderated.telegram.message(message["chat"]["id"], message["message_id"])


def lines(message: dict[str, Any]) -> list[str]:
    """The changes in a history, without their times."""
    body = message["text"].split("\n\n")[1].splitlines()
    return [" · ".join(line.split(" · ")[:3]) for line in body]


def notices(telegram: TelegramServer) -> list[str | None]:
    return [call.get("text") for call in telegram.calls("answerCallbackQuery")]


class TestHistory:
    async def test_nothing_done_is_told(self, moderated: Moderated) -> None:
        shown = await say(moderated, "/history")
        assert "Nothing was done yet." in shown["text"]
        assert labels(shown) == []

    async def test_changes_are_told_with_who_made_them(self, moderated: Moderated) -> None:
        document = add(moderated)
        moderated.keeping.edit(document.id, MARYNA, title="Passports")
        moderated.keeping.hide(document.id, SIARHEI)
        moderated.keeping.undo(3, MARYNA)
        shown = await say(moderated, "/history")
        assert lines(shown) == [
            "4. Passports · change 3 taken back · Maryna",
            "Passports · hidden · Siarhei",
            "2. Passports · edited: title · Maryna",
            "1. Passport · added · tests",
        ]
        assert "taken back since" in shown["text"]
        assert labels(shown) == ["Undo 4", "Undo 2", "Undo 1"]

    async def test_purged_document_has_no_name_and_no_undo(self, moderated: Moderated) -> None:
        document = add(moderated)
        moderated.keeping.edit(document.id, MARYNA, title="Secret")
        moderated.keeping.remove(document.id, MARYNA)
        moderated.store.purge(document.id, "tests")
        shown = await say(moderated, f"/history {document.id}")
        assert lines(shown) == [
            "… · deleted for good · tests",
            "3. … · removed · Maryna",
            "2. … · edited · Maryna",
            "1. … · added · tests",
        ]
        await push(moderated, shown, "Undo 1")
        assert notices(moderated.telegram) == ["This document is gone: nothing was changed."]

    async def test_history_is_of_a_document_or_of_words(self, moderated: Moderated) -> None:
        passport, _ = add(moderated), add(moderated, "Visa")
        moderated.keeping.remove(passport.id, MARYNA)
        for text in (passport.id, "pašpart", f"passport {passport.id[:6]}"):
            shown = await say(moderated, f"/history {text}")
            assert lines(shown) == ["3. Passport · removed · Maryna", "1. Passport · added · tests"]
        assert "Nothing was done" in (await say(moderated, "/history nothing"))["text"]

    @pytest.mark.parametrize("text", ["", "passport"])
    async def test_pages_turn(self, moderated: Moderated, text: str) -> None:
        document = add(moderated)
        for number in range(2 * PAGE_LENGTH):
            moderated.store.edit(document.id, MARYNA, url=f"https://example.org/{number}")
        add(moderated, "Visa")
        shown = await say(moderated, f"/history {text}")
        count = len(moderated.store.history()) - bool(text)
        pages = [lines(shown)]
        while "▶" in labels(shown):
            shown = await push(moderated, shown, "▶")
            pages.append(lines(shown))
        assert sum(map(len, pages)) == count
        assert {len(page) for page in pages[:-1]} == {PAGE_LENGTH}
        assert pages[-1][-1] == "1. Passport · added · tests"
        assert "Undo 1" in labels(shown)
        shown = await push(moderated, shown, "◀")
        assert lines(shown) == pages[-2]

    async def test_undo_on_a_page_takes_back_and_shows_that(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        moderated.keeping.remove(document.id, SIARHEI)
        shown = await say(moderated, f"/history {document.id}")
        shown = await push(moderated, shown, "Undo 2")
        assert moderated.store.document(document.id).state == "live"
        assert notices(telegram) == ["Taken back."]
        assert lines(shown)[0] == "3. Passport · change 2 taken back · Maryna"
        assert f"Filter: {document.id}" in shown["text"]

    async def test_change_under_a_later_one_is_not_taken_back(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        moderated.keeping.hide(document.id, MARYNA)
        moderated.keeping.remove(document.id, SIARHEI)
        shown = await say(moderated, "/history")
        await push(moderated, shown, "Undo 2")
        assert notices(telegram) == [
            "Siarhei has changed this document since (change 3): that has to be taken back first."
        ]
        assert len(moderated.store.history()) == 3

    async def test_document_steps_aside_where_another_has_taken_its_place(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        draft = make_draft(TEXT, "It is new.", title="New")
        replaced = moderated.store.save(draft, MARYNA, replaces=document.id)
        other = moderated.store.save(make_draft("Else.", title="Passport"), SIARHEI)
        moderated.backing.index.sync()
        assert other.id != replaced.id
        shown = await say(moderated, f"/history {document.id}")
        await push(moderated, shown, "Undo 2")
        assert notices(telegram) == ["Taken back."]
        assert moderated.store.text(document.id) == TEXT
        assert moderated.store.document(other.id).state == "live"

    async def test_two_moderators_take_the_same_back_once(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        moderated.keeping.remove(document.id, MARYNA)
        first = await say(moderated, "/history")
        second = await say(moderated, "/history", SECOND)
        await asyncio.gather(
            moderated.deliver(press(first, "Undo 2", sender=MODERATOR)),
            moderated.deliver(press(second, "Undo 2", sender=SECOND)),
        )
        assert len(moderated.store.history()) == 3
        told = sorted(str(notice) for notice in notices(telegram))
        assert told[0].startswith("Already taken back by ")
        assert told[1] == "Taken back."

    async def test_forged_page_is_the_empty_end(self, moderated: Moderated) -> None:
        add(moderated)
        shown = await say(moderated, "/history")
        await moderated.deliver(press_update(shown, "hi:page:999999", sender=MODERATOR))
        shown = moderated.telegram.message(shown["chat"]["id"], shown["message_id"])
        assert labels(shown) == ["◀", "1000000"]

    async def test_card_leads_to_its_history(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document, _ = add(moderated), add(moderated, "Visa")
        listed = await say(moderated, "/documents passport")
        card = await push(moderated, listed, "1")
        await push(moderated, card, "History")
        assert lines(telegram.last_message()) == ["1. Passport · added · tests"]
        assert document.id in telegram.last_message()["text"]


class TestUndo:
    async def test_nothing_to_take_back_is_told(self, moderated: Moderated) -> None:
        document = add(moderated, by=SIARHEI)
        moderated.keeping.hide(document.id, SIARHEI)
        shown = await say(moderated, "/undo")
        assert shown["text"] == "You have changed nothing that can be taken back."
        assert len(moderated.store.history()) == 2

    async def test_own_last_change_is_taken_back_one_by_one(self, moderated: Moderated) -> None:
        document = add(moderated, by=MARYNA)
        other = add(moderated, "Visa", by=SIARHEI)
        moderated.keeping.hide(document.id, MARYNA)
        moderated.keeping.hide(other.id, SIARHEI)
        shown = await say(moderated, "/undo")
        assert shown["text"] == "Passport · change 3 taken back"
        assert moderated.store.document(document.id).state == "live"
        shown = await say(moderated, "/undo")
        assert shown["text"] == "Passport · change 1 taken back\n🗑 removed"
        shown = await say(moderated, "/undo")
        assert shown["text"] == "You have changed nothing that can be taken back."
        assert moderated.store.document(other.id).state == "hidden"

    async def test_redo_and_undo_again(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        moderated.keeping.remove(document.id, MARYNA)
        shown = await say(moderated, "/undo")
        assert labels(shown) == ["Redo", "Open"]
        again = await push(moderated, shown, "Redo")
        assert moderated.store.document(document.id).state == "removed"
        assert labels(again) == ["Redo", "Open"]
        # The old button, pressed by somebody who still sees it.
        await push(moderated, shown, "Redo", SECOND)
        assert notices(telegram) == ["Taken back.", "Already taken back by Maryna."]
        await push(moderated, again, "Redo")
        assert moderated.store.document(document.id).state == "live"
        # What was taken back and done again can be taken back by the command, too.
        await push(moderated, again, "Open")
        assert telegram.last_message()["text"].startswith("Passport\n")

    async def test_later_change_of_somebody_else_is_named(
        self, moderated: Moderated, telegram: TelegramServer
    ) -> None:
        document = add(moderated)
        moderated.keeping.hide(document.id, MARYNA)
        moderated.keeping.remove(document.id, SIARHEI)
        shown = await say(moderated, "/undo")
        assert shown["text"] == (
            "Passport\nSiarhei has changed this document since (change 3): that has to be taken "
            "back first."
        )
        await push(moderated, shown, "History")
        assert lines(telegram.last_message())[0] == "3. Passport · removed · Siarhei"

    async def test_change_of_a_purged_document_is_passed_over(self, moderated: Moderated) -> None:
        first, second = add(moderated, by=MARYNA), add(moderated, "Visa", by=MARYNA)
        moderated.keeping.remove(second.id, MARYNA)
        moderated.store.purge(second.id, MARYNA)
        await say(moderated, "/undo")
        assert moderated.store.document(first.id).state == "removed"

    async def test_undo_of_everything_brings_the_first_state_back(
        self, moderated: Moderated
    ) -> None:
        keeping: Keeping = moderated.keeping
        documents = [add(moderated, f"Guide {number}") for number in range(3)]
        before = {
            (one.id, one.title, one.state, one.check_by) for one in moderated.store.documents()
        }
        keeping.remove(documents[0].id, MARYNA)
        keeping.edit(documents[1].id, MARYNA, title="New")
        keeping.hide(documents[1].id, MARYNA)
        keeping.restore(documents[0].id, MARYNA)
        for _ in range(4):
            await say(moderated, "/undo")
        assert (await say(moderated, "/undo"))["text"].startswith("You have changed nothing")
        after = {
            (one.id, one.title, one.state, one.check_by)
            for one in moderated.store.documents(*STATES)
        }
        assert after == before


async def test_dismissed_moderator_undoes_nothing(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    document = add(moderated)
    moderated.keeping.remove(document.id, MARYNA)
    shown = await say(moderated, "/history")
    undone = await say(moderated, "/undo")
    moderated.records.moderators.dismiss(MODERATOR["id"])
    await push(moderated, shown, "Undo 2")
    await push(moderated, undone, "Redo")
    assert notices(telegram) == ["Only moderators can do this."] * 2
    assert "do not know this command" in (await say(moderated, "/undo"))["text"]
    assert moderated.store.document(document.id).state == "live"
    await push(moderated, undone, "Redo", OWNER)
    assert moderated.store.document(document.id).state == "removed"
