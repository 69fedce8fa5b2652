"""Texts in Telegram's HTML or Markdown, as plain texts with entities.

Source: "Formatting options" in the Bot API's manual; what is refused is refused in the words of
Telegram's own reader.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NoReturn

from bot.playground.errors import bad_request
from bot.playground.rules import utf16_length

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.playground.requests import Json

# Which texts a parse mode is for, by the name that it has in a request.
_MODES: Final = {
    "parse_mode": (
        ("text", "entities"),
        ("message_text", "entities"),
        ("caption", "caption_entities"),
    ),
    "quote_parse_mode": (("quote", "quote_entities"),),
}
_TAGS: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)([^<>]*)>|<(/?)")
_ATTRIBUTE: Final = re.compile(r"([\w-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_REFERENCE: Final = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#[xX][0-9a-fA-F]+);")
_RESERVED: Final = frozenset("_*[]()~`>#+-=|{}.!")
_MARKS: Final = {
    "*": "bold",
    "__": "underline",
    "_": "italic",
    "~": "strikethrough",
    "||": "spoiler",
}
_OLD_MARKS: Final = {"*": "bold", "_": "italic"}
_NAMES: Final = {
    "bold": "Bold",
    "underline": "Underline",
    "italic": "Italic",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
}
_USER: Final = re.compile(r"tg://user\?id=(\d+)")


def read_markup(given: Json) -> Json:
    """Parameters whose texts are plain, with entities in place of what a parse mode marks.

    What comes with both is left as it is: Telegram has no rule for it.

    Raises:
        RefusalError: A text breaks the rules of its parse mode, or there is no such mode.
    """
    read: Json = {}
    for name, value in given.items():
        if isinstance(value, dict):
            read[name] = read_markup(value)
        elif isinstance(value, list):
            read[name] = [read_markup(one) if isinstance(one, dict) else one for one in value]
        else:
            read[name] = value
    for mode, texts in _MODES.items():
        parse = _parser(given[mode]) if mode in given else None
        if parse is None or any(given.get(entities) for _, entities in texts):
            continue
        del read[mode]
        for text, entities in texts:
            if isinstance(given.get(text), str):
                read[text], read[entities] = parse(given[text])
    return read


def _parser(mode: object) -> Callable[[str], tuple[str, list[Json]]] | None:
    """What reads a parse mode; None where it is empty, which is none."""
    if mode == "":
        return None
    match str(mode).lower():
        case "html":
            return parse_html
        case "markdownv2":
            return parse_markdown
        case "markdown":
            return parse_old_markdown
    raise bad_request("unsupported parse_mode")


def trim(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """A text without white space around it, as Telegram keeps it, and its entities in order.

    What marks nothing any more is left out.
    """
    before = utf16_length(text[: len(text) - len(text.lstrip())])
    text = text.strip()
    end = utf16_length(text)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - before, 0)
        stop = min(entity["offset"] + entity["length"] - before, end)
        if stop > start:
            kept.append({**entity, "offset": start, "length": stop - start})
    return text, sorted(kept, key=lambda one: (one["offset"], -one["length"]))


@dataclass(slots=True)
class _Marked:
    """A plain text as it grows, with what is marked in it."""

    source: str
    parts: list[str] = field(default_factory=list)
    length: int = 0
    entities: list[Json] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.length += utf16_length(text)

    def mark(self, start: int, kind: str, **fields: Any) -> None:  # noqa: ANN401 - an entity's own
        if self.length > start:
            entity = {"type": kind, "offset": start, "length": self.length - start, **fields}
            self.entities.append(entity)

    def whole(self) -> tuple[str, list[Json]]:
        """The text without white space around it, and the entities in their order."""
        return trim("".join(self.parts), self.entities)

    def at(self, position: int) -> int:
        """A position of the source as Telegram counts it, in bytes."""
        return len(self.source[:position].encode("utf-8", errors="surrogatepass"))


def _refuse(reason: str) -> NoReturn:
    raise bad_request(f"can't parse entities: {reason}")


def _link(address: str) -> tuple[str, Json]:
    """The kind of entity that a link is, and where it leads."""
    if user := _USER.fullmatch(address):
        mentioned = {"id": int(user[1]), "is_bot": False, "first_name": ""}
        return "text_mention", {"user": mentioned}
    return "text_link", {"url": address}


def parse_html(source: str) -> tuple[str, list[Json]]:
    """The text and the entities of Telegram's HTML.

    Raises:
        RefusalError: A tag is not Telegram's, or does not end.
    """
    marked = _Marked(source)
    stack: list[tuple[str, int, str, Json]] = []
    position = 0
    for tag in _TAG.finditer(source):
        marked.add(_unescaped(source[position : tag.start()]))
        position = tag.end()
        offset = marked.at(tag.start())
        if tag[2] is None:
            wrong = re.split(r"[\s>]", source[position:])[0]
            if tag[4] or position + len(wrong) == len(source):
                _refuse(f"Unclosed {'end' if tag[4] else 'start'} tag at byte offset {offset}")
            _refuse(f'Unsupported start tag "{wrong}" at byte offset {offset}')
        name = tag[2].lower()
        if not tag[1]:
            if name not in _TAGS:
                _refuse(f'Unsupported start tag "{name}" at byte offset {offset}')
            stack.append((name, marked.length, *_opened(name, tag[3], offset)))
            continue
        if not stack:
            _refuse(f"Unexpected end tag at byte offset {offset}")
        opened, start, kind, fields = stack.pop()
        if name != opened:
            _refuse(
                f'Unmatched end tag at byte offset {offset}, expected "</{opened}>", '
                f'found "</{name}>"'
            )
        inside = stack[-1] if stack else None
        if opened == "code" and inside and inside[0] == "pre" and inside[1] == start and fields:
            stack[-1] = (*inside[:3], fields)
        else:
            marked.mark(start, kind, **({} if opened == "code" else fields))
    marked.add(_unescaped(source[position:]))
    if stack:
        _refuse(f'Can\'t find end tag corresponding to start tag "{stack[-1][0]}"')
    return marked.whole()


def _unescaped(text: str) -> str:
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), text)


def _opened(name: str, written: str, offset: int) -> tuple[str, Json]:
    """The kind of entity that a start tag begins, and its fields."""
    attributes = {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "")
        for found in _ATTRIBUTE.finditer(written)
    }
    kind = _TAGS[name]
    if name == "span" and attributes.get("class") != "tg-spoiler":
        _refuse(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
    if name == "a":
        return _link(attributes.get("href", "")) if "href" in attributes else (kind, {"url": ""})
    if name == "tg-emoji":
        return kind, {"custom_emoji_id": attributes.get("emoji-id", "")}
    if name == "blockquote" and "expandable" in attributes:
        return "expandable_blockquote", {}
    language = attributes.get("class", "")
    if name == "code" and language.startswith("language-"):
        return kind, {"language": language.removeprefix("language-")}
    return kind, {}


def parse_markdown(source: str) -> tuple[str, list[Json]]:
    """The text and the entities of MarkdownV2.

    Raises:
        RefusalError: A reserved character is not escaped, or a mark has no end.
    """
    return _Markdown(source).read()


class _Markdown:
    """Reads MarkdownV2 character by character."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._marked = _Marked(source)
        self._open: list[tuple[str, int, int]] = []
        self._quote: int | None = None
        self._position = 0

    def read(self) -> tuple[str, list[Json]]:
        source = self._source
        while self._position < len(source):
            character = source[self._position]
            if self._begins_line():
                self._read_quote_mark()
            elif character == "\\" and source[self._position + 1 : self._position + 2].isascii():
                self._marked.add(source[self._position + 1 : self._position + 2])
                self._position += 2
            elif character == "`":
                self._read_code()
            elif mark := self._mark():
                self._toggle(mark)
            elif character == "[":
                self._open.append(("[", self._marked.length, self._position))
                self._position += 1
            elif character == "]" and self._open and self._open[-1][0] == "[":
                self._read_address()
            elif character in _RESERVED:
                escape = "\\"
                _refuse(
                    f"Character '{character}' is reserved and must be escaped with the "
                    f"preceding '{escape}'"
                )
            else:
                self._marked.add(character)
                self._position += 1
        self._end_quote("blockquote")
        if self._open:
            mark, _, position = self._open[-1]
            self._refuse_endless({**_MARKS, "[": "text_link"}[mark], position)
        return self._marked.whole()

    def _refuse_endless(self, kind: str, position: int) -> NoReturn:
        offset = self._marked.at(position)
        _refuse(f"Can't find end of {_NAMES[kind]} entity at byte offset {offset}")

    def _begins_line(self) -> bool:
        """Whether a line begins here that begins or ends a block quote."""
        begins = self._position == 0 or self._source[self._position - 1] == "\n"
        ahead = self._source[self._position : self._position + 3]
        if begins and not ahead.startswith(">"):
            self._end_quote("blockquote")
        return begins and (ahead.startswith(">") or ahead == "**>")

    def _read_quote_mark(self) -> None:
        if self._quote is None:
            self._quote = self._marked.length
        self._position += 3 if self._source[self._position] == "*" else 1

    def _end_quote(self, kind: str) -> None:
        if self._quote is not None:
            self._marked.mark(self._quote, kind)
            self._quote = None

    def _mark(self) -> str:
        """The mark that stands here; empty where there is none."""
        ahead = self._source[self._position : self._position + 2]
        return next((mark for mark in ("||", "__", "*", "_", "~") if ahead.startswith(mark)), "")

    def _toggle(self, mark: str) -> None:
        following = self._source[self._position + len(mark) :][:1]
        opened = self._open[-1] if self._open else None
        if opened and opened[0] == mark:
            self._open.pop()
            self._marked.mark(opened[1], _MARKS[mark])
        elif mark == "||" and self._quote is not None and following in {"", "\n"}:
            self._end_quote("expandable_blockquote")
        else:
            self._open.append((mark, self._marked.length, self._position))
        self._position += len(mark)

    def _read_code(self) -> None:
        fence = "```" if self._source.startswith("```", self._position) else "`"
        kind = "pre" if fence == "```" else "code"
        begin = self._position + len(fence)
        found = re.compile(rf"((?:\\.|[^\\])*?){fence}", re.DOTALL).match(self._source, begin)
        if found is None:
            self._refuse_endless(kind, self._position)
        written, fields = found[1], {}
        if kind == "pre" and (language := re.match(r"([^\s`]+)\n|\n", written)):
            fields = {"language": language[1]} if language[1] else {}
            written = written[language.end() :]
        start = self._marked.length
        self._marked.add(re.sub(r"\\([\x01-\x7e])", r"\1", written))
        self._marked.mark(start, kind, **fields)
        self._position = found.end()

    def _read_address(self) -> None:
        _, start, position = self._open.pop()
        found = re.compile(r"\]\(((?:\\.|[^\\)])*)\)").match(self._source, self._position)
        if found is None:
            self._refuse_endless("text_link", position)
        kind, fields = _link(re.sub(r"\\(.)", r"\1", found[1]))
        self._marked.mark(start, kind, **fields)
        self._position = found.end()


def parse_old_markdown(source: str) -> tuple[str, list[Json]]:
    """The text and the entities of the first Markdown, in which nothing nests.

    Raises:
        RefusalError: A mark has no end.
    """
    marked = _Marked(source)
    pattern = re.compile(
        r"\\([_*`\[])|```(?:([^\s`]+)?\n)?(.*?)```|([*_`])(.*?)\4|\[([^\]]*)\]\(([^)]*)\)"
        r"|([*_`])|(\[)(?=[^\]]*$)",
        re.DOTALL,
    )
    position = 0
    for found in pattern.finditer(source):
        marked.add(source[position : found.start()])
        position, start = found.end(), marked.length
        if found[1]:
            marked.add(found[1])
        elif found[3] is not None:
            marked.add(found[3])
            marked.mark(start, "pre", **({"language": found[2]} if found[2] else {}))
        elif found[4]:
            marked.add(found[5])
            marked.mark(start, _OLD_MARKS.get(found[4], "code"))
        elif found[7] is not None:
            marked.add(found[6])
            kind, fields = _link(found[7])
            marked.mark(start, kind, **fields)
        else:
            offset = marked.at(found.start())
            _refuse(f"Can't find end of the entity starting at byte offset {offset}")
    marked.add(source[position:])
    return marked.whole()
