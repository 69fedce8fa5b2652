"""Questions that found nothing, without who asked; and apart, who wants to be told of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.dialects import sqlite

from bot.records import schema
from corpus.database import parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from corpus.database import Database
    from corpus.models import Language

GapState = Literal["open", "done", "out of scope"]


@dataclass(frozen=True, slots=True)
class Question:
    """A question that found nothing.

    Attributes:
        id: Never used twice.
        text: As it was typed, on one line.
        language: The asker was spoken to in it.
        day: When it was asked.
        count: How often, in the same words, on that day.
        state: What moderators made of it.
        model: Of the embedding; None where there is none yet.
        embedding: float16, as bytes.
    """

    id: int
    text: str
    language: Language
    day: date
    count: int
    state: GapState
    model: str | None
    embedding: bytes | None


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants to be told when there is an answer to a question.

    Attributes:
        language: To tell them in.
        day: When they wished it.
    """

    chat_id: int
    question_id: int
    language: Language
    day: date


class Gaps:
    """What was asked in vain. Of who asked, only wishes know, and only until they are told."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, text: str, language: Language, day: date) -> int:
        """Keep a question that found nothing; the same words on the same day are counted.

        Returns:
            Its id.
        """
        table = schema.unanswered
        with self._database.writing() as connection:
            # After "done" it is a new question: what was to answer it does not.
            known = connection.execute(
                select(table.c.id).where(
                    table.c.day == day,
                    table.c.text == text,
                    table.c.language == language,
                    table.c.state != "done",
                )
            ).scalar()
            if known is not None:
                connection.execute(
                    update(table).where(table.c.id == known).values(count=table.c.count + 1)
                )
                return int(known)
            result = connection.execute(
                insert(table).values(text=text, language=language, day=day, count=1, state="open")
            )
            return int(result.lastrowid)

    def ask_for(self, question_id: int) -> bool:
        """Count that somebody asks for an answer to a question, as if it were asked once more.

        Returns:
            False where the question is not kept any more.
        """
        table = schema.unanswered
        with self._database.writing() as connection:
            return (
                connection.execute(
                    update(table).where(table.c.id == question_id).values(count=table.c.count + 1)
                ).rowcount
                > 0
            )

    def questions(self) -> list[Question]:
        """All questions, whatever became of them, in the order in which they were asked."""
        with self._database.reading() as connection:
            rows = connection.execute(select(schema.unanswered).order_by(schema.unanswered.c.id))
            return [Question(**row._mapping) for row in rows]  # noqa: SLF001  # SQLAlchemy's public name

    def keep_embeddings(self, model: str, embeddings: Mapping[int, bytes]) -> None:
        """Keep the embeddings that a model gave, by the questions' ids."""
        with self._database.writing() as connection:
            for question_id, embedding in embeddings.items():
                connection.execute(
                    update(schema.unanswered)
                    .where(schema.unanswered.c.id == question_id)
                    .values(model=model, embedding=embedding)
                )

    def mark(self, ids: Sequence[int], state: GapState, *, unless: Sequence[GapState]) -> int:
        """Write down what became of questions.

        Args:
            ids: The questions; those that are deleted meanwhile are passed over.
            state: What they are now.
            unless: Those that are in one of these states stay as they are.

        Returns:
            How many were changed.
        """
        changed = 0
        with self._database.writing() as connection:
            for some in parts(ids):
                changed += connection.execute(
                    update(schema.unanswered)
                    .where(
                        schema.unanswered.c.id.in_(some),
                        schema.unanswered.c.state.not_in([state, *unless]),
                    )
                    .values(state=state)
                ).rowcount
        return changed

    def forget_before(self, day: date) -> int:
        """Delete what was asked before a day, with its wishes; give the number of questions."""
        with self._database.writing() as connection:
            deleted = connection.execute(
                delete(schema.unanswered).where(schema.unanswered.c.day < day)
            ).rowcount
            connection.execute(
                delete(schema.wishes).where(
                    ~exists().where(schema.unanswered.c.id == schema.wishes.c.question_id)
                )
            )
            return deleted

    def wish(self, chat_id: int, question_id: int, day: date) -> bool:
        """Keep that somebody wants to be told; to wish it twice changes nothing.

        Returns:
            False where the question is not kept any more.
        """
        questions = schema.unanswered.c
        with self._database.writing() as connection:
            language = connection.execute(
                select(questions.language).where(questions.id == question_id)
            ).scalar()
            if language is None:
                return False
            connection.execute(
                sqlite.insert(schema.wishes)
                .values(chat_id=chat_id, question_id=question_id, language=language, day=day)
                .on_conflict_do_nothing()
            )
            return True

    def withdraw(self, chat_id: int, question_id: int) -> bool:
        """Forget that somebody wants to be told.

        Returns:
            False where nothing was known of it.
        """
        with self._database.writing() as connection:
            return (
                connection.execute(
                    delete(schema.wishes).where(
                        schema.wishes.c.chat_id == chat_id,
                        schema.wishes.c.question_id == question_id,
                    )
                ).rowcount
                > 0
            )

    def wishes_of(self, chat_id: int) -> list[tuple[date, str]]:
        """What one chat wants to be told of: the day of each wish, and its question."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(schema.wishes.c.day, schema.unanswered.c.text)
                .join(schema.unanswered, schema.unanswered.c.id == schema.wishes.c.question_id)
                .where(schema.wishes.c.chat_id == chat_id)
                .order_by(schema.wishes.c.day, schema.wishes.c.question_id)
            )
            return [(row.day, row.text) for row in rows]

    def forget_wishes(self, chat_id: int) -> None:
        """Forget everything that one chat wants to be told of."""
        with self._database.writing() as connection:
            connection.execute(delete(schema.wishes).where(schema.wishes.c.chat_id == chat_id))

    def wishers(self, ids: Sequence[int]) -> int:
        """How many people want to be told of any of these questions."""
        chats: set[int] = set()
        with self._database.reading() as connection:
            for some in parts(ids):
                chats.update(
                    connection.execute(
                        select(schema.wishes.c.chat_id).where(schema.wishes.c.question_id.in_(some))
                    ).scalars()
                )
        return len(chats)

    def due(self) -> list[tuple[Wish, Question]]:
        """The wishes on questions that moderators have decided on."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(
                    schema.wishes.c.chat_id,
                    schema.wishes.c.language.label("told_in"),
                    schema.wishes.c.day.label("wished"),
                    *schema.unanswered.c,
                )
                .join(schema.unanswered, schema.unanswered.c.id == schema.wishes.c.question_id)
                .where(schema.unanswered.c.state != "open")
                .order_by(schema.wishes.c.question_id, schema.wishes.c.chat_id)
            ).all()
        return [
            (
                Wish(row.chat_id, row.id, row.told_in, row.wished),
                Question(**{name: row._mapping[name] for name in Question.__slots__}),  # noqa: SLF001  # as above
            )
            for row in rows
        ]
