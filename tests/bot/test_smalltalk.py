from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import cli
from bot.messages import Messages
from bot.phrases import COURTESIES, FILLERS, PHRASES, Kind
from bot.smalltalk import find_small_talk, reply, strip_greeting
from corpus.models import LANGUAGES, Language
from corpus.sample import sample_questions
from corpus.transliteration import belarusian_to_latin
from index.folding import fold

if TYPE_CHECKING:
    from pathlib import Path

QUESTIONS = ["як атрымаць PESEL?", "Where is the consulate?", "Ile kosztuje karta pobytu?"]


def kind(text: str) -> Kind | None:
    talk = find_small_talk(text)
    return None if talk is None else talk.kind


def phrases(text: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in text.split("/")]


@pytest.mark.parametrize(
    ("text", "expected", "language"),
    [
        ("прывітанне", Kind.GREETING, "be"),
        ("Pryvitańnie!", Kind.GREETING, "be"),
        ("Добры дзень", Kind.GREETING, "be"),
        ("дзякуй вялікі!!!", Kind.THANKS, "be"),
        ("dziakuj", Kind.THANKS, "be"),
        ("хто ты", Kind.IDENTITY, "be"),
        ("Хто цябе зрабіў?", Kind.IDENTITY, "be"),
        ("Да пабачэння", Kind.GOODBYE, "be"),
        ("Здравствуйте", Kind.GREETING, "ru"),
        ("спасибо большое", Kind.THANKS, "ru"),
        ("что ты умеешь?", Kind.ABILITY, "ru"),
        ("как дела", Kind.WELLBEING, "ru"),
        ("Добрий вечір", Kind.GREETING, "uk"),
        ("щиро дякую", Kind.THANKS, "uk"),
        ("як тебе звати?", Kind.IDENTITY, "uk"),
        ("dzięki", Kind.THANKS, "pl"),
        ("Czy jesteś botem?", Kind.IDENTITY, "pl"),
        ("do widzenia", Kind.GOODBYE, "pl"),
        ("Labas", Kind.GREETING, "lt"),
        ("labai ačiū", Kind.THANKS, "lt"),
        ("Ką tu moki?", Kind.ABILITY, "lt"),
        ("hello", Kind.GREETING, "en"),
        ("thank you so much for your help", Kind.THANKS, "en"),
        ("Are my questions stored?", Kind.PRIVACY, "en"),
        ("Guten Morgen", Kind.GREETING, "de"),
        ("Vielen Dank", Kind.THANKS, "de"),
        ("Wer bist du?", Kind.IDENTITY, "de"),
    ],
)
def test_small_talk_is_recognised_and_answered_in_its_language(
    text: str, expected: Kind, language: Language
) -> None:
    talk = find_small_talk(text)

    assert talk is not None
    assert (talk.kind, talk.language(language_code=None)) == (expected, language)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("прывіииит", Kind.GREETING),
        ("Приветтттт)))", Kind.GREETING),
        ("dziękujęęę 🙏🙏", Kind.THANKS),
        ("ПРЫВІТАННЕ", Kind.GREETING),
        ("прывитанне", Kind.GREETING),
        ("здраствуйте", Kind.GREETING),
        ("spasibo", Kind.THANKS),
        ("dzieki", Kind.THANKS),
        ("tahnks", Kind.THANKS),
        ("aciu", Kind.THANKS),
        ("who’s this?", Kind.IDENTITY),
        ("добры дзень, шаноўныя", Kind.GREETING),
        ("Cześć wszystkim 👋🏻", Kind.GREETING),
        ("@daviedka_bot прывітанне", Kind.GREETING),
        ("Прывітанне, @daviedka_bot! Хто ты?", Kind.IDENTITY),
        ("Добры дзень!\nЯк справы?", Kind.WELLBEING),
        ("дзякуй, да пабачэння", Kind.GOODBYE),
        ("👋", Kind.GREETING),
        ("❤️", Kind.THANKS),
        ("OK", Kind.THANKS),
        ("Жыве Беларусь!", Kind.CALL),
    ],
)
def test_typing_stretching_courtesies_and_signs_do_not_matter(text: str, expected: Kind) -> None:
    assert kind(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "🤔",
        "…",
        "123",
        "бот",
        "калі ласка",
        "@daviedka_bot",
        "добры дзень, як атрымаць песель?",
        "хто такі кансул",
        "хто ты такая Ціханоўская",
        "дзякуй за пашпарт",
        "приват",
        "dobry lekarz",
        "what is this visa",
        "как дела с визами",
        "help refugees",
        "danke karte",
        "שלום",
        "привет " * 17,
        "я" * 4096,
    ],
)
def test_a_text_with_anything_to_search_for_is_no_small_talk(text: str) -> None:
    assert find_small_talk(text) is None


def test_no_sample_question_is_taken_for_small_talk() -> None:
    for judged in sample_questions():
        assert find_small_talk(judged.question) is None, judged.question
        assert strip_greeting(judged.question) == judged.question


def test_no_real_question_is_taken_for_small_talk(shared: Path) -> None:
    lines = (shared / "eval/guide/questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    for path in (shared / "eval/xquad-r").glob("*.json"):
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        questions += [
            asked["question"]
            for article in articles
            for paragraph in article["paragraphs"]
            for asked in paragraph["qas"]
        ]

    assert len(questions) > 3000
    for question in questions:
        assert find_small_talk(question) is None, question
        assert strip_greeting(question) == question


@pytest.mark.parametrize(
    ("question", "stripped"),
    [
        ("добры дзень, як атрымаць песель?", "як атрымаць песель?"),
        ("Добры дзень, шаноўныя! Як атрымаць песель?", "Як атрымаць песель?"),
        ("Добры дзень як атрымаць песель", "як атрымаць песель"),
        ("Прывітанне 👋 дзе консульства?", "дзе консульства?"),
        ("Вітаю!\n\n«Буслянка» дзе?", "«Буслянка» дзе?"),
        ("Здравствуйте, подскажите, пожалуйста, где ZUS?", "где ZUS?"),
        ("hi! what is a PESEL", "what is a PESEL"),
        ("@daviedka_bot dzień dobry, gdzie jest ZUS", "gdzie jest ZUS"),
        ("добры дзень, @ivan піша пра візы?", "@ivan піша пра візы?"),
        # What may belong to the question stays.
        ("привет друзья нужны документы", "друзья нужны документы"),
        ("Hi-Tech парк у Мінску", "Hi-Tech парк у Мінску"),
        ("dobry lekarz w Warszawie", "dobry lekarz w Warszawie"),
        ("Ёсць хто з Вільні?", "Ёсць хто з Вільні?"),
        ("прывітанне свет", "прывітанне свет"),
        ("як па-польску добры дзень", "як па-польску добры дзень"),
        ("дзякуй, а як атрымаць песель?", "дзякуй, а як атрымаць песель?"),
        ("", ""),
    ],
)
def test_greeting_and_address_are_taken_off_a_question(question: str, stripped: str) -> None:
    assert strip_greeting(question) == stripped


@given(st.text(max_size=60) | st.sampled_from(["добры дзень", "hi"]), st.sampled_from(QUESTIONS))
def test_what_is_stripped_is_the_end_of_what_was_typed(before: str, question: str) -> None:
    stripped = strip_greeting(f"{before}, {question}")

    assert stripped
    assert f"{before}, {question}".endswith(stripped)
    assert stripped.endswith(question)


@given(st.text())
def test_any_text_is_small_talk_or_a_question_and_never_an_error(text: str) -> None:
    if find_small_talk(text) is not None:
        assert strip_greeting(text) == text
    assert text.endswith(strip_greeting(text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_is_recognised_by_itself_and_beside_a_courtesy(language: Language) -> None:
    for expected, texts in PHRASES[language].items():
        for text in phrases(texts):
            phrase = text.replace("[", "").replace("]", "")
            assert kind(phrase) is expected, phrase
            assert kind(f"{phrase.capitalize()}, калі ласка!") is expected, phrase
            if language == "be":
                latin = belarusian_to_latin(phrase)
                assert kind(latin) is expected, latin


def test_a_phrase_means_the_same_in_every_language() -> None:
    kinds: defaultdict[tuple[str, ...], set[Kind]] = defaultdict(set)
    for language in LANGUAGES:
        for expected, texts in PHRASES[language].items():
            for phrase in phrases(texts):
                kinds[tuple(fold(phrase))].add(expected)

    assert {phrase: found for phrase, found in kinds.items() if len(found) > 1} == {}


def test_courtesies_and_fillers_alone_are_no_small_talk() -> None:
    said = {
        phrase for texts in PHRASES.values() for text in texts.values() for phrase in phrases(text)
    }
    for phrase in phrases(COURTESIES) + phrases(FILLERS):
        if phrase not in said:
            assert find_small_talk(phrase) is None, phrase


@pytest.mark.parametrize(
    ("text", "code", "language"),
    [
        ("super", "de", "de"),
        ("super", "lt-LT", "lt"),
        ("прывітанне", "ru", "be"),
        ("привет", "be", "ru"),
        ("chto ty", "uk", "uk"),
        ("👍", "pl", "pl"),
        ("👍", None, "be"),
    ],
)
def test_the_users_language_decides_where_the_words_do_not(
    text: str, code: str | None, language: Language
) -> None:
    talk = find_small_talk(text)

    assert talk is not None
    assert talk.language(code) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_is_answered_in_every_language(language: Language) -> None:
    words = Messages().for_language(language)
    replies = {kind: reply(kind, words) for kind in Kind}

    assert all(replies.values())
    assert replies.pop(Kind.CALL) == replies[Kind.GREETING]
    assert len(set(replies.values())) == len(replies)


def test_the_command_line_answers_small_talk_without_searching() -> None:
    done = CliRunner().invoke(cli, ["ask", "dzięki!"])

    assert done.exit_code == 0
    assert done.output.startswith("Proszę bardzo!")


def test_small_talk_as_json_is_an_answer_without_hits() -> None:
    done = CliRunner().invoke(cli, ["ask", "--json", " хто ты "])

    answer = json.loads(done.output)
    assert (answer["question"], answer["answered"], answer["confidence"], answer["hits"]) == (
        "хто ты",
        False,
        0.0,
        [],
    )
    assert set(answer) == {"question", "language", "answered", "confidence", "hits", "took_ms"}


@pytest.mark.model
def test_a_question_as_json_keeps_its_greeting(
    tmp_path: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAVIEDKA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DAVIEDKA_CACHE_DIR", str(cache_dir))

    done = CliRunner().invoke(cli, ["ask", "--json", "Добры дзень, дзе школа?"])

    assert json.loads(done.stdout)["question"] == "Добры дзень, дзе школа?"


@pytest.mark.model
def test_a_conversation_answers_small_talk_between_questions(
    tmp_path: Path, cache_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAVIEDKA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("DAVIEDKA_CACHE_DIR", str(cache_dir))

    done = CliRunner().invoke(cli, ["chat"], input="labas\nhi, where is the school?\n")

    lines = [line for line in done.stdout.splitlines() if line]
    assert lines[0].startswith("Sveiki! Aš – Daviedka.")
    assert lines[-1] == "Nothing found that answers this."
