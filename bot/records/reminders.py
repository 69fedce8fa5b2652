"""When the keepers of documents were last reminded of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from bot.records import schema

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from corpus.database import Database


class Reminders:
    """The reminders of all documents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remember(self, document_ids: Iterable[str], day: date) -> None:
        """Keep that the keepers of these documents were reminded on a day."""
        with self._database.writing() as connection:
            for document_id in document_ids:
                connection.execute(
                    insert(schema.reminders)
                    .values(document_id=document_id, reminded=day)
                    .on_conflict_do_update(index_elements=["document_id"], set_={"reminded": day})
                )

    def reminded(self) -> set[str]:
        """The documents whose keepers were reminded."""
        with self._database.reading() as connection:
            return set(connection.execute(select(schema.reminders.c.document_id)).scalars())

    def forget_before(self, day: date) -> None:
        """Forget the reminders before a day."""
        with self._database.writing() as connection:
            connection.execute(delete(schema.reminders).where(schema.reminders.c.reminded < day))
