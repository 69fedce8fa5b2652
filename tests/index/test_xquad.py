"""XQuAD-R's files, read as documents of one passage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from corpus.errors import ReadingError
from index.xquad import judged_questions, make_draft, read_xquad
from tests.support.xquad import ARTICLES, write_xquad

if TYPE_CHECKING:
    from pathlib import Path


def test_paragraph_is_read_without_what_stands_around_it(tmp_path: Path) -> None:
    first, second, third = read_xquad(write_xquad(tmp_path), "de")

    assert (first.language, first.article, first.number) == ("de", "Library", 0)
    assert first.text == ARTICLES["de"]["Library"][0][0]
    assert [first.text[span.start : span.end] for span in first.sentences] == [
        "Die Bibliothek verleiht fünf Bücher 📚.",
        "Sie öffnet um neun.",
    ]
    (question,) = first.questions
    assert first.text[question.answer :].startswith("fünf")
    assert (second.source_in("en"), third.source_in("de")) == (
        "xquad-r/en/Library/1",
        "xquad-r/de/Border/0",
    )


def test_draft_is_one_passage_with_the_whole_text(tmp_path: Path) -> None:
    paragraph = read_xquad(write_xquad(tmp_path), "ru")[0]

    draft = make_draft(paragraph)

    (passage,) = draft.passages
    assert draft.text[passage.start : passage.end] == paragraph.text == draft.text
    assert (draft.source, draft.language, draft.script) == ("xquad-r/ru/Library/0", "ru", "Cyrl")


def test_question_names_its_parallel_paragraphs_and_its_article(tmp_path: Path) -> None:
    questions = list(judged_questions(read_xquad(write_xquad(tmp_path), "ru"), ["de", "en"]))

    assert questions[0].docs == ("xquad-r/de/Library/0", "xquad-r/en/Library/0")
    assert [question.id for question in questions] == [
        "ru/Library/Library-0",
        "ru/Library/Library-1",
        "ru/Border/Border-0",
    ]
    assert questions[0].is_right("xquad-r/de/Library/0", "any text")
    assert not questions[0].is_right("xquad-r/de/Library/1", "any text")
    assert not questions[0].is_right("xquad-r/ru/Library/0", "any text")


@pytest.mark.parametrize(
    ("language", "content", "reason"),
    [
        ("en", None, "give the folder with XQuAD-R's files"),
        ("zh", None, "the languages served are"),
        ("en", "{", "is no file of XQuAD-R"),
        ("en", '{"data": [{"title": "A"}]}', "data.0.paragraphs"),
    ],
)
def test_file_that_will_not_do_is_one_line(
    tmp_path: Path, language: str, content: str | None, reason: str
) -> None:
    if content is not None:
        (tmp_path / f"{language}.json").write_text(content, encoding="utf-8")

    with pytest.raises(ReadingError, match=reason) as caught:
        read_xquad(tmp_path, language)

    assert caught.value.source == str(tmp_path / f"{language}.json")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("language", ["en", "ru", "de"])
def test_real_paragraphs_are_whole(shared: Path, language: str) -> None:
    directory = shared / "eval" / "xquad-r"
    paragraphs = read_xquad(directory, language)
    written: dict[str, Any] = json.loads((directory / f"{language}.json").read_bytes())

    assert len(paragraphs) == 240
    assert sum(len(paragraph.questions) for paragraph in paragraphs) == 1190
    originals = [part for article in written["data"] for part in article["paragraphs"]]
    for paragraph, original in zip(paragraphs, originals, strict=True):
        assert paragraph.text == original["context"].removeprefix("\ufeff").strip()
        covered = "".join(paragraph.text[span.start : span.end] for span in paragraph.sentences)
        assert "".join(covered.split()) == "".join(paragraph.text.split())
        for question, asked in zip(paragraph.questions, original["qas"], strict=True):
            answer = asked["answers"][0]["text"].removeprefix("\ufeff")
            assert paragraph.text[question.answer :].startswith(answer.strip())
