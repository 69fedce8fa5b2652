"""What people thought of answers: the question and the passage, never who, and only the day."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from sqlalchemy import delete, insert, select, update

from bot.records import schema

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement

    from corpus.database import Database
    from corpus.models import Language

JudgementKind: TypeAlias = Literal["button", "reaction", "chosen"]
Verdict: TypeAlias = Literal[1, -1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What somebody thought of a passage as the answer to a question.

    Attributes:
        day: When it was given.
        kind: By a button, by a reaction, or by sending an inline result, which says less.
        verdict: 1 where the passage answers the question, -1 where it does not.
        question: As it was asked, on one line; "" where it is not known, or its words might tell
            who asked: then only what was thought of the passage is kept.
        language: The question's; "" without a question.
        document_id: Where the passage stands.
        source: Of that document, at the time.
        quote: The passage's core sentence.
    """

    day: date
    kind: JudgementKind
    verdict: Verdict
    question: str
    language: Language | Literal[""]
    document_id: str
    source: str
    quote: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """Whoever has it may change one judgement, or take it back.

    Attributes:
        id: The judgement's.
        secret: Sixteen hexadecimal digits, so that nobody can guess another judgement's.
    """

    id: int
    secret: str


class Judgements:
    """All judgements, in the order in which they were given."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, judgement: Judgement) -> Receipt:
        """Keep a judgement."""
        secret = secrets.token_hex(8)
        with self._database.writing() as connection:
            result = connection.execute(
                insert(schema.judgements).values(**asdict(judgement), secret=secret)
            )
            return Receipt(int(result.lastrowid), secret)

    def change(self, receipt: Receipt, verdict: Verdict) -> bool:
        """Change what was thought, or leave it so; False where the judgement is gone."""
        with self._database.writing() as connection:
            statement = update(schema.judgements).where(*_of(receipt)).values(verdict=verdict)
            return connection.execute(statement).rowcount > 0

    def take_back(self, receipt: Receipt, verdict: Verdict) -> bool:
        """Delete a judgement; False where it is gone, or is not this verdict."""
        with self._database.writing() as connection:
            statement = delete(schema.judgements).where(
                *_of(receipt), schema.judgements.c.verdict == verdict
            )
            return connection.execute(statement).rowcount > 0

    def all(self) -> list[Judgement]:
        """Every judgement, the first one first."""
        columns = [schema.judgements.c[name] for name in Judgement.__slots__]
        with self._database.reading() as connection:
            rows = connection.execute(select(*columns).order_by(schema.judgements.c.id))
            return [Judgement(**row._mapping) for row in rows]  # noqa: SLF001  # SQLAlchemy's public name

    def forget_before(self, day: date) -> int:
        """Delete what was given before a day; give the number of judgements."""
        return self._forget(schema.judgements.c.day < day)

    def forget_document(self, document_id: str) -> int:
        """Delete what quotes a document that is deleted for good; give the number."""
        return self._forget(schema.judgements.c.document_id == document_id)

    def _forget(self, condition: ColumnElement[bool]) -> int:
        with self._database.writing() as connection:
            return connection.execute(delete(schema.judgements).where(condition)).rowcount


def _of(receipt: Receipt) -> tuple[ColumnElement[bool], ...]:
    return (
        schema.judgements.c.id == receipt.id,
        schema.judgements.c.secret == receipt.secret,
    )
