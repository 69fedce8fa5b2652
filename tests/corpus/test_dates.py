from __future__ import annotations

from datetime import date

import pytest

from corpus.dates import find_published


@pytest.mark.parametrize(
    "line",
    [
        "2025-09-11",
        "Published: 2025-09-11",
        "2025-09-11T10:30:00+03:00",
        "11.09.2025",
        "11.09.2025, 10:30",
        "11 September 2025",
        "September 11, 2025",
        "Thursday, 11 September 2025",
        "11 верасня 2025",
        "Апублікавана: 11 верасня 2025 г.",
        "11 vierasnia 2025",
        "11 сентября 2025 г., 14:05",
        "11 вересня 2025 року",
        "11 września 2025 r.",
        "Opublikowano: 11 września 2025",
        "2025 m. rugsėjo 11 d.",
        "11. September 2025",
        "Veröffentlicht am 11. September 2025, 10:30 Uhr",
    ],
)
def test_date_alone_on_a_line_near_the_top_is_the_date_of_publication(line: str) -> None:
    assert find_published(f"Title\n\n{line}\n\nThe border was closed.") == date(2025, 9, 11)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3 hours ago",
        "11 September",
        "09/10/2025",
        "Updated: 2025-09-11",
        "31.02.2025",
        "11 Foo 2025",
        "On 11 September 2025 the border was closed.",
        "\n\n".join([*["A line."] * 10, "2025-09-11"]),
    ],
)
def test_date_is_never_a_guess(text: str) -> None:
    assert find_published(text) is None
