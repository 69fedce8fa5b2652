"""How people want to be spoken to: known only of those who chose it, until they are forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from bot.records import schema
from bot.voices import language_in, script_of, voice_in

if TYPE_CHECKING:
    from bot.voices import Voice
    from corpus.database import Database


class Languages:
    """The languages that were chosen, by user."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def choose(self, user_id: int, voice: Voice) -> None:
        """Keep how someone wants to be spoken to from now on."""
        values = {"language": language_in(voice), "script": script_of(voice)}
        with self._database.writing() as connection:
            connection.execute(
                insert(schema.languages)
                .values(user_id=user_id, **values)
                .on_conflict_do_update(index_elements=["user_id"], set_=values)
            )

    def forget(self, user_id: int) -> None:
        """Forget what someone chose, if they did."""
        with self._database.writing() as connection:
            connection.execute(
                delete(schema.languages).where(schema.languages.c.user_id == user_id)
            )

    def chosen(self) -> dict[int, Voice]:
        """What everybody chose, by their ids."""
        with self._database.reading() as connection:
            rows = connection.execute(select(schema.languages))
            return {row.user_id: voice_in(row.language, row.script) for row in rows}
