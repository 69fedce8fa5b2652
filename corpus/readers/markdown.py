"""Markdown as MkDocs knows it: rendered to HTML, then as HTML without boilerplate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from corpus.errors import ReadingError
from corpus.models import RawDocument
from corpus.readers.markup import html_to_text
from corpus.readers.metadata import parse_date, parse_language
from corpus.readers.text import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE
)
# YAML wants quotes around "title: Visas: what is new"; static site generators do without.
_UNQUOTED = re.compile(r"^(\w+:[ \t]+)([^\s'\"\[{|>&*!%@#`].*?:(?: .*)?)[ \t]*$", re.MULTILINE)
# MkDocs writes a tab as it writes an admonition but for the mark and the missing kind.
_TAB = re.compile(r'^([ \t]*)===[!+]*[ \t]+(["\'])(.*)\2[ \t]*$', re.MULTILINE)
_ATTRIBUTE = r"""(?: [.\#][\w:-]+ | [\w:-]+=(?:"[^"\n]*"|'[^'\n]*'|[^\s"'{}]+) )"""
_ATTRIBUTES = re.compile(rf"\{{ :?[ ]* {_ATTRIBUTE} (?: [ ]+ {_ATTRIBUTE} )* [ ]* \}}", re.VERBOSE)
_SHORTCODE = re.compile(r"(?<![\w:]):[a-z][a-z0-9_+-]*:(?![\w:])")
# Any other <word> is the author's own, such as a place to fill in, and stays as text.
_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|br|center|cite|code|data|del|details|dfn|div|em|figcaption|figure|"
    r"font|i|iframe|img|input|ins|kbd|mark|nobr|p|picture|q|s|samp|section|small|source|span|"
    r"strike|strong|sub|summary|sup|time|tt|u|var|video|wbr)(?=[\s/>])|<!--",
    re.IGNORECASE,
)


def read(content: bytes, source: str) -> RawDocument:
    """Read a Markdown file with its front matter.

    Raises:
        ReadingError: It is empty or no text, or its front matter is no YAML.
    """
    text, notes = decode(content, source)
    declared: dict[object, object] = {}
    front = _FRONT_MATTER.match(text)
    if front:
        loaded = _load(front[1], source)
        # Words between two rules are no front matter.
        if isinstance(loaded, dict) or loaded is None:
            declared = loaded or {}
            text = text[front.end() :]
    date_given = declared.get("date")
    published = parse_date(date_given)
    if date_given and not published:
        notes += (f"the date {str(date_given)!r} was not understood; write it as 2025-09-11",)
    return RawDocument(
        text=markdown_to_text(text),
        title=_words(declared.get("title")),
        published=published,
        url=_words(declared.get("url")),
        language=parse_language(declared.get("language") or declared.get("lang")),
        source=_words(declared.get("source")),
        notes=notes,
    )


def markdown_to_text(markdown: str) -> str:
    """The text of Markdown without front matter, in the light form of `RawDocument.text`."""
    return html_to_text(_PARSER.render(_TAB.sub(r'\1!!! tab "\3"', markdown)))


def _load(front_matter: str, source: str) -> object:
    try:
        return yaml.safe_load(front_matter)
    except yaml.MarkedYAMLError as error:
        quoted = _UNQUOTED.sub(_quote, front_matter)
        if quoted != front_matter:
            return _load(quoted, source)
        # Counted from 0 by YAML, and the front matter begins below its first rule.
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        problem = error.problem
    except (yaml.YAMLError, ValueError) as error:
        line, problem = 1, " ".join(str(error).split())
    raise ReadingError(
        source,
        f"its front matter is broken at line {line} ({problem}); "
        "put a value that holds a colon or a quote between quotes",
    )


def _quote(line: re.Match[str]) -> str:
    value = line[2].replace("'", "''")
    return f"{line[1]}'{value}'"


def _words(value: object) -> str | None:
    return " ".join(str(value).split()) or None if value is not None else None


def _drop(pattern: re.Pattern[str], start: str) -> Callable[[StateInline, bool], bool]:
    """An inline rule that skips what the pattern matches."""

    def rule(state: StateInline, silent: bool) -> bool:  # noqa: ARG001, FBT001  # markdown-it's call
        if state.src[state.pos] != start:
            return False
        match = pattern.match(state.src, state.pos)
        if match is None or match.end() > state.posMax:
            return False
        state.pos = match.end()
        return True

    return rule


def _drop_kinds(state: StateCore) -> None:
    """Take out the title that an admonition without one gets from its kind."""
    tokens = state.tokens
    for position, token in enumerate(tokens):
        if token.type == "admonition_open" and len(token.info.split()) == 1:
            for title in tokens[position + 1 : position + 4]:
                title.children, title.content, title.hidden = [], "", True


def _render_tag(
    _renderer: object, tokens: Sequence[Token], position: int, _options: object, _env: object
) -> str:
    tag = tokens[position].content
    return tag if _TAG.match(tag) else tag.replace("<", "&lt;")


def _render_nothing(*_: object) -> str:
    return ""


def _parser() -> MarkdownIt:
    # Indented code is off: in guides it is text indented by accident, and must not keep marks.
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).disable("code")
    parser.use(admon_plugin).use(footnote_plugin).use(tasklists_plugin)
    parser.inline.ruler.before("link", "attributes", _drop(_ATTRIBUTES, "{"))
    parser.inline.ruler.before("link", "shortcode", _drop(_SHORTCODE, ":"))
    parser.core.ruler.before("inline", "drop_kinds", _drop_kinds)
    parser.add_render_rule("html_inline", _render_tag)
    for mark in ("footnote_ref", "footnote_anchor", "image"):
        parser.add_render_rule(mark, _render_nothing)
    return parser


_PARSER = _parser()
