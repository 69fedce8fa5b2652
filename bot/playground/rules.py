"""What the Bot API says in prose only, or not at all, and Telegram holds to all the same."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from bot.playground.problems import Problem
from bot.playground.requests import ATTACHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.playground.requests import Upload

# Which text a list of entities belongs to, where the name does not tell by itself.
_TEXT_OF_ENTITIES: Final = {"entities": ("text", "message_text")}
# Clients show at most eight buttons in a row; the server refuses more than a hundred in all.
_ROW_LENGTH: Final = 8
_BUTTONS: Final = 100
# What a button may open; anything else is BUTTON_URL_INVALID.
_LINKS: Final = {"http", "https", "tg", "ton"}
# What a person may have written, whatever it begins with.
_WRITTEN: Final = {"text", "caption", "quote"}


def utf16_length(text: str) -> int:
    """The length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def entity_problems(where: str, given: Mapping[str, Any]) -> Iterator[Problem]:
    """Entities must lie in their text, and cut no character in two."""
    for name, entities in given.items():
        if not name.endswith("entities") or not isinstance(entities, list):
            continue
        names = _TEXT_OF_ENTITIES.get(name, (name.removesuffix("_entities"),))
        text = next((given[candidate] for candidate in names if candidate in given), None)
        if not isinstance(text, str):
            yield Problem(f"{where}.{name}", "there is no text that they belong to", "ignored")
            continue
        # A caption's parse mode alone does not say whose it is.
        mode = name.removeprefix("caption_").replace("entities", "parse_mode")
        if given.get(mode):
            yield Problem(f"{where}.{name}", "given beside a parse mode", "ignored")
        yield from _spans(f"{where}.{name}", text, entities)


def _spans(where: str, text: str, entities: list[Any]) -> Iterator[Problem]:
    units = text.encode("utf-16-le", errors="surrogatepass")
    quotes = []
    for position, entity in enumerate(entities):
        at = f"{where}[{position}]"
        try:
            kind, start, length = entity["type"], entity["offset"], entity["length"]
            end = start + length
        except (KeyError, TypeError):
            continue  # already told as missing or of a wrong type
        if start < 0 or length < 1 or 2 * end > len(units):
            detail = f"{start} to {end} is not inside the text's {len(units) // 2} units"
            reason = _out_of_bounds(start, length, len(units) // 2)
            # Telegram leaves out what marks nothing.
            yield Problem(at, detail, "rule" if reason else "ignored", reason)
            continue
        if _cut(units, start) or _cut(units, end):
            yield Problem(at, "cuts a character in two", reason=_cutting(units, start, end))
            continue
        # Telegram moves such ends by itself, so that what is marked is not what was meant.
        marked = units[2 * start : 2 * end].decode("utf-16-le", errors="surrogatepass")
        if marked != marked.strip():
            yield Problem(at, "begins or ends with white space", "ignored")
        if kind == "text_link" and not entity.get("url"):
            reason = "entity URL '' is invalid: URL host is empty"
            if "url" not in entity:
                reason = "can't parse MessageEntity: Can't find field \"url\""
            yield Problem(at, "a link without an address", reason=reason)
        if str(kind).endswith("blockquote"):
            quotes.append((start, end))
    quotes.sort()
    if any(left[1] > right[0] for left, right in pairwise(quotes)):
        yield Problem(where, "quotes cannot be nested", "ignored")


def _out_of_bounds(start: int, length: int, end: int) -> str:
    if start < 0:
        return f"receive an entity with incorrect offset {start}"
    if length < 0:
        return f"receive an entity with incorrect length {length}"
    if length == 0:
        return ""
    if start > end:
        return f"entity begins after the end of the text at UTF-16 offset {start}"
    return (
        f"entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 "
        f"offset {start + length}"
    )


def _cutting(units: bytes, start: int, end: int) -> str:
    begins = _cut(units, start)
    position = start if begins else end
    # Telegram notices at the character's end.
    before = len(units[: 2 * (position + 1)].decode("utf-16-le", errors="replace").encode())
    at = f"in a middle of a UTF-16 symbol at byte offset {before}"
    return (
        f"entity begins {at}" if begins else f"entity beginning at UTF-16 offset {start} ends {at}"
    )


def _cut(units: bytes, position: int) -> bool:
    """Whether a position is between the two halves of one character."""
    return 0xDC <= units[2 * position + 1] <= 0xDF if 2 * position < len(units) else False


def shape_problems(where: str, given: Mapping[str, Any]) -> Iterator[Problem]:
    """Keyboards, reactions and results that Telegram does not take."""
    rows = given.get("inline_keyboard")
    if isinstance(rows, list) and all(isinstance(row, list) for row in rows):
        if not all(1 <= len(row) <= _ROW_LENGTH for row in rows):
            detail = f"a row must have 1 to {_ROW_LENGTH} buttons"
            yield Problem(f"{where}.inline_keyboard", detail, "ignored")
        if sum(map(len, rows)) > _BUTTONS:
            detail = f"more than {_BUTTONS} buttons"
            yield Problem(f"{where}.inline_keyboard", detail, reason="reply markup is too long")
        for button in (button for row in rows for button in row if isinstance(button, dict)):
            yield from _button(f"{where}.inline_keyboard", button)
    reaction = given.get("reaction")
    if isinstance(reaction, list) and len(reaction) > 1:
        detail = f"{len(reaction)} of them, a bot may set one"
        yield Problem(f"{where}.reaction", detail, reason="REACTIONS_TOO_MANY")
    results = given.get("results")
    if isinstance(results, list):
        ids = [result.get("id") for result in results if isinstance(result, dict)]
        if len(ids) != len(set(map(str, ids))):
            detail = "two results have the same id"
            yield Problem(f"{where}.results", detail, reason="RESULT_ID_DUPLICATE")


def _button(where: str, button: Mapping[str, Any]) -> Iterator[Problem]:
    label, link = button.get("text"), button.get("url")
    if isinstance(label, str) and not label.strip():
        yield Problem(where, "a button without a label", reason="BUTTON_TEXT_INVALID")
    if isinstance(link, str) and not _opens(link):
        detail = f"{link!r} is no address that a button can open"
        unknown = "://" in link and link.partition("://")[0] not in _LINKS
        reason = "Unsupported URL protocol" if unknown else "Wrong HTTP URL"
        reason = f"inline keyboard button URL '{link}' is invalid: {reason}"
        yield Problem(where, detail, reason=reason)


def _opens(link: str) -> bool:
    try:
        address = urlsplit(link)
    except ValueError:
        return False
    # Telegram takes no host without a dot, such as localhost.
    known = address.hostname if address.scheme in {"tg", "ton"} else "." in (address.hostname or "")
    return bool(known) and address.scheme in _LINKS and link.split() == [link]


def attachment_problems(
    method: str, parameters: Mapping[str, Any], uploads: Sequence[Upload]
) -> Iterator[Problem]:
    """Every file must be named by one parameter, and every name must have its file."""
    names = {upload.field for upload in uploads}
    named = set(_attached_names(parameters))
    for name in sorted(named - names):
        detail = f"{ATTACHED}{name} is not among the files"
        yield Problem(method, detail, reason="wrong file identifier/HTTP URL specified")
    for name in sorted(names - named - parameters.keys()):
        yield Problem(method, f"the file {name} is not named by any parameter", "ignored")


def _attached_names(given: object) -> Iterator[str]:
    if isinstance(given, dict):
        for name in given.keys() - _WRITTEN:
            yield from _attached_names(given[name])
    elif isinstance(given, list):
        for value in given:
            yield from _attached_names(value)
    elif isinstance(given, str) and given.startswith(ATTACHED):
        yield given.removeprefix(ATTACHED)
