"""/export gives moderators the whole corpus, in private."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

from bot.handlers import exporting
from corpus.export import export_files
from tests.support.moderated import MEMBER, MODERATOR
from tests.support.telegram import message_update

if TYPE_CHECKING:
    import pytest

    from tests.support.moderated import Moderated
    from tests.support.telegram import TelegramServer

GROUP = -1005


async def test_corpus_is_sent_as_a_zip(moderated: Moderated, telegram: TelegramServer) -> None:
    moderated.backing.add("Half price.", title="Theatre")
    removed = moderated.backing.add("Opens at ten.", title="Library")
    moderated.store.remove(removed.id, "tests")
    await moderated.deliver(message_update("/export", sender=MODERATOR))
    (upload,) = telegram.uploads
    with zipfile.ZipFile(BytesIO(upload.content)) as archive:
        files = [(name, archive.read(name)) for name in archive.namelist()]
    assert files == list(export_files(moderated.store.database))
    message = telegram.last_message()
    assert message["chat"]["id"] == MODERATOR["id"]
    assert message["document"]["file_name"].startswith("daviedka-20")
    assert message["caption"].startswith("2 documents, hidden and removed ones among them")


async def test_empty_corpus_is_sent_too(moderated: Moderated, telegram: TelegramServer) -> None:
    await moderated.deliver(message_update("/export", sender=MODERATOR))
    assert telegram.last_message()["caption"].startswith("0 documents")


async def test_group_does_not_get_the_file(moderated: Moderated, telegram: TelegramServer) -> None:
    await moderated.deliver(message_update("/export", sender=MODERATOR, chat_id=GROUP))
    (sent,) = telegram.calls("sendDocument")
    assert sent["chat_id"] == MODERATOR["id"]
    (told,) = telegram.messages(GROUP)
    assert told["text"] == "I have sent it to you in private."


async def test_moderator_without_a_private_chat_is_told_in_the_group(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    telegram.block(MODERATOR["id"])
    await moderated.deliver(message_update("/export", sender=MODERATOR, chat_id=GROUP))
    (told,) = telegram.messages(GROUP)
    assert told["text"].startswith("I may not write to you")


async def test_what_is_too_large_for_telegram_is_explained(
    moderated: Moderated, telegram: TelegramServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SIZE_LIMIT", 100)
    await moderated.deliver(message_update("/export", sender=MODERATOR))
    assert telegram.uploads == []
    assert "daviedka export corpus.zip" in telegram.last_message()["text"]


async def test_stranger_gets_nothing(moderated: Moderated, telegram: TelegramServer) -> None:
    moderated.backing.add("Half price.", title="Theatre")
    for chat_id in (None, GROUP):
        await moderated.deliver(message_update("/export", sender=MEMBER, chat_id=chat_id))
    assert telegram.uploads == []
