"""Judged material: a corpus of its own, with what is wrong with it told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from corpus.errors import ReadingError
from index.calibration import Calibration
from index.material import open_material, open_sample, open_xquad
from tests.support.encoder import FakeEncoder
from tests.support.xquad import ARTICLES, write_xquad

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = "The library lends five books for four weeks. No papers are asked for there."
SCHOOL = "The school takes children from six years on. Lessons are held on Saturdays."


class Folder:
    """Two documents, and a file for questions on them."""

    def __init__(self, directory: Path) -> None:
        self.documents = directory / "guide"
        self.documents.mkdir()
        (self.documents / "library.md").write_text(f"# Library\n\n{LIBRARY}\n", encoding="utf-8")
        (self.documents / "school.md").write_text(f"# School\n\n{SCHOOL}\n", encoding="utf-8")
        self.questions = directory / "questions.jsonl"
        self.cache = directory / "cache"

    def ask(self, *documents: str) -> None:
        """Write a question on each of these documents."""
        lines = [
            json.dumps(
                {"id": f"q{number}", "lang": "en", "question": "How many books?"}
                | {"answerable": True, "docs": [document]}
            )
            for number, document in enumerate(documents, start=1)
        ]
        self.questions.write_text("\n".join(lines), encoding="utf-8")

    def open(self, **options: Any) -> Any:
        return open_material(self.documents, self.questions, FakeEncoder(), self.cache, **options)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.ask("guide/library.md", "guide/school.md")
    return folder


def reason_for(folder: Folder) -> str:
    with pytest.raises(ReadingError) as caught, folder.open():
        pass
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_folder_is_searched_and_questions_match_their_documents(folder: Folder) -> None:
    with folder.open() as material:
        first = material.searcher.search("how many books does the library lend?").hits[0]

        assert first.text == LIBRARY
        assert material.questions[0].is_right(first.document.source, first.text)
        assert [document.title for document in material.documents] == ["Library", "School"]
        assert [question.id for question in material.questions] == ["q1", "q2"]
        assert (material.name, material.problems) == (str(folder.questions), ())


def test_timed_searcher_finds_the_same(folder: Folder) -> None:
    with folder.open() as material:
        remembering, anew = (
            searcher.search("lessons on Saturdays")
            for searcher in (material.searcher, material.timed)
        )

    assert [hit.passage_id for hit in remembering.hits] == [hit.passage_id for hit in anew.hits]
    assert [hit.score for hit in remembering.hits] == [hit.score for hit in anew.hits]


def test_second_opening_encodes_nothing(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    with folder.open():
        pass
    monkeypatch.setattr(FakeEncoder, "encode_passages", lambda _, texts: pytest.fail(str(texts)))

    with folder.open() as material:
        assert len(material.documents) == 2


def test_options_reach_the_searcher(folder: Folder) -> None:
    certain = Calibration(model="any", intercept=0, coefficients={"passage": 1}, threshold=0)

    with folder.open(calibration=certain) as material:
        assert material.searcher.search("anything at all").answered


def test_file_that_cannot_be_read_is_told_and_the_others_are_there(folder: Folder) -> None:
    (folder.documents / "empty.txt").touch()

    with folder.open() as material:
        (problem,) = material.problems
        assert len(material.documents) == 2

    assert problem.startswith(str(folder.documents / "empty.txt") + ": is empty")


def test_question_on_a_document_that_is_not_there_is_told(folder: Folder) -> None:
    folder.ask("guide/library.md", "guide/theatre.md")

    with folder.open() as material:
        assert material.problems == (
            "question q2: there is no document guide/theatre.md; it counts as not found",
        )


def test_wrong_folder_is_refused(folder: Folder) -> None:
    folder.ask("other/a.md", "other/b.md")

    assert "holds none of the documents that the questions name, such as other/a.md" in (
        reason_for(folder)
    )


def test_folder_that_is_not_there_is_refused(folder: Folder) -> None:
    folder.documents = folder.documents / "nothing"

    assert "is no folder" in reason_for(folder)


def test_folder_without_documents_is_refused(folder: Folder) -> None:
    folder.documents = folder.documents / "empty"
    folder.documents.mkdir()
    (folder.documents / "picture.png").touch()

    assert "holds no Markdown" in reason_for(folder)


def test_folder_whose_documents_all_fail_is_refused_with_the_first_reason(folder: Folder) -> None:
    folder.documents = folder.documents / "empty"
    folder.documents.mkdir()
    (folder.documents / "empty.txt").touch()

    reason = reason_for(folder)

    assert reason.startswith(str(folder.documents / "empty.txt") + ": is empty")
    assert reason.endswith("nothing else there can be read")


def test_questions_that_cannot_be_read_are_refused(folder: Folder) -> None:
    folder.questions.write_text("{}", encoding="utf-8")

    assert "line 1" in reason_for(folder)


def test_sample_corpus_holds_every_document_that_its_questions_name(tmp_path: Path) -> None:
    with open_sample(FakeEncoder(), tmp_path) as material:
        for question in material.questions:
            for end in question.docs:
                assert any(document.source.endswith(end) for document in material.documents)


def test_paragraph_of_xquad_is_one_passage(tmp_path: Path) -> None:
    directory = write_xquad(tmp_path)

    with open_xquad(directory, ["en", "ru"], FakeEncoder(), tmp_path) as material:
        hits = material.searcher.search("books", 20).hits

        assert len(hits) == len(material.documents) == 6
        assert {hit.text for hit in hits} == {
            text
            for language in ("en", "ru")
            for paragraphs in ARTICLES[language].values()
            for text, _, _ in paragraphs
        }
        assert [question.lang for question in material.questions] == ["en"] * 3 + ["ru"] * 3


def test_questions_may_be_asked_in_other_languages(tmp_path: Path) -> None:
    directory = write_xquad(tmp_path)

    with open_xquad(directory, ["en"], FakeEncoder(), tmp_path, asked_in=["ru", "de"]) as material:
        assert {question.lang for question in material.questions} == {"ru", "de"}
        assert {document.language for document in material.documents} == {"en"}
        assert material.questions[0].docs == ("xquad-r/en/Library/0",)
