"""Nobody who asks can be found afterwards: not in a database, a file, or a line of the log."""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import dataclass
from random import Random
from sqlite3 import connect
from typing import TYPE_CHECKING, Final

import pytest

from bot.cli import _log
from tests.support.telegram import (
    BOT,
    buttons,
    inline_update,
    message_update,
    person,
    press_update,
)
from tests.support.updates import (
    chosen_update,
    edited,
    in_topic,
    reaction_update,
    reply_update,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.moderated import Moderated
    from tests.support.telegram import Json

CONVERSATIONS: Final = 300
STEPS: Final = 3
# What the person or the group's administrators asked to be kept: it is kept there and only there.
OPT_INS: Final = {("wishes", "chat_id"), ("languages", "user_id"), ("groups", "chat_id")}
OF_PEOPLE: Final = OPT_INS - {("groups", "chat_id")}

FOUND: Final = (
    "Where can I renew my driving licence?",
    "How much does the passport cost?",
    "Калі працуе беларуская школа?",
)
NOT_FOUND: Final = (
    "Who repairs violins around here?",
    "Дзе купіць добрыя лыжы?",
    "Kur galima išsinuomoti valtį?",
)
DOCUMENTS: Final = (
    ("Licence", "You renew a driving licence at the town office. Bring a photograph."),
    ("Passport", "A passport does cost 35 euros. Children pay half of the price."),
    ("Школа", "Беларуская школа працуе па суботах. Навучанне бясплатнае."),
)
# Everything that tells of a member has one of these in it, and nothing else has.
FIRST_ID: Final = 0x1B8B30000
TRAITS: Final = ("zoškaq", "zoskaq", "73937")
# Whoever's id it is: how SQLite writes it begins alike.
WRITTEN_ID: Final = FIRST_ID.to_bytes(6, "big")[:4]
LANGUAGE_CODES: Final = ("be", "ru", "uk", "pl", "lt", "en", "de", "pt-BR")
COMMANDS: Final = (
    "/start", "/start inline", "/help", "/language", "/sources", "/latest", "/privacy", "/nothing",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a telling name, and the group where they are an administrator."""

    user: Json
    group: Json

    @classmethod
    def make(cls, number: int, language_code: str) -> Member:
        user = person(
            FIRST_ID + number,
            language_code,
            first_name=f"Zoškaq{number}",
            last_name=f"Zoškaqowa{number}",
            username=f"zoskaq_{number}",
        )
        # As Telegram makes such ids of others.
        group_id = int(f"-100{user['id']}")
        title = f"Сябры Zoškaq{number}"
        return cls(user, {"id": group_id, "type": "supergroup", "title": title})

    @property
    def chat(self) -> Json:
        """Their private chat."""
        names = ("id", "first_name", "last_name", "username")
        return {"type": "private", **{name: self.user[name] for name in names}}

    def words(self, random: Random) -> str:
        """What they ask, which may tell who they are."""
        asked = random.choice(FOUND + NOT_FOUND)
        name, number = self.user["username"], self.user["id"]
        telling = (
            "",
            "",
            f" Write to {name}@mail.example!",
            f" My number is +48 {number}.",
            f" I am @{name}.",
            f" https://t.me/{name}",
            f" My id: {number}",
        )
        return asked + random.choice(telling)


class Conversations:
    """What members do, one after the other."""

    def __init__(self, moderated: Moderated, random: Random) -> None:
        self.moderated = moderated
        self.telegram = moderated.telegram
        self.random = random
        self.members: list[Member] = []
        # Telegram's limits would let this take minutes.
        moderated.application.bot._rate_limiter = None

    async def hold(self, number: int) -> None:
        """Let somebody new talk with the bot for a while."""
        member = Member.make(number, self.random.choice(LANGUAGE_CODES))
        self.members.append(member)
        self.telegram.add_chat(member.chat)
        self.telegram.add_chat(member.group)
        self.telegram.set_member(member.group["id"], member.user["id"], "administrator")
        talk = (self.private, self.group, self.topic, self.inline)[number % 4]
        for _ in range(STEPS):
            await talk(member)

    async def private(self, member: Member) -> None:
        text = self.random.choice([member.words(self.random)] * 8 + [*COMMANDS])
        await self._converse(member, message_update(text, sender=member.user, chat=member.chat))

    async def group(self, member: Member, topic: int | None = None) -> None:
        words = member.words(self.random)
        text = self.random.choice([f"/ask {words}", f"@{BOT['username']} {words}", "/settings"])
        placed_in = member.group if topic is None else {**member.group, "is_forum": True}
        update = message_update(text, sender=member.user, chat=placed_in)
        if text.startswith("@"):
            mention = {"type": "mention", "offset": 0, "length": len(BOT["username"]) + 1}
            update["message"]["entities"] = [mention]
        await self._converse(member, update if topic is None else in_topic(update, topic))

    async def topic(self, member: Member) -> None:
        await self.group(member, self.random.randint(2, 9))

    async def inline(self, member: Member) -> None:
        words = member.words(self.random)
        before = len(self.telegram.calls("answerInlineQuery"))
        await self.deliver(inline_update(words, sender=member.user))
        for call in self.telegram.calls("answerInlineQuery")[before:]:
            for result in call["results"][:1]:
                await self.deliver(chosen_update(result["id"], words, sender=member.user))

    async def forget(self, member: Member) -> None:
        await self.deliver(message_update("/forget", sender=member.user, chat=member.chat))

    async def deliver(self, update: Json) -> None:
        await self.moderated.deliver(update)

    async def _converse(self, member: Member, update: Json) -> None:
        """Say something, and do something about what the bot sent last, if it sent anything."""
        step = self.random.choice(["press"] * 4 + ["reply", "edit", "react", "refused"])
        if step == "refused":
            self.telegram.refuse_next("sendMessage", "Forbidden: bot was blocked by the user", 403)
        await self.deliver(update)
        sent = self.telegram.messages(update["message"]["chat"]["id"])
        if not sent:
            return
        pressed = [button for button in buttons(sent[-1]) if "callback_data" in button]
        if step == "press":
            for button in self.random.sample(pressed, min(2, len(pressed))):
                press = press_update(sent[-1], button["callback_data"], sender=member.user)
                await self.deliver(press)
        elif step == "reply":
            text = self.random.choice(["а калі?", "and for children?", member.words(self.random)])
            await self.deliver(reply_update(sent[-1], text, sender=member.user))
        elif step == "edit":
            words = member.words(self.random)
            await self.deliver(edited(update, text=words, entities=None))
        elif step == "react":
            emoji = self.random.choice("👍👎🔥")
            await self.deliver(reaction_update(sent[-1], emoji, sender=member.user))


def tells(text: str) -> bool:
    """Whether a text tells of a member."""
    return any(trait in text.casefold() for trait in TRAITS)


def places(directory: Path) -> set[tuple[str, str]]:
    """The tables and columns in which anything of a member stands."""
    return {
        (table, column) for table, column, values in columns(directory) if tells("\n".join(values))
    }


def columns(directory: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Every column of every table of both databases, as text."""
    for name in ("corpus.db", "bot.db"):
        with closing(connect(directory / name)) as database:
            tables = database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            for (table,) in tables.fetchall():
                cursor = database.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - its own name
                rows = cursor.fetchall()
                for number, (column, *_) in enumerate(cursor.description):
                    yield table, column, [as_text(row[number]) for row in rows]


def as_text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def files(directory: Path) -> dict[str, bytes]:
    """Every file, at any depth."""
    return {path.name: path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """The log as an operator has it who wants to see everything."""
    loggers = [logging.getLogger(name) for name in ("", "httpx", "alembic", "telegram")]
    before = [logger.level for logger in loggers]
    filters = list(logging.getLogger("telegram.ext").filters)
    _log("DEBUG")
    caplog.set_level(logging.DEBUG)
    yield caplog
    logging.getLogger("telegram.ext").filters = filters
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


async def test_members_leave_no_trace_but_what_they_asked_for_and_none_once_forgotten(
    moderated: Moderated, logged: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    for title, text in DOCUMENTS:
        moderated.backing.add(text, title=title, source=f"/guides/{title}.md")
    conversations = Conversations(moderated, Random(5))  # noqa: S311 - a test's
    for number in range(CONVERSATIONS):
        await conversations.hold(number)

    # Were nothing kept and nothing logged, nothing would be shown by finding nothing.
    kept = {table: values for table, column, values in columns(tmp_path) if column == "day"}
    assert all(kept[table] for table in ("unanswered", "counts", "judgements"))
    assert len(logged.records) > CONVERSATIONS
    assert places(tmp_path) == OPT_INS
    assert any(WRITTEN_ID in content for content in files(tmp_path).values())
    for content in files(tmp_path).values():
        assert not tells(content.decode("utf-8", errors="ignore"))

    for member in conversations.members:
        await conversations.forget(member)
    assert places(tmp_path) == OPT_INS - OF_PEOPLE
    assert not tells(logged.text)
    moderated.records.close()
    assert not [name for name, content in files(tmp_path).items() if WRITTEN_ID in content]
