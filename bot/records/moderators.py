"""Who keeps the corpus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert

from bot.records import schema

if TYPE_CHECKING:
    from corpus.database import Database

PREFIX: Final = "telegram:"


def identity(user_id: int) -> str:
    """How the corpus's audit trail knows a moderator."""
    return f"{PREFIX}{user_id}"


def user_id_of(identity: str) -> int | None:
    """Whom an identity means; None where it is nobody on Telegram."""
    number = identity.removeprefix(PREFIX)
    return int(number) if identity.startswith(PREFIX) and number.isdecimal() else None


@dataclass(frozen=True, slots=True)
class Moderator:
    """Someone who is a moderator, or was one.

    Attributes:
        language_code: What Telegram says of them; None where it is not known.
        named: True while an owner's word makes them a moderator.
    """

    user_id: int
    name: str
    language_code: str | None
    named: bool


class Moderators:
    """The moderators, and the names of all who ever were."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(self, user_id: int, name: str, language_code: str | None) -> None:
        """Keep the name and language of a moderator who does something now."""
        values = {"name": name, "language_code": language_code}
        with self._database.writing() as connection:
            connection.execute(
                insert(schema.moderators)
                .values(user_id=user_id, named=False, **values)
                .on_conflict_do_update(index_elements=["user_id"], set_=values)
            )

    def name_moderator(self, user_id: int, name: str, by: int) -> bool:
        """Make someone a moderator.

        Returns:
            False where they were one before.
        """
        with self._database.writing() as connection:
            named = select(schema.moderators.c.named).where(schema.moderators.c.user_id == user_id)
            if connection.execute(named).scalar():
                return False
            values = {"named": True, "named_by": by, "named_at": datetime.now(UTC)}
            connection.execute(
                insert(schema.moderators)
                .values(user_id=user_id, name=name, **values)
                .on_conflict_do_update(index_elements=["user_id"], set_=values)
            )
            return True

    def dismiss(self, user_id: int) -> bool:
        """Take an owner's word back.

        Returns:
            False where they were no named moderator.
        """
        with self._database.writing() as connection:
            dismissed = connection.execute(
                update(schema.moderators)
                .where(schema.moderators.c.user_id == user_id, schema.moderators.c.named)
                .values(named=False)
            )
            return dismissed.rowcount > 0

    def is_named(self, user_id: int) -> bool:
        """Whether an owner's word makes someone a moderator now."""
        moderator = self.find(user_id)
        return moderator is not None and moderator.named

    def named(self) -> list[Moderator]:
        """Those whom an owner named, the latest last."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(schema.moderators)
                .where(schema.moderators.c.named)
                .order_by(schema.moderators.c.named_at)
            )
            return [Moderator(row.user_id, row.name, row.language_code, row.named) for row in rows]

    def find(self, user_id: int) -> Moderator | None:
        """Someone who is a moderator, or was one; None where nobody is known by this id."""
        with self._database.reading() as connection:
            row = connection.execute(
                select(schema.moderators).where(schema.moderators.c.user_id == user_id)
            ).first()
        if row is None:
            return None
        return Moderator(row.user_id, row.name, row.language_code, row.named)

    def name(self, identity: str) -> str:
        """The name to show for who is in the audit trail."""
        user_id = user_id_of(identity)
        moderator = None if user_id is None else self.find(user_id)
        return identity if moderator is None else moderator.name
