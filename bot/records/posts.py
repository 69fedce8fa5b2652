"""The parts of albums that channels post: each comes by itself, and any can be edited."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from bot.records import schema

if TYPE_CHECKING:
    from datetime import datetime

    from corpus.database import Database


@dataclass(frozen=True, slots=True)
class Post:
    """One part of an album.

    Attributes:
        album: The same for all parts.
        text: Its caption; "" without any.
        at: When it was posted.
    """

    chat_id: int
    message_id: int
    album: str
    text: str
    at: datetime


class Posts:
    """The parts of all albums of all channels."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, post: Post) -> None:
        """Keep a part, or what it has become by an edit."""
        values = {"album": post.album, "text": post.text, "at": post.at}
        with self._database.writing() as connection:
            connection.execute(
                insert(schema.channel_posts)
                .values(chat_id=post.chat_id, message_id=post.message_id, **values)
                .on_conflict_do_update(index_elements=["chat_id", "message_id"], set_=values)
            )

    def album(self, chat_id: int, album: str) -> list[Post]:
        """The parts of one album that have come so far, in their order."""
        posts = schema.channel_posts.c
        with self._database.reading() as connection:
            rows = connection.execute(
                select(schema.channel_posts)
                .where(posts.chat_id == chat_id, posts.album == album)
                .order_by(posts.message_id)
            )
            return [Post(**row._mapping) for row in rows]  # noqa: SLF001  # SQLAlchemy's public name

    def albums_since(self, moment: datetime) -> list[tuple[int, str]]:
        """The chats and names of the albums that were posted since a moment."""
        posts = schema.channel_posts.c
        with self._database.reading() as connection:
            rows = connection.execute(
                select(posts.chat_id, posts.album)
                .where(posts.at >= moment, posts.album.is_not(None))
                .distinct()
                .order_by(posts.chat_id, posts.album)
            )
            return [(row.chat_id, row.album) for row in rows]
