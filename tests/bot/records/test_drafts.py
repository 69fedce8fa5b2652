"""Drafts that are decided on together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.records.database import Records
from bot.records.drafts import BatchedDraft
from tests.support.drafts import make_draft

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BY = "telegram:901"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = Records.open(tmp_path / "bot.db")
    yield records
    records.close()


def test_batch_keeps_its_order_and_knows_what_became_of_each(records: Records) -> None:
    given = [(make_draft("Text.", title=str(number)), (f"note {number}",)) for number in range(12)]
    batch = records.drafts.open_batch(given, BY)
    records.drafts.open(make_draft("Text.", title="alone"), BY)
    drafts = records.drafts.batch(batch)
    assert [draft.title for draft in drafts] == [str(number) for number in range(12)]
    assert records.drafts.get(drafts[11].id).notes == ("note 11",)
    records.drafts.close(drafts[3].id, "discarded", BY)
    assert records.drafts.batch(batch)[3] == BatchedDraft(drafts[3].id, "3", "discarded")


@pytest.mark.parametrize("batch", ["0", "00000000", ""])
def test_batch_that_is_gone_is_empty(records: Records, batch: str) -> None:
    records.drafts.open_batch([(make_draft("Text."), ())], BY)
    records.drafts.open(make_draft("Text."), BY)
    assert records.drafts.batch(batch) == []


def test_draft_by_itself_is_no_batch(records: Records) -> None:
    assert records.drafts.batch(records.drafts.open(make_draft("Text."), BY).id) == []


def test_draft_awaits_a_decision_under_its_title(records: Records) -> None:
    drafts = records.drafts
    draft_id = drafts.open(make_draft("Text.", title="Old"), BY).id
    assert drafts.awaits(draft_id, "Old")
    drafts.edit(draft_id, title="New")
    assert not drafts.awaits(draft_id, "Old")
    assert drafts.awaits(draft_id, "New")
    drafts.close(draft_id, "published", BY)
    assert not drafts.awaits(draft_id, "New")
    assert not drafts.awaits("00000000", "New")
