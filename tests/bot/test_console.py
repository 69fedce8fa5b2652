"""What the command line prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.console import answer_as_json, echo_answer, echo_hit, progress
from tests.support.answers import make_answer, make_document, make_hit

if TYPE_CHECKING:
    from index.models import Hit

TEXT = (
    "Першы сказ 🙂. Другі, вельмі доўгі сказ "
    + "са словамі " * 40
    + "і канцом.\n\n- пункт\n- пункт"
)


@pytest.fixture
def hit() -> Hit:
    document = make_document("guide", title="Даведнік", url="https://example.org/a")
    return make_hit(TEXT, document=document)


def test_printed_quote_is_the_passage_to_the_letter(
    hit: Hit, capsys: pytest.CaptureFixture[str]
) -> None:
    echo_hit(hit)

    lines = capsys.readouterr().out.splitlines()
    quoted = [line.removeprefix("  │ ").removeprefix("  │") for line in lines[:-1]]
    assert "\n".join(quoted) == TEXT
    assert lines[-1].startswith("  — Даведнік")
    assert "https://example.org/a" in lines[-1]


def test_unanswered_question_names_the_nearest_titles(
    hit: Hit, capsys: pytest.CaptureFixture[str]
) -> None:
    echo_answer(make_answer([hit], answered=False))

    assert capsys.readouterr().out.splitlines() == [
        "Nothing found that answers this.",
        "The nearest: Даведнік",
    ]


def test_json_of_an_answer_keeps_its_contract(hit: Hit) -> None:
    answer = json.loads(json.dumps(answer_as_json(make_answer([hit]))))

    assert answer.keys() == {"question", "language", "answered", "confidence", "hits", "took_ms"}
    assert answer["took_ms"].keys() == {"encode", "dense", "lexical", "rank", "total"}
    (found,) = answer["hits"]
    assert found.keys() == {
        "rank", "score", "confidence", "passage_id", "document", "heading", "text", "start", "end",
        "sentence",
    }  # fmt: skip
    assert found["document"].keys() == {"id", "title", "source", "url", "language", "published"}
    assert isinstance(found["passage_id"], str)
    assert found["end"] - found["start"] == len(found["text"])
    sentence = found["sentence"]
    assert (
        found["text"][sentence["start"] - found["start"] : sentence["end"] - found["start"]]
        == sentence["text"]
    )


def test_progress_without_a_terminal_is_some_plain_lines(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress("Working") as advance:
        for done in range(1, 1001):
            advance(done, 1000)

    lines = capsys.readouterr().err.splitlines()
    assert lines[-1] == "Working: 1000 of 1000"
    assert len(lines) <= 12


def test_progress_that_never_begins_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Working"):
        pass

    assert capsys.readouterr().err == ""
