"""HTML and Markdown become a plain text with entities."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Message, MessageEntity
from telegram.helpers import escape_markdown

from bot.playground.errors import RefusalError
from bot.playground.markup import parse_html, parse_markdown, parse_old_markdown, read_markup
from tests.support.updates import BOT

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)


def entity(kind: str, offset: int, length: int, **fields: Any) -> dict[str, Any]:
    return {"type": kind, "offset": offset, "length": length, **fields}


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("Так", "Так", []),
        (" <b>Так</b> ", "Так", [entity("bold", 0, 3)]),
        (
            "<b>👋 <i>вас</i></b>",
            "👋 вас",
            [entity("bold", 0, 6), entity("italic", 3, 3)],
        ),
        ("1 &lt; 2 &amp;&#33; &nbsp;", "1 < 2 &! &nbsp;", []),
        (
            '<a href="https://a.by?a=1&amp;b=2">тут</a>',
            "тут",
            [entity("text_link", 0, 3, url="https://a.by?a=1&b=2")],
        ),
        (
            '<a href="tg://user?id=5">Я</a>',
            "Я",
            [entity("text_mention", 0, 1, user={"id": 5, "is_bot": False, "first_name": ""})],
        ),
        (
            '<pre><code class="language-py">x</code></pre>',
            "x",
            [entity("pre", 0, 1, language="py")],
        ),
        (
            "<blockquote>a</blockquote><blockquote expandable>b</blockquote>",
            "ab",
            [entity("blockquote", 0, 1), entity("expandable_blockquote", 1, 1)],
        ),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ("<b></b>Так", "Так", []),
    ],
)
def test_html(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert parse_html(source) == (text, entities)


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*a _b_*", "a b", [entity("bold", 0, 3), entity("italic", 2, 1)]),
        (
            "__u__ ~s~ ||p||",
            "u s p",
            [
                entity("underline", 0, 1),
                entity("strikethrough", 2, 1),
                entity("spoiler", 4, 1),
            ],
        ),
        (r"\*a\* 1\.", "*a* 1.", []),
        (r"`a\`b`", "a`b", [entity("code", 0, 3)]),
        ("```py\nx = 1\n```", "x = 1", [entity("pre", 0, 5, language="py")]),
        (r"[тут](https://a.by/\))", "тут", [entity("text_link", 0, 3, url="https://a.by/)")]),
        (">a\n>b\nc", "a\nb\nc", [entity("blockquote", 0, 4)]),
        (">a\n>b||\nc", "a\nb\nc", [entity("expandable_blockquote", 0, 3)]),
        (">a\n**>b", "a\nb", [entity("blockquote", 0, 2), entity("blockquote", 2, 1)]),
    ],
)
def test_markdown(source: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert parse_markdown(source) == (text, entities)


def test_old_markdown() -> None:
    assert parse_old_markdown(r"*a* _b_ `c` [d](https://a.by) e\_f") == (
        "a b c d e_f",
        [
            entity("bold", 0, 1),
            entity("italic", 2, 1),
            entity("code", 4, 1),
            entity("text_link", 6, 1, url="https://a.by"),
        ],
    )
    assert parse_old_markdown("```\nx\n```") == ("x", [entity("pre", 0, 1)])


@given(TEXTS)
def test_escaped_text_is_itself(text: str) -> None:
    assert parse_html(html.escape(text, quote=False)) == (text, [])
    assert parse_markdown(escape_markdown(text, version=2)) == (text, [])
    if "\\" not in text:
        assert parse_old_markdown(escape_markdown(text, version=1)) == (text, [])


@given(TEXTS, TEXTS)
def test_entities_are_those_that_the_library_writes(first: str, second: str) -> None:
    text = first + second
    length = len(first.encode("utf-16-le")) // 2
    written = [MessageEntity("bold", 0, length)]
    read, entities = parse_html(_as_html(text, written))
    assert (read, entities) == (text, [entity("bold", 0, length)])


def _as_html(text: str, entities: list[MessageEntity]) -> str:
    message = Message.de_json(
        {
            "message_id": 1,
            "date": 1,
            "chat": {"id": 1, "type": "private"},
            "from": BOT,
            "text": text,
            "entities": [one.to_dict() for one in entities],
        }
    )
    return message.text_html


@given(st.text(st.sampled_from("<>/b i=\"'&;ap")))
def test_broken_html_is_read_or_refused(source: str) -> None:
    _read_or_refused(parse_html, source)


@given(st.text(st.sampled_from("*_~|`[]()>\\\n a")))
def test_broken_markdown_is_read_or_refused(source: str) -> None:
    _read_or_refused(parse_markdown, source)
    _read_or_refused(parse_old_markdown, source)


def _read_or_refused(parse: Callable[[str], tuple[str, list[dict[str, Any]]]], source: str) -> None:
    try:
        text, entities = parse(source)
    except RefusalError as error:
        refusal = error.description
    else:
        refusal = ""
        for one in entities:
            assert 0 <= one["offset"] < one["offset"] + one["length"] <= len(text)
    assert not refusal or refusal.startswith("Bad Request: can't parse entities: ")


def test_every_text_of_a_request_is_read() -> None:
    result = {"input_message_content": {"message_text": "<b>a</b>", "parse_mode": "html"}}
    given = {
        "caption": "<i>b</i>",
        "parse_mode": "HTML",
        "results": [result],
        "reply_parameters": {"quote": "*c*", "quote_parse_mode": "MarkdownV2"},
    }
    assert read_markup(given) == {
        "caption": "b",
        "caption_entities": [entity("italic", 0, 1)],
        "results": [
            {"input_message_content": {"message_text": "a", "entities": [entity("bold", 0, 1)]}}
        ],
        "reply_parameters": {"quote": "c", "quote_entities": [entity("bold", 0, 1)]},
    }


def test_request_with_entities_of_its_own_is_left_alone() -> None:
    given = {"text": "<b>", "entities": [entity("bold", 0, 1)], "parse_mode": "HTML"}
    assert read_markup(given) == given
    assert read_markup({"text": "<b>", "parse_mode": ""}) == {"text": "<b>", "parse_mode": ""}
