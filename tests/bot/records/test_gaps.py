"""Questions that found nothing are kept without who asked; wishes apart, and not for long."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.records.database import Records
from bot.records.gaps import Question, Wish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MONDAY = date(2026, 11, 23)
TEXT = "дзе ўзяць апостыль"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records.open(tmp_path / "bot.db")
    yield records
    records.close()


def test_same_words_on_the_same_day_are_counted(records: Records) -> None:
    gaps = records.gaps
    first = gaps.keep(TEXT, "be", MONDAY)
    assert gaps.keep(TEXT, "be", MONDAY) == first
    second = gaps.keep(TEXT, "be", MONDAY + timedelta(1))
    assert gaps.questions() == [
        Question(first, TEXT, "be", MONDAY, 2, "open", None, None),
        Question(second, TEXT, "be", MONDAY + timedelta(1), 1, "open", None, None),
    ]


def test_what_is_asked_again_though_it_was_done_is_a_new_question(records: Records) -> None:
    gaps = records.gaps
    first = gaps.keep(TEXT, "be", MONDAY)
    gaps.mark([first], "done", unless=[])
    second = gaps.keep(TEXT, "be", MONDAY)
    assert [(known.id, known.state) for known in gaps.questions()] == [
        (first, "done"),
        (second, "open"),
    ]


def test_what_is_asked_again_though_out_of_scope_stays_so(records: Records) -> None:
    gaps = records.gaps
    first = gaps.keep(TEXT, "be", MONDAY)
    gaps.mark([first], "out of scope", unless=[])
    assert gaps.keep(TEXT, "be", MONDAY) == first


def test_question_is_marked_once(records: Records) -> None:
    gaps = records.gaps
    ids = [gaps.keep(f"{TEXT} {number}", "be", MONDAY) for number in range(3)]
    assert gaps.mark([], "done", unless=[]) == 0
    assert gaps.mark([*ids, 999], "done", unless=["out of scope"]) == 3
    assert gaps.mark(ids, "done", unless=["out of scope"]) == 0
    assert gaps.mark(ids, "out of scope", unless=["done"]) == 0
    assert gaps.mark(ids, "open", unless=[]) == 3


def test_embedding_is_kept_with_its_models_name(records: Records) -> None:
    first, second = (records.gaps.keep(text, "be", MONDAY) for text in ("адно", "другое"))
    records.gaps.keep_embeddings("fake", {first: b"12", 999: b"34"})
    known = {question.id: question for question in records.gaps.questions()}
    assert (known[first].model, known[first].embedding) == ("fake", b"12")
    assert (known[second].model, known[second].embedding) == (None, None)


def test_wish_is_kept_once_and_withdrawn_by_its_owner_only(records: Records) -> None:
    gaps = records.gaps
    question = gaps.keep(TEXT, "be", MONDAY)
    assert gaps.wish(77, question, MONDAY)
    assert gaps.wish(77, question, MONDAY)
    assert gaps.wish(78, question, MONDAY)
    assert gaps.wishers([question]) == 2
    assert not gaps.withdraw(79, question)
    assert gaps.withdraw(77, question)
    assert not gaps.withdraw(77, question)
    assert gaps.wishers([question]) == 1


def test_question_that_is_not_there_cannot_be_wished(records: Records) -> None:
    assert not records.gaps.wish(77, 1, MONDAY)
    assert records.gaps.wishers([1]) == 0


def test_wishes_are_due_once_their_question_is_decided_on(records: Records) -> None:
    gaps = records.gaps
    question, other = gaps.keep(TEXT, "be", MONDAY), gaps.keep("іншае", "be", MONDAY)
    gaps.wish(77, question, MONDAY)
    gaps.wish(77, other, MONDAY)
    assert gaps.due() == []
    gaps.mark([question], "done", unless=[])
    assert gaps.due() == [
        (
            Wish(77, question, "be", MONDAY),
            Question(question, TEXT, "be", MONDAY, 1, "done", None, None),
        )
    ]


def test_old_questions_are_forgotten_with_their_wishes(records: Records) -> None:
    gaps = records.gaps
    old, new = gaps.keep(TEXT, "be", MONDAY), gaps.keep(TEXT, "be", MONDAY + timedelta(90))
    for question in (old, new):
        gaps.wish(77, question, MONDAY + timedelta(90))
    assert gaps.forget_before(MONDAY + timedelta(1)) == 1
    assert [question.id for question in gaps.questions()] == [new]
    assert gaps.wishers([old]) == 0
    assert gaps.wishers([new]) == 1
