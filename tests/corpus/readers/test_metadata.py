from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from corpus.readers.metadata import parse_date, parse_language


@pytest.mark.parametrize(
    ("declared", "language"),
    [
        ("be", "be"),
        ("BE-tarask", "be"),
        ("en_US", "en"),
        ("bel", "be"),
        ("ger", "de"),
        ("fr", None),
        ("bee", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_language_tag_is_understood_where_it_is_served(
    declared: object, language: str | None
) -> None:
    assert parse_language(declared) == language


@pytest.mark.parametrize(
    ("declared", "day"),
    [
        (date(2025, 9, 11), date(2025, 9, 11)),
        (datetime(2025, 9, 11, 23, 59, tzinfo=UTC), date(2025, 9, 11)),
        ("2025-09-11T10:00:00Z", date(2025, 9, 11)),
        ("11 верасня 2025", date(2025, 9, 11)),
        ("2025", None),
        ("", None),
        (None, None),
        (2025, None),
    ],
)
def test_date_is_understood_whatever_its_form(declared: object, day: date | None) -> None:
    assert parse_date(declared) == day
