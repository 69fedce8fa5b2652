"""Typed texts are marked and split as Telegram's clients do it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.entities import MESSAGE_LENGTH, find_entities, marked_text, split_text
from bot.playground.rules import utf16_length

PIECES = st.sampled_from(
    [
        "/ask",
        "@daviedka_bot",
        "👋",
        "#тэг",
        "https://a.by/x?y=1",
        "a@b.org",
        "b.org",
        " ",
        "\n",
        ".",
    ]
)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("", []),
        ("/ask пра /add@daviedka_bot, /", ["/ask", "/add@daviedka_bot"]),
        ("👋 @daviedka_bot!", ["@daviedka_bot"]),
        ("пошта a.b@c.org", ["a.b@c.org"]),
        ("гл. https://a.by/x, (http://b.pl).", ["https://a.by/x", "http://b.pl"]),
        ("t.me/naviny і example.org/старонка", ["t.me/naviny", "example.org/старонка"]),
        ("сёння.заўтра 1.2 a/b @ab #1", []),
    ],
)
def test_what_is_marked(text: str, marked: list[str]) -> None:
    assert [marked_text(text, entity) for entity in find_entities(text)] == marked


@given(st.lists(PIECES).map("".join))
def test_entities_lie_in_the_text_one_after_the_other(text: str) -> None:
    end = 0
    for entity in find_entities(text):
        assert entity["offset"] >= end
        assert marked_text(text, entity).strip()
        end = entity["offset"] + entity["length"]
    assert end <= utf16_length(text)


@given(st.lists(st.sampled_from(["слова", "🎓" * 1500, " ", "\n", "a" * 3000])).map("".join))
def test_splitting_loses_nothing_but_white_space(text: str) -> None:
    parts = list(split_text(text))
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(0 < utf16_length(part) <= MESSAGE_LENGTH for part in parts)
