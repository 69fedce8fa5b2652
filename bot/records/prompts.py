"""Questions of the bot that wait for a moderator's reply. They outlive a restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from bot.records import schema

if TYPE_CHECKING:
    from corpus.database import Database


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a message of the bot asks for.

    Attributes:
        subject: As the handler that asks names it, its prefix first: "dr:title:1f2e3d4c".
        card_id: The message to bring up to date once the reply is there; None where none is.
    """

    chat_id: int
    message_id: int
    subject: str
    card_id: int | None


class Prompts:
    """The prompts of all chats."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, prompt: Prompt) -> None:
        """Keep what a message asks for."""
        with self._database.writing() as connection:
            values = {
                "subject": prompt.subject,
                "card_id": prompt.card_id,
                "at": datetime.now(UTC),
            }
            connection.execute(
                insert(schema.prompts)
                .values(chat_id=prompt.chat_id, message_id=prompt.message_id, **values)
                .on_conflict_do_update(index_elements=["chat_id", "message_id"], set_=values)
            )

    def find(self, chat_id: int, message_id: int) -> Prompt | None:
        """What a message asks for; None where it asks for nothing (any more)."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(schema.prompts).where(
                    schema.prompts.c.chat_id == chat_id, schema.prompts.c.message_id == message_id
                )
            ).first()
        if row is None:
            return None
        return Prompt(row.chat_id, row.message_id, row.subject, row.card_id)

    def latest(self, chat_id: int, since: datetime) -> Prompt | None:
        """What was asked for last in a chat, not before a moment."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(schema.prompts)
                .where(schema.prompts.c.chat_id == chat_id, schema.prompts.c.at >= since)
                .order_by(schema.prompts.c.at.desc(), schema.prompts.c.message_id.desc())
                .limit(1)
            ).first()
        if row is None:
            return None
        return Prompt(row.chat_id, row.message_id, row.subject, row.card_id)

    def settle(self, chat_id: int, message_id: int) -> None:
        """Forget a prompt that was answered or is not needed any more."""
        with self._database.writing() as connection:
            connection.execute(
                delete(schema.prompts).where(
                    schema.prompts.c.chat_id == chat_id, schema.prompts.c.message_id == message_id
                )
            )

    def forget_before(self, moment: datetime) -> None:
        """Forget prompts that nobody replied to."""
        with self._database.writing() as connection:
            connection.execute(delete(schema.prompts).where(schema.prompts.c.at < moment))
