from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from corpus.models import LANGUAGES
from corpus.sample import sample_follow_ups, sample_paths, sample_questions

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.judged import JudgedFollowUp, JudgedQuestion

NOTES = {
    "be": ("Узор: ", "Uzor: "),
    "ru": ("Образец: ",),
    "uk": ("Зразок: ",),
    "pl": ("Przykład: ",),
    "lt": ("Pavyzdys: ",),
    "en": ("Sample: ",),
    "de": ("Muster: ",),
}


@dataclass(frozen=True)
class Article:
    front: dict[str, Any]
    body: str

    @property
    def sections(self) -> list[str]:
        """What stands before, between and after the headings."""
        return re.split(r"^## .*$", self.body, flags=re.MULTILINE)

    @property
    def in_latin_script(self) -> bool:
        return not re.search("[а-яёіў]", self.body, flags=re.IGNORECASE)


def read_article(path: Path) -> Article:
    before, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    assert before == ""
    return Article(yaml.safe_load(front), body)


ARTICLES = {path.name: read_article(path) for path in sample_paths()}
BY_SOURCE = {article.front["source"]: article for article in ARTICLES.values()}
QUESTIONS = sample_questions()
FOLLOW_UPS = sample_follow_ups()
ANSWERABLE = [question for question in QUESTIONS if question.answerable]

each_article = pytest.mark.parametrize("name", ARTICLES)


def test_there_are_enough_articles_in_every_language() -> None:
    count = Counter(article.front["language"] for article in ARTICLES.values())
    assert len(ARTICLES) >= 21
    assert set(count) == set(LANGUAGES)
    assert min(count.values()) >= 2
    assert count["be"] >= 5


def test_two_belarusian_articles_are_in_latin_script() -> None:
    latin = [
        name
        for name, article in ARTICLES.items()
        if article.front["language"] == "be" and article.in_latin_script
    ]
    assert latin == ["be-latn-library.md", "be-latn-polish-course.md"]


@each_article
def test_front_matter_is_complete(name: str) -> None:
    front = ARTICLES[name].front
    assert set(front) == {"title", "date", "url", "language", "source"}
    assert front["title"]
    assert isinstance(front["date"], date)
    assert front["url"].startswith(f"https://daviedka.example/{front['language']}/")
    assert name.startswith(f"{front['language']}-")
    assert front["source"] == f"sample/{name}"


def test_addresses_and_titles_are_unique() -> None:
    for key in ("url", "title"):
        values = [article.front[key] for article in ARTICLES.values()]
        assert len(set(values)) == len(values)


@each_article
def test_article_has_the_length_and_sections_of_a_short_article(name: str) -> None:
    article = ARTICLES[name]
    assert 200 <= len(article.body.split()) <= 500
    assert 3 <= len(article.sections) <= 5
    assert all(section.strip() for section in article.sections)


@each_article
def test_article_ends_with_a_note_that_it_is_a_sample(name: str) -> None:
    article = ARTICLES[name]
    last = article.body.strip().split("\n\n")[-1]
    assert last.startswith(NOTES[article.front["language"]])
    assert last.endswith(".")


@each_article
def test_no_letter_of_another_alphabet_stands_inside_a_word(name: str) -> None:
    words = re.findall(r"[^\W\d_]+", ARTICLES[name].body)
    mixed = [
        word
        for word in words
        if re.search("[а-яёіўґєї]", word, re.IGNORECASE) and re.search("[a-z]", word, re.IGNORECASE)
    ]
    assert mixed == []


def test_there_are_enough_questions_of_every_kind() -> None:
    count = Counter(question.lang for question in QUESTIONS)
    assert len(QUESTIONS) >= 100
    assert set(count) == {*LANGUAGES, "be-latn"}
    assert len(QUESTIONS) - len(ANSWERABLE) >= 25


def test_a_third_of_the_answerable_questions_cross_languages() -> None:
    crossing = [
        question
        for question in ANSWERABLE
        if all(
            BY_SOURCE[doc].front["language"] != question.lang.removesuffix("-latn")
            for doc in question.docs
        )
    ]
    assert len(crossing) * 3 >= len(ANSWERABLE)


def test_every_article_answers_some_question() -> None:
    assert {doc for question in QUESTIONS for doc in question.docs} == set(BY_SOURCE)


def test_no_question_is_asked_twice() -> None:
    assert len({question.question.casefold() for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question.id)
def test_one_section_of_each_named_document_answers(question: JudgedQuestion) -> None:
    assert question.docs
    for doc in question.docs:
        assert any(question.is_right(doc, section) for section in BY_SOURCE[doc].sections)


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question.id)
def test_every_alternative_occurs_in_a_named_document(question: JudgedQuestion) -> None:
    texts = [BY_SOURCE[doc].body.casefold() for doc in question.docs]
    for alternative in (word for group in question.must_contain for word in group):
        assert any(alternative.casefold() in text for text in texts)


def test_first_dozen_is_a_showcase() -> None:
    dozen = QUESTIONS[:12]
    assert {question.lang for question in dozen} == {*LANGUAGES, "be-latn"}
    assert [question.answerable for question in dozen].count(False) == 1


def test_there_are_enough_conversations_in_every_language() -> None:
    count = Counter(follow_up.judged.lang for follow_up in FOLLOW_UPS)
    assert len(FOLLOW_UPS) >= 40
    assert set(count) == {*LANGUAGES, "be-latn"}
    assert min(count.values()) >= 5


@pytest.mark.parametrize("follow_up", FOLLOW_UPS, ids=lambda one: one.judged.id)
def test_follow_up_is_answered_by_a_section_of_its_documents(follow_up: JudgedFollowUp) -> None:
    judged = follow_up.judged
    assert set(follow_up.after_docs) <= set(BY_SOURCE)
    assert judged.must_contain
    assert all(
        any(judged.is_right(source, section) for section in BY_SOURCE[source].sections)
        for source in judged.docs
    )
    assert follow_up.quote in "".join(BY_SOURCE[source].body for source in follow_up.after_docs)
