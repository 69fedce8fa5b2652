from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from corpus.errors import ReadingError
from corpus.readers.markdown import markdown_to_text, read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("", ""),
        ("# A\n\nB\n=\n\n## C ##", "# A\n\n# B\n\n## C"),
        ("one\ntwo  \nthree\\\nfour", "one two\nthree\nfour"),
        ("**a** _b_ ~~c~~ `d *e*` ***f***", "a b c d *e* f"),
        ("[label](https://x.example) [other][1] <https://y.example>\n\n[1]: z.md",
         "label other https://y.example"),
        ("![alt](x.png) a ![alt][1]\n\n[1]: z.png", "a"),
        ("- a\n- b\n    - c\n\n1. d\n2. e", "- a\n- b\n- c\n\n1. d\n2. e"),
        ("- [x] a\n- [ ] b", "- ☑ a\n- ☐ b"),
        ("| A | B |\n|---|:-:|\n| 1 | **2** |\n|  | 3<br>4 |", "A | B\n1 | 2\n| 3 4"),
        ("> a\n> b\n>\n> c", "a b\n\nc"),
        ("```python\nx = 1\n```\n\nb", "x = 1\n\nb"),
        ("a\n\n    indented **b**", "a\n\nindented b"),
        ("a <!-- no --> b\n\n<!-- no\n\nno -->\n\nc", "a b\n\nc"),
        ("a<br>b <u>c</u> <small>d</small>", "a\nb c d"),
        ("put <name> and <your password> here", "put <name> and <your password> here"),
        ("1 < 2 > 0 & more", "1 < 2 > 0 & more"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a | b"),
        ("a[^1]\n\n[^1]: The note.", "a\n\n1. The note."),
        ('# A { #id .cls }\n\n[b](x){ .md-button } { width="220" } {: .x }', "# A\n\nb"),
        ("a {braces} and {{ more }}", "a {braces} and {{ more }}"),
        (":material-check: a :telegram: b", "a b"),
        ("10:30:45 and std::vector::x and a:b:c", "10:30:45 and std::vector::x and a:b:c"),
        ('!!! tip "The title"\n    a\n    b\n\n    c\n\nd', "The title\n\na b\n\nc\n\nd"),
        ('!!!quote "Close by"\n    a', "Close by\n\na"),
        ("!!! note\n    a", "a"),
        ('!!! note ""\n    a', "a"),
        ('???+ danger inline "**Open** one"\n    - a\n    - b', "Open one\n\n- a\n- b"),
        ('??? note "Closed"\n    a', "Closed\n\na"),
        ('!!! note "Outer"\n    a\n\n    !!! tip "Inner"\n        b', "Outer\n\na\n\nInner\n\nb"),
        ('- a\n\n    !!! note "In a list"\n        b', "- a\n\nIn a list\n\nb"),
        ('=== "One"\n\n    a\n\n=== "Two"\n\n    - b', "One\n\na\n\nTwo\n\n- b"),
        ("a\n\n---\n\nb", "a\n\nb"),
        ("Лічба №1 — 🎉 שלום", "Лічба №1 — 🎉 שלום"),
    ],
)  # fmt: skip
def test_markdown_becomes_blocks_of_text(markdown: str, text: str) -> None:
    assert markdown_to_text(markdown) == text


def test_front_matter_is_taken_and_unknown_keys_are_ignored() -> None:
    raw = read(
        "---\ntitle: Назва\ndate: 2025-09-11\nurl: https://x.example/a\nlanguage: be-tarask\n"
        "source: https://t.me/x/1\ntags: [a, b]\n---\n\n# A\n\nb\n".encode(),
        "a.md",
    )
    assert raw.text == "# A\n\nb"
    assert (raw.title, raw.published, raw.url) == (
        "Назва",
        date(2025, 9, 11),
        "https://x.example/a",
    )
    assert (raw.language, raw.source, raw.notes) == ("be", "https://t.me/x/1", ())


@pytest.mark.parametrize(
    "value",
    ["2025-09-11", "2025-09-11 10:30:00", "2025-09-11T10:30:00+03:00", "'2025-09-11'",
     "11 верасня 2025", "11.09.2025"],
)  # fmt: skip
def test_date_in_front_matter_may_be_written_in_many_ways(value: str) -> None:
    assert read(f"---\ndate: {value}\n---\na".encode(), "a.md").published == date(2025, 9, 11)


def test_date_that_is_not_understood_is_noted() -> None:
    raw = read(b"---\ndate: last summer\n---\na", "a.md")
    assert raw.published is None
    assert raw.notes == ("the date 'last summer' was not understood; write it as 2025-09-11",)


@pytest.mark.parametrize(
    ("declared", "language"),
    [("lang: uk", "uk"), ("language: en_US", "en"), ("language: pol", "pl"), ("language: fr", None),
     ("lang:", None)],
)  # fmt: skip
def test_language_in_front_matter_counts_if_it_is_served(
    declared: str, language: str | None
) -> None:
    assert read(f"---\n{declared}\n---\na".encode(), "a.md").language == language


@pytest.mark.parametrize(
    ("markdown", "title", "text"),
    [
        ("---\n---\na", None, "a"),
        ("---\ntitle:\n---\na", None, "a"),
        ("---\ntitle: 2025\n---\na", "2025", "a"),
        ("---\r\ntitle: x\r\n---\r\na", "x", "a"),
        ("---\ntitle: Visas: it's new\n---\na", "Visas: it's new", "a"),
        ("---\nwords between rules\n\n---\n\na", None, "words between rules\n\na"),
        ("---\nno end", None, "no end"),
        ("a\n\n---\ntitle: x\n---\n", None, "a\n\n## title: x"),
    ],
)
def test_front_matter_is_only_what_yaml_takes_for_it(
    markdown: str, title: str | None, text: str
) -> None:
    raw = read(markdown.encode(), "a.md")
    assert (raw.title, raw.text) == (title, text)


@pytest.mark.parametrize(
    ("front_matter", "line"),
    [("title: x\ntags: [a, b\ndate: 1", 4), ("title: x\n\tb: c", 3), ("title: 'x", 3),
     ("date: 2025-13-45", 1)],
)  # fmt: skip
def test_broken_front_matter_is_refused_with_its_line(front_matter: str, line: int) -> None:
    with pytest.raises(ReadingError, match=rf"front matter is broken at line {line}\b") as refused:
        read(f"---\n{front_matter}\n---\na".encode(), "a.md")
    assert "\n" not in str(refused.value)


def test_guide_is_read_whole_without_markup(shared: Path) -> None:
    paths = sorted((shared / "eval" / "guide" / "docs").glob("*.md"))
    assert len(paths) == 76
    left = re.compile(
        r"\]\(|\]\[|\*\*|`|!!!|\?\?\?|<(?:br|td|!--|/)|^===|:(?:telegram|material)", re.MULTILINE
    )
    for path in paths:
        raw = read(path.read_bytes(), str(path))
        assert raw.title
        assert left.findall(raw.text) == []
        assert _words(_source_words(path.read_text(encoding="utf-8"))) - _words(raw.text) == set()


def _source_words(markdown: str) -> str:
    """The Markdown without what is no text of the article, crudely."""
    for pattern in (
        r"\A---\n.*?^---\n",
        r"<!--.*?-->",
        r"^\s*\[[^\]]+\]:\s+\S+.*$",
        r"!\[(?:[^\[\]]|\[[^\]]*\])*\](?:\[[^\]]*\]|\([^)]*\))",
        r"(?<=\])(?:\[[^\]]*\]|\([^)]*\))",
        r"</?[a-z][^>]*>",
        r"^\s*(?:!!!|\?\?\?\+?) ?\w+",
        r"(?<![\w:]):[a-z-]+:",
        r"\{[^}]*\}",
        r"\[x\]",
    ):
        markdown = re.sub(pattern, " ", markdown, flags=re.DOTALL | re.MULTILINE)
    return markdown


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W_]+", text) if not word.isdigit() or len(word) > 2}
