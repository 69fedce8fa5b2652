"""How much is asked and found, by day: numbers only, and nothing of who asked or when."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from bot.records import schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from corpus.database import Database
    from corpus.models import Language

Place = Literal["private", "group", "inline"]

_ANSWERED: Final = "answered"
_UNANSWERED: Final = "unanswered"
_QUOTED: Final = "quoted"
_CHOSEN: Final = "chosen"


@dataclass(frozen=True, slots=True)
class DayCount:
    """The questions of one day."""

    day: date
    answered: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What was asked over some days.

    Attributes:
        days: Every day, in order; those without a question have zeros.
        languages: How often each language was asked in, most first.
        quoted: How often each document was shown first, by its id, most first.
        inline_answered: Inline queries that found something. A client sends one at every pause
            in typing, so they are not questions, and are in none of the numbers above.
        inline_unanswered: Those that found nothing.
        chosen: Inline results that were sent to a chat. Telegram tells of them only where
            @BotFather was asked to have it so.
    """

    days: tuple[DayCount, ...]
    languages: Mapping[str, int]
    quoted: Mapping[str, int]
    inline_answered: int
    inline_unanswered: int
    chosen: int = 0

    @property
    def answered(self) -> int:
        """The questions that were answered."""
        return sum(day.answered for day in self.days)

    @property
    def unanswered(self) -> int:
        """The questions that found nothing."""
        return sum(day.unanswered for day in self.days)

    @property
    def asked(self) -> int:
        """All questions."""
        return self.answered + self.unanswered


class Counts:
    """The counters of all days. They are never deleted: nothing in them is of a person."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count_question(
        self,
        day: date,
        place: Place,
        language: Language,
        *,
        answered: bool,
        quoted: str | None = None,
    ) -> None:
        """Count one question.

        Args:
            day: When it was asked.
            place: In which kind of chat.
            language: In which it was asked.
            answered: Whether something was found.
            quoted: The id of the document that was shown first.
        """
        counted = [(_ANSWERED if answered else _UNANSWERED, f"{place}:{language}")]
        if quoted is not None:
            counted.append((_QUOTED, quoted))
        self._count(day, counted)

    def count_chosen(self, day: date, document_id: str) -> None:
        """Count an inline result that was sent, by its document."""
        self._count(day, [(_CHOSEN, document_id)])

    def _count(self, day: date, counted: Sequence[tuple[str, str]]) -> None:
        with self._database.writing() as connection:
            connection.execute(
                insert(schema.counts).on_conflict_do_update(
                    index_elements=["day", "kind", "key"],
                    set_={"count": schema.counts.c.count + 1},
                ),
                [{"day": day, "kind": kind, "key": key, "count": 1} for kind, key in counted],
            )

    def usage(self, first: date, last: date) -> Usage:
        """What was asked from one day to another, both included."""
        by_day: Counter[tuple[date, str]] = Counter()
        languages: Counter[str] = Counter()
        quoted: Counter[str] = Counter()
        inline: Counter[str] = Counter()
        chosen = 0
        with self._database.reading() as connection:
            rows = connection.execute(
                select(schema.counts).where(schema.counts.c.day.between(first, last))
            )
            for row in rows:
                number = row._mapping["count"]  # noqa: SLF001  # a row has a method of this name
                place, _, language = row.key.partition(":")
                if row.kind == _QUOTED:
                    quoted[row.key] += number
                elif row.kind == _CHOSEN:
                    chosen += number
                elif place == "inline":
                    inline[row.kind] += number
                else:
                    by_day[row.day, row.kind] += number
                    languages[language] += number
        days = [first + timedelta(number) for number in range((last - first).days + 1)]
        return Usage(
            tuple(DayCount(day, by_day[day, _ANSWERED], by_day[day, _UNANSWERED]) for day in days),
            _most_first(languages),
            _most_first(quoted),
            inline[_ANSWERED],
            inline[_UNANSWERED],
            chosen,
        )


def _most_first(counter: Counter[str]) -> dict[str, int]:
    """Equal numbers by name, so that the same counts always give the same order."""
    return dict(sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))
