"""What the administrators of groups have set; groups where nothing was set are not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from bot.group_settings import GroupSettings, Topics
from bot.records import schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from corpus.database import Database

# Before the listed topics, where questions are answered in them only.
_ONLY = "+"


class Groups:
    """The settings of groups, by chat."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, chat_id: int) -> GroupSettings:
        """A group's settings; the usual ones where nothing was set."""
        with self._database.reading() as connection:
            return _find(connection, chat_id) or GroupSettings()

    def change(
        self, chat_id: int, change: Callable[[GroupSettings], GroupSettings]
    ) -> GroupSettings:
        """Change a group's settings, and give them as they are then."""
        with self._database.writing() as connection:
            settings = change(_find(connection, chat_id) or GroupSettings())
            _keep(connection, chat_id, settings)
            return settings

    def migrate(self, old_chat_id: int, new_chat_id: int) -> None:
        """Move a group's settings to the supergroup that it became.

        What was set there already stays; to move them twice changes nothing.
        """
        with self._database.writing() as connection:
            settings = _find(connection, old_chat_id)
            if settings is not None and _find(connection, new_chat_id) is None:
                _keep(connection, new_chat_id, settings)
            _delete(connection, old_chat_id)


def _find(connection: Connection, chat_id: int) -> GroupSettings | None:
    row = connection.execute(
        select(schema.groups).where(schema.groups.c.chat_id == chat_id)
    ).one_or_none()
    if row is None:
        return None
    return GroupSettings(
        language=row.language,
        mentions=row.mentions,
        not_found=row.not_found,
        topics=_read_topics(row.topics),
        strictness=row.strictness,
    )


def _keep(connection: Connection, chat_id: int, settings: GroupSettings) -> None:
    _delete(connection, chat_id)
    if settings != GroupSettings():
        connection.execute(
            insert(schema.groups).values(
                chat_id=chat_id,
                language=settings.language,
                mentions=settings.mentions,
                not_found=settings.not_found,
                topics=_write_topics(settings.topics),
                strictness=settings.strictness,
            )
        )


def _delete(connection: Connection, chat_id: int) -> None:
    connection.execute(delete(schema.groups).where(schema.groups.c.chat_id == chat_id))


def _write_topics(topics: Topics) -> str:
    listed = ",".join(map(str, sorted(topics.listed)))
    return listed if topics.others else _ONLY + listed


def _read_topics(written: str) -> Topics:
    listed = written.removeprefix(_ONLY)
    return Topics(
        listed=frozenset(map(int, listed.split(","))) if listed else frozenset(),
        others=not written.startswith(_ONLY),
    )
