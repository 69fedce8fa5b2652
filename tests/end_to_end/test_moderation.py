"""A moderator's day, with the real program, model, store and HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.playing import LIBRARY, LIBRARY_ANSWER, LIBRARY_QUESTION
from tests.end_to_end.test_telegram import running
from tests.support.documents import make_pdf
from tests.support.moderated import MEMBER, MODERATOR, OWNER
from tests.support.telegram import TelegramServer
from tests.support.updates import document_update, message_update, press, quotes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Program

pytestmark = pytest.mark.model


def ask(telegram: TelegramServer) -> list[str]:
    """What the bot quotes to a member."""
    before = len(telegram.calls("sendMessage"))
    telegram.send(message_update(LIBRARY_QUESTION, sender=MEMBER))
    telegram.wait_for("sendMessage", before + 1)
    return quotes(telegram.messages(MEMBER["id"])[-1])


def test_document_lives_from_upload_to_removal_over_restarts(
    program: Program, shared: Path
) -> None:
    program.environment["DAVIEDKA_OWNERS"] = str(OWNER["id"])
    with TelegramServer() as telegram:
        telegram.add_file(make_pdf([LIBRARY]), "library")
        with running(program, telegram):
            telegram.send(message_update(f"/moderators {MODERATOR['id']}", sender=OWNER))
            telegram.wait_for("sendMessage", 2)  # the owner and the moderator are told
            telegram.send(document_update("library", "library.pdf", sender=MODERATOR))
            telegram.wait_for("editMessageText")
            assert ask(telegram) == []  # nothing is found before Publish
        card = telegram.messages(MODERATOR["id"])[-1]

        with running(program, telegram):  # the card outlives a restart
            telegram.send(press(card, "Publish", sender=MODERATOR))
            telegram.wait_for("editMessageText", 2)
            found = ask(telegram)
            assert LIBRARY_ANSWER in " ".join(" ".join(found).split())
            sent = len(telegram.calls("sendMessage"))
            telegram.send(message_update("/undo", sender=MODERATOR))
            telegram.wait_for("sendMessage", sent + 1)

        with running(program, telegram):
            assert ask(telegram) == []  # removed is removed
        assert telegram.faults == []
    assert program.run("verify").returncode == 0
