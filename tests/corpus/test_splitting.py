from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.splitting import split

if TYPE_CHECKING:
    from pathlib import Path

    from corpus.models import Passage


def sentences_of(text: str) -> list[str]:
    return [text[s.start : s.end] for passage in split(text) for s in passage.sentences]


def passages_of(text: str) -> list[str]:
    return [text[passage.start : passage.end] for passage in split(text)]


def words(count: int, sentence: int = 10) -> str:
    """That many words in sentences of equal length."""
    rows = [" ".join(["Слова"] * sentence) + "." for _ in range(count // sentence)]
    return " ".join(rows)


def is_left_out(line: str) -> bool:
    """Headings and rules are in no passage."""
    line = line.rstrip()
    return bool(re.fullmatch(r"#{1,6}\s+.*\S", line) or re.fullmatch(r"(?:[-*_=–—]\s*){3,}", line))


def check_laws(text: str) -> tuple[Passage, ...]:
    """What holds whatever the text is."""
    passages = split(text)
    covered = [False] * len(text)
    for passage in passages:
        assert 0 <= passage.start < passage.end <= len(text)
        assert passage.sentences[0].start == passage.start
        assert passage.sentences[-1].end == passage.end
        own = text[passage.start : passage.end].split()
        assert len(own) <= 180
        assert len("".join(own)) <= 3600
        for sentence in passage.sentences:
            quote = text[sentence.start : sentence.end]
            assert quote
            assert quote == quote.strip()
            assert "\n" not in quote
            covered[sentence.start : sentence.end] = [True] * len(quote)
    spans = [sentence for passage in passages for sentence in passage.sentences]
    assert all(before.end <= after.start for before, after in pairwise(spans))
    start = 0
    for line in text.split("\n"):
        marks = covered[start : start + len(line)]
        if is_left_out(line):
            assert not any(marks)
        else:
            assert all(mark or c.isspace() for mark, c in zip(marks, line, strict=True))
        start += len(line) + 1
    return passages


@pytest.mark.parametrize(
    "text",
    [
        "Ён жыве на вул. Кастрычніцкай у г. Мінску.",
        "Пра гэта сказаў А. Лукашэнка.",
        "Гл. стар. 15 і арт. 3.",
        "Встречаемся на ул. Ленина, см. Приложение.",
        "Это т. е. Вильнюс, по п. 3 ст. 15 закона.",
        "Він живе на вул. Хрещатик у м. Київ.",
        "Zgodnie z art. 5 ust. 2 pkt. 3 ustawy, np. Polski, tj. Urząd na ul. Prostej.",
        "Prof. Kowalski i dr. Nowak przyszli.",
        "Vilniuje, pvz. Gedimino pr. 5, Nr. 7.",
        "Ich komme am 11. September nach Berlin.",
        "Wir leben im 21. Jahrhundert.",
        "Das ist z. B. Hamburg, d. h. Norddeutschland, vgl. Abs. 3 und Nr. 5.",
        "See e.g. Mr. Smith, i.e. Dr. Brown, in No. 5.",
        "Der Preis ist ca. 3.50 Euro.",
        "1. Паспорт и копия.",
        "- Заявление",
        "Первое; Второе; Третье.",
    ],
)
def test_abbreviations_dates_and_numbers_end_no_sentence(text: str) -> None:
    assert sentences_of(text) == [text]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Адзін. Два! Тры? Так.", ["Адзін.", "Два!", "Тры?", "Так."]),
        ("Справы і т. п. Потым ён пайшоў.", ["Справы і т. п.", "Потым ён пайшоў."]),
        ("Is it? No. It is not.", ["Is it?", "No.", "It is not."]),
        ("He said: “Go.” Then he left.", ["He said: “Go.”", "Then he left."]),
        ("Kosztuje 10 zł. Potem więcej.", ["Kosztuje 10 zł.", "Potem więcej."]),
        ("🙂 Так. Потым 👨‍👩‍👧 пайшлі.", ["🙂 Так.", "Потым 👨‍👩‍👧 пайшлі."]),
    ],
)
def test_sentences_end_where_they_end(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences


def test_a_line_ends_a_sentence() -> None:
    assert sentences_of("- пашпарт\n- фота\n- заява") == ["- пашпарт", "- фота", "- заява"]


def test_a_row_of_a_table_is_one_sentence() -> None:
    text = "Збор. Заўсёды | 340 zł. Разам\nКартка | 100 zł"
    assert sentences_of(text) == text.split("\n")


@pytest.mark.parametrize("text", ["", " \n\n ", "# Загаловак", "# А\n\n## Б\n\n---\n"])
def test_a_text_without_running_text_has_no_passages(text: str) -> None:
    assert split(text) == ()


def test_headings_above_a_passage_are_its_path_without_the_title() -> None:
    text = "# Назва\n\nУступ.\n\n## Першы\n\nА.\n\n### Унутры\n\nБ.\n\n## Другі\n\nВ."
    assert [(p.heading, text[p.start : p.end]) for p in split(text)] == [
        ("", "Уступ."),
        ("Першы", "А."),
        ("Першы › Унутры", "Б."),
        ("Другі", "В."),
    ]


def test_a_first_level_used_twice_is_no_title() -> None:
    text = "# Першы\n\nА.\n\n# Другі\n\nБ."
    assert [passage.heading for passage in split(text)] == ["Першы", "Другі"]


def test_a_first_level_below_text_is_no_title() -> None:
    text = "Уступ.\n\n# Першы\n\nА."
    assert [passage.heading for passage in split(text)] == ["", "Першы"]


def test_short_paragraphs_of_a_section_are_joined() -> None:
    text = f"{words(30)}\n\n{words(30)}\n\n{words(30)}"
    assert passages_of(text) == [text]


def test_paragraphs_of_different_sections_are_not_joined() -> None:
    text = "## А\n\nАдзін.\n\n## Б\n\nДва."
    assert passages_of(text) == ["Адзін.", "Два."]


def test_paragraphs_long_enough_stand_alone() -> None:
    paragraphs = [words(100), words(110), words(90)]
    assert passages_of("\n\n".join(paragraphs)) == paragraphs


def test_a_short_last_paragraph_joins_the_one_before() -> None:
    text = f"{words(120)}\n\n{words(20)}"
    assert passages_of(text) == [text]


def test_a_long_paragraph_is_cut_evenly_at_sentence_ends() -> None:
    text = words(400)
    counts = [len(passage.split()) for passage in passages_of(text)]
    assert len(counts) == 3
    assert sum(counts) == 400
    assert max(counts) - min(counts) <= 10
    assert all(passage.endswith(".") for passage in passages_of(text))


def test_a_list_stays_with_the_paragraph_that_introduces_it() -> None:
    items = "\n".join(f"- {words(20)}" for _ in range(4))
    text = f"{words(130)}\n\nПатрэбныя паперы:\n\n{items}"
    assert passages_of(text) == [words(130), f"Патрэбныя паперы:\n\n{items}"]


def test_a_giant_sentence_is_cut_between_words() -> None:
    text = " ".join(["слова"] * 5000)
    sentences = sentences_of(text)
    assert " ".join(sentences) == text
    assert max(len(sentence.split()) for sentence in sentences) <= 60
    check_laws(text)


def test_a_long_sentence_is_cut_after_semicolons_where_it_has_them() -> None:
    clause = " ".join(["слова"] * 25) + ";"
    text = " ".join([clause] * 6)
    assert all(sentence.endswith(";") for sentence in sentences_of(text))
    assert len(sentences_of(text)) == 3


def test_a_sentence_of_eighty_words_is_left_whole() -> None:
    text = " ".join(["слова"] * 80) + "."
    assert sentences_of(text) == [text]


def test_a_word_without_end_is_cut() -> None:
    text = "а" * 10_000
    passages = check_laws(text)
    assert "".join(sentences_of(text)) == text
    assert all(passage.end - passage.start <= 4096 for passage in passages)


def test_right_to_left_text_is_split() -> None:
    text = "שלום עולם. מה שלומך?"
    check_laws(text)
    assert "".join(sentences_of(text)).replace(" ", "") == text.replace(" ", "")


LINES = ["# ", "## ", "### Тэма\n", "\n", "\n\n", "- ", "1. ", "---", "\r"]
SIGNS = [" ", " | ", ":", ";", ". ", "? ", "(", ")", "«", "🙂", "\u200b", "\u00a0"]
WORDS = ["вул.", "Слова", "слова", "А.", "15", "т. п."]
MARKUP = st.sampled_from(LINES + SIGNS + WORDS)


@given(st.lists(MARKUP | st.text(max_size=8), max_size=120).map("".join))
@example("# \n")
@example("#\n\n:")
@example("слова:\n\n# Тэма\n\nслова:")
def test_nothing_is_lost_doubled_or_out_of_place(text: str) -> None:
    check_laws(text)


@given(st.integers(1, 400), st.integers(1, 130), st.sampled_from([" ", "\n", "\n\n", "; ", ". "]))
def test_no_passage_is_too_long(count: int, length: int, joint: str) -> None:
    check_laws(joint.join(["ж" * length] * count))


def test_the_guides_documents_are_split_into_readable_passages(shared: Path) -> None:
    counts: list[int] = []
    for path in sorted((shared / "eval/guide/docs").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        counts += [len(text[p.start : p.end].split()) for p in check_laws(text)]
    assert max(counts) <= 180
    assert sum(30 <= count <= 180 for count in counts) / len(counts) > 0.7
