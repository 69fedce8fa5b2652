"""Judgements say what was thought of which passage; who thought it stands nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Date, Integer

from bot.records import schema
from bot.records.judgements import Judgement, Receipt

if TYPE_CHECKING:
    from tests.support.moderated import Backing

MONDAY = date(2026, 11, 23)
JUDGEMENT = Judgement(
    day=MONDAY,
    kind="button",
    verdict=1,
    question="дзе ўзяць апостыль",
    language="be",
    document_id="d1",
    source="/guide/apostille.md",
    quote="Апостыль ставяць у Мінску.",
)


def test_what_is_kept_is_given_back(backing: Backing) -> None:
    judgements = backing.records.judgements
    nameless = replace(JUDGEMENT, kind="reaction", verdict=-1, question="", language="")
    judgements.keep(JUDGEMENT)
    judgements.keep(nameless)
    assert judgements.all() == [JUDGEMENT, nameless]


def test_no_column_can_hold_a_person_a_chat_or_a_time() -> None:
    columns = schema.judgements.c
    assert [column.name for column in columns if isinstance(column.type, Integer)] == [
        "id",
        "verdict",
    ]
    assert [column.name for column in columns if isinstance(column.type, Date)] == ["day"]
    assert {*Judgement.__slots__, "id", "secret"} == {column.name for column in columns}


def test_verdict_is_changed_in_its_place(backing: Backing) -> None:
    judgements = backing.records.judgements
    receipt = judgements.keep(JUDGEMENT)
    assert judgements.change(receipt, -1)
    assert judgements.change(receipt, -1)
    assert judgements.all() == [replace(JUDGEMENT, verdict=-1)]


def test_only_the_verdict_that_stands_is_taken_back(backing: Backing) -> None:
    judgements = backing.records.judgements
    receipt = judgements.keep(JUDGEMENT)
    assert not judgements.take_back(receipt, -1)
    assert judgements.take_back(receipt, 1)
    assert not judgements.take_back(receipt, 1)
    assert not judgements.change(receipt, 1)
    assert judgements.all() == []


def test_forged_receipt_changes_nothing(backing: Backing) -> None:
    judgements = backing.records.judgements
    receipt = judgements.keep(JUDGEMENT)
    other = judgements.keep(JUDGEMENT)
    for forged in (
        Receipt(receipt.id, other.secret),
        Receipt(receipt.id, "0" * 16),
        Receipt(other.id + 1, other.secret),
        Receipt(10**17, receipt.secret),
    ):
        assert not judgements.change(forged, -1)
        assert not judgements.take_back(forged, 1)
    assert judgements.all() == [JUDGEMENT, JUDGEMENT]


def test_ids_are_never_used_twice(backing: Backing) -> None:
    judgements = backing.records.judgements
    first = judgements.keep(JUDGEMENT)
    judgements.take_back(first, 1)
    assert judgements.keep(JUDGEMENT).id > first.id


def test_what_is_older_than_a_day_is_forgotten(backing: Backing) -> None:
    judgements = backing.records.judgements
    for days in range(3):
        judgements.keep(replace(JUDGEMENT, day=MONDAY + timedelta(days)))
    assert judgements.forget_before(MONDAY + timedelta(2)) == 2
    assert [judgement.day for judgement in judgements.all()] == [MONDAY + timedelta(2)]
    assert judgements.forget_before(MONDAY) == 0


def test_what_quotes_a_document_goes_with_it(backing: Backing) -> None:
    judgements = backing.records.judgements
    judgements.keep(JUDGEMENT)
    judgements.keep(replace(JUDGEMENT, document_id="d2"))
    assert judgements.forget_document("d1") == 1
    assert [judgement.document_id for judgement in judgements.all()] == ["d2"]
