"""Whoever is no moderator changes nothing, whatever they send or forge."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from telegram.ext import CallbackQueryHandler, CommandHandler

from bot.menus import member_commands, moderator_commands
from bot.messages import Messages
from tests.support.drafts import make_draft
from tests.support.moderated import MEMBER, MODERATOR, OWNER, SECOND
from tests.support.updates import (
    buttons,
    document_update,
    forwarded,
    from_user,
    message_update,
    press_update,
    reply_update,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.moderated import Moderated
    from tests.support.telegram import TelegramServer

GUIDE = (
    b"# Passports\n\nA passport is renewed at the consulate in Vilnius on weekdays. Bring two "
    b"photographs and the old passport; the fee is ninety euros and is paid by card only.\n"
)
# The first parts of what moderators' buttons and members' buttons carry.
MODERATORS = {"dr", "do", "hi", "mo", "ok", "ga", "fe"}
MEMBERS = {"te", "st", "la", "so", "fo", "mc", "fb", "gs"}
WORDS = Messages().for_language("en")
COMMANDS = [
    command.command
    for command in moderator_commands(WORDS, owner=True)
    if command not in member_commands(WORDS)
]


def contents(directory: Path) -> dict[str, list[Any]]:
    """Every row of both databases, but for what is counted and kept of any question."""
    rows: dict[str, list[Any]] = {}
    for name in ("corpus.db", "bot.db"):
        with sqlite3.connect(directory / name) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for (table,) in tables.fetchall():
                if table not in ("counts", "unanswered", "sqlite_sequence"):
                    rows[f"{name} {table}"] = connection.execute(
                        f'SELECT * FROM "{table}"'  # noqa: S608 - its own tables
                    ).fetchall()
        connection.close()
    return rows


async def work_as_a_moderator(moderated: Moderated, telegram: TelegramServer) -> list[str]:
    """Every kind of card and list, left open; gives the data of all their buttons."""
    backing = moderated.backing
    documents = [
        backing.add(f"Office {number} opens at nine.", title=f"Office {number}")
        for number in range(10)
    ]
    backing.keeping.edit(documents[0].id, "telegram:901", title="Offices")
    backing.keeping.hide(documents[1].id, "telegram:901")
    backing.keeping.remove(documents[2].id, "telegram:901")
    kept = backing.records.drafts.open(make_draft("Published.", title="P"), "telegram:901")
    backing.keeping.publish(kept.id, "telegram:901")
    telegram.add_file(GUIDE, "guide")
    for update in (
        document_update("guide", "passports.md", sender=MODERATOR),
        message_update("/documents", sender=MODERATOR),
        message_update("/history", sender=MODERATOR),
        message_update("/undo", sender=MODERATOR),
        message_update("/gaps", sender=MODERATOR),
        message_update("/feeds", sender=MODERATOR),
        message_update("/moderators", sender=OWNER),
        message_update("хто мяняе пашпарты сабакам", sender=SECOND),
        message_update("/gaps", sender=MODERATOR),
    ):
        await moderated.deliver(update)
    found: list[str] = []
    # Each card is opened from its list, and its own buttons are taken, too.
    for message in [*telegram.messages(901), *telegram.messages(902), *telegram.messages(900)]:
        for button in buttons(message):
            data = button.get("callback_data")
            if data is None:
                continue
            found.append(data)
            if data.startswith(("do:card:", "do:open:", "hi:of:", "ga:card:", "do:title:")):
                await moderated.deliver(press_update(message, data, sender=MODERATOR))
    for message in [*telegram.messages(901), *telegram.messages(902), *telegram.messages(900)]:
        found += [
            button["callback_data"] for button in buttons(message) if "callback_data" in button
        ]
    document_ids = [
        document.id for document in backing.store.documents("live", "hidden", "removed")
    ]
    found += [
        f"do:{action}:{document_id}"
        for action in ("hide", "show", "remove", "restore", "title", "check", "replace", "text")
        for document_id in document_ids
    ]
    found += [f"ok:{document_id}" for document_id in document_ids]
    found += [
        f"hi:undo:{change.revision}:{change.document_id}" for change in backing.store.history()
    ]
    found += [f"mo:{action}:{user}" for action in ("add", "off") for user in (77, 901)]
    return sorted(set(found))


@pytest.fixture
async def forged(moderated: Moderated, telegram: TelegramServer) -> list[str]:
    return await work_as_a_moderator(moderated, telegram)


async def test_forged_buttons_change_nothing(
    moderated: Moderated, telegram: TelegramServer, forged: list[str]
) -> None:
    prefixes = {data.split(":")[0] for data in forged}
    assert prefixes >= MODERATORS - {"fe"}
    # Wishes are a member's own business, and answers' pages anybody's.
    forged = [
        data
        for data in forged
        if data.startswith(("dr:", "do:", "hi:", "mo:", "ok:", "ga:", "fe:"))
    ]
    before = contents(moderated.backing.settings.data_dir)
    asked = len(telegram.requests)
    theirs = telegram.messages(901)[0]
    for data in forged:
        await moderated.deliver(press_update(theirs, data, sender=MEMBER))
    assert contents(moderated.backing.settings.data_dir) == before
    answers = telegram.calls("answerCallbackQuery")[-len(forged) :]
    assert {answer.get("text") for answer in answers} == {"Only moderators can do this."}
    methods = {request.method for request in telegram.requests[asked:]}
    assert methods == {"answerCallbackQuery"}


async def test_every_command_is_one_that_there_is_not(
    moderated: Moderated, telegram: TelegramServer, forged: list[str]
) -> None:
    before = contents(moderated.backing.settings.data_dir)
    document = moderated.store.documents()[0]
    replied = telegram.messages(901)[0]
    for command in COMMANDS:
        for arguments in ("", f" {document.id}", " add https://example.org/feed", " 77", " words"):
            await moderated.deliver(message_update(f"/{command}{arguments}", sender=MEMBER))
            assert "do not know this command" in telegram.last_message()["text"]
        await moderated.deliver(reply_update(replied, f"/{command}", sender=MEMBER))
        await moderated.deliver(
            message_update(f"/{command}", sender=MEMBER, chat_id=-100500)  # in a group
        )
    assert contents(moderated.backing.settings.data_dir) == before


async def test_files_forwards_and_replies_to_prompts_add_nothing(
    moderated: Moderated, telegram: TelegramServer, forged: list[str]
) -> None:
    await moderated.deliver(message_update("/add", sender=MODERATOR))
    prompt = telegram.messages(901)[-1]
    before = contents(moderated.backing.settings.data_dir)
    for update in (
        document_update("guide", "passports.md", sender=MEMBER),
        forwarded(message_update("word " * 300, sender=MEMBER), from_user(MODERATOR)),
        message_update("https://example.org/", sender=MEMBER),
        message_update("word " * 300, sender=MEMBER),
        reply_update(prompt, GUIDE.decode(), sender=MEMBER, chat=prompt["chat"]),
    ):
        await moderated.deliver(update)
    assert contents(moderated.backing.settings.data_dir) == before
    assert (
        telegram.calls("getFile")
        == [call for call in telegram.calls("getFile") if call["file_id"] == "guide"][:1]
    )


def test_every_button_and_command_of_moderators_is_tried_here(moderated: Moderated) -> None:
    """Whoever adds a prefix or a command has to add it above, too."""
    for handler in moderated.application.handlers[0]:
        if isinstance(handler, CallbackQueryHandler) and handler.pattern is not None:
            pattern = getattr(handler.pattern, "pattern", "")
            prefixes = pattern.removeprefix("^").partition(":")[0].strip("()").split("|")
            assert set(prefixes) <= MODERATORS | MEMBERS, pattern
        if isinstance(handler, CommandHandler):
            open_to_all = {
                "start",
                "help",
                "language",
                "sources",
                "latest",
                "privacy",
                "forget",
                "ask",
                "settings",
            }
            assert set(handler.commands) <= set(COMMANDS) | open_to_all
