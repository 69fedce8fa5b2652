from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ReadingError
from corpus.judged import JudgedQuestion, read_follow_ups, read_questions

if TYPE_CHECKING:
    from pathlib import Path

WRITTEN: dict[str, Any] = {
    "id": "q1",
    "lang": "be",
    "question": "Колькі лічбаў у PESEL? 🪪",
    "answerable": True,
    "docs": ["guide/pesel.md"],
    "must_contain": [["11"], ["лічб", "digits"]],
}
QUESTION = JudgedQuestion(
    id="q1",
    lang="be",
    question="Колькі лічбаў у PESEL? 🪪",
    answerable=True,
    docs=("guide/pesel.md",),
    must_contain=(("11",), ("лічб", "digits")),
)


def written(path: Path, *lines: dict[str, Any] | str) -> Path:
    text = [
        line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines
    ]
    path = path / "questions.jsonl"
    path.write_text("\n".join(text), encoding="utf-8")
    return path


def reason_for(path: Path) -> str:
    with pytest.raises(ReadingError) as caught:
        read_questions(path)
    assert caught.value.source == str(path)
    assert "\n" not in str(caught.value)
    return caught.value.reason


def test_question_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_questions(written(tmp_path, WRITTEN)) == [QUESTION]


def test_questions_keep_their_order(tmp_path: Path) -> None:
    path = written(tmp_path, WRITTEN | {"id": "b"}, WRITTEN | {"id": "a"})
    assert [question.id for question in read_questions(path)] == ["b", "a"]


def test_blank_lines_unknown_keys_windows_newlines_and_byte_order_mark_do_no_harm(
    tmp_path: Path,
) -> None:
    path = tmp_path / "questions.jsonl"
    line = json.dumps(WRITTEN | {"kind": "fact"}, ensure_ascii=False)
    path.write_bytes(f"\ufeff\r\n{line}\r\n  \r\n".encode())
    assert read_questions(path) == [QUESTION]


def test_unicode_line_separator_inside_a_question_does_not_end_it(tmp_path: Path) -> None:
    question = "адно\u2028два\u0085тры"
    path = written(tmp_path, WRITTEN | {"question": question})
    assert read_questions(path)[0].question == question


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "line 2: Invalid JSON: EOF while parsing an object at line 1 column 1"),
        ("[]", "line 2: Input should be an object"),
        (WRITTEN | {"id": "q1"}, "line 2: id q1 is there already"),
        (WRITTEN | {"id": ""}, "line 2: id: String should have at least 1 character"),
        (WRITTEN | {"answerable": "yes"}, "line 2: answerable: Input should be a valid boolean"),
        (WRITTEN | {"docs": "guide.md"}, "line 2: docs: Input should be a valid array"),
        (
            WRITTEN | {"must_contain": [["11"], []]},
            "line 2: must_contain.1: Tuple should have at least 1 item after validation, not 0",
        ),
        (
            WRITTEN | {"docs": [], "must_contain": []},
            "line 2: Value error, an answerable question needs docs or must_contain",
        ),
        (
            {key: value for key, value in WRITTEN.items() if key != "question"},
            "line 2: question: Field required",
        ),
    ],
)
def test_wrong_line_is_named_with_what_is_wrong(
    tmp_path: Path, line: dict[str, Any] | str, reason: str
) -> None:
    assert reason_for(written(tmp_path, WRITTEN, line)) == reason


def test_empty_file_says_what_to_write(tmp_path: Path) -> None:
    path = written(tmp_path)
    assert reason_for(path) == "holds no question: write one JSON object a line"


def test_missing_file_and_folder_say_so(tmp_path: Path) -> None:
    assert reason_for(tmp_path / "none.jsonl").startswith("No such file or directory: ")
    assert reason_for(tmp_path).startswith("Is a directory: ")


def test_file_in_another_encoding_says_so(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_bytes("пытанне".encode("cp1251"))
    assert reason_for(path) == "is not UTF-8: save it as UTF-8"


@pytest.mark.parametrize(
    ("source", "text", "right"),
    [
        ("/srv/guide/pesel.md", "Мае 11 лічбаў.", True),
        ("guide/pesel.md", "It has 11 DIGITS.", True),
        ("guide/pesel.md", "It has 11 of them.", False),
        ("guide/pesel.md", "It has many digits.", False),
        ("guide/taxes.md", "It has 11 digits.", False),
        ("guide/pesel.md", "", False),
    ],
)
def test_passage_is_right_with_its_source_and_one_alternative_of_each_group(
    source: str, text: str, *, right: bool
) -> None:
    assert QUESTION.is_right(source, text) is right


def test_without_docs_any_document_may_answer() -> None:
    assert replace(QUESTION, docs=()).is_right("anything", "11 digits")


def test_without_must_contain_every_passage_of_the_document_is_right() -> None:
    assert replace(QUESTION, must_contain=()).is_right("guide/pesel.md", "")


@given(source=st.text(), text=st.text())
def test_nothing_is_right_for_a_question_that_is_not_answerable(source: str, text: str) -> None:
    question = JudgedQuestion(id="q", lang="en", question="?", answerable=False)
    assert not question.is_right(source, text)


@given(before=st.text(), after=st.text())
def test_what_stands_around_the_answer_makes_no_difference(before: str, after: str) -> None:
    assert QUESTION.is_right("guide/pesel.md", f"{before} 11 ЛІЧБАЎ {after}")


def test_shared_questions_can_be_read(shared: Path) -> None:
    assert len(read_questions(shared / "eval" / "guide" / "questions.jsonl")) == 58


def test_follow_ups_are_read_with_what_they_follow(tmp_path: Path) -> None:
    path = tmp_path / "follow-ups.jsonl"
    line = (
        '{"id": "f1", "lang": "en", "question": "and?", "answerable": true, "docs": ["a.md"], '
        '"after": "what?", "after_docs": ["b.md"], "quote": "this"}'
    )
    path.write_text(f"{line}\n\n", encoding="utf-8")
    (found,) = read_follow_ups(path)
    assert (found.judged.id, found.after, found.after_docs, found.quote) == (
        *("f1", "what?"),
        ("b.md",),
        "this",
    )


def test_follow_up_without_a_question_before_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "follow-ups.jsonl"
    path.write_text(
        '{"id": "f1", "lang": "en", "question": "and?", "answerable": true, "docs": ["a.md"]}',
        encoding="utf-8",
    )
    with pytest.raises(ReadingError, match='line 1: a follow-up needs "after"'):
        read_follow_ups(path)
