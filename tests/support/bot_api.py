"""Checks a request against the machine-readable Bot API.

Limits are read out of the schema's own descriptions ("1-4096 characters after entities
parsing", "must be article", "Required if inline_message_id is not specified"). What the schema
does not say and Telegram holds to all the same is written out, with its reason, below.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from tests.support.requests import ATTACHED, Upload

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

Field = dict[str, Any]

_LENGTH = re.compile(r"(\d+)-(\d+) (characters|bytes)", re.IGNORECASE)
_LENGTH_AT_MOST = re.compile(r"(?:can't exceed|up to) (\d+) (characters|bytes)", re.IGNORECASE)
_COUNT = re.compile(r"(?:list of|must include) (\d+)-(\d+) ", re.IGNORECASE)
_COUNT_AT_MOST = re.compile(r"(?:at most|up to) (\d+) ", re.IGNORECASE)
_RANGE = re.compile(r"[Vv]alues between (\d+)-(\d+)|[Mm]ust be between (\d+) and (\d+)\b(?!,? or)")
_CONSTANT = re.compile(r"must be ([a-z0-9_]+)$|, always \"([a-z_]+)\"")
_QUOTED = re.compile(r'"([^"]+)"')
_CHAT_ACTION = re.compile(r"([a-z_]+)(?: or ([a-z_]+))? for ")
_REQUIRED_IF = re.compile(r"[Rr]equired if (\w+)(?: and (\w+))? (?:is|are) ?n[o']t specified")
_RESULTS_LIMIT = re.compile(r"No more than (\d+) (\w+) per query")
_CHARACTERS: Final = {
    "only A-Z, a-z, 0-9, _ and - are allowed": re.compile(r"[A-Za-z0-9_-]*"),
    "only lowercase English letters, digits and underscores": re.compile(r"[a-z0-9_]*"),
    "two-letter ISO 639-1": re.compile(r"([a-z]{2})?"),
}
# Which text a list of entities belongs to, where the name does not tell by itself.
_TEXT_OF_ENTITIES: Final = {"entities": ("text", "message_text")}
# Clients show at most eight buttons in a row; the server refuses more than a hundred in all.
_ROW_LENGTH: Final = 8
_BUTTONS: Final = 100
# What a button may open; anything else is BUTTON_URL_INVALID.
_LINKS: Final = {"http", "https", "tg", "ton"}
# What a person may have written, whatever it begins with.
_WRITTEN: Final = {"text", "caption", "quote"}
_PLAIN: Final[dict[str, tuple[type, ...]]] = {
    "String": (str,),
    "Integer": (int,),
    "Float": (int, float),
    "InputFile": (Upload,),
}


class BotApi:
    """The methods and types of the Bot API, as far as a request can be held to them."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._methods = schema["methods"]
        self._types = schema["types"]

    @classmethod
    def load(cls, path: Path) -> BotApi:
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def returns(self, method: str) -> list[str]:
        """The types of a method's result; empty where there is no such method."""
        found: list[str] = self._methods.get(method, {}).get("returns", [])
        return found

    def read_form(
        self, method: str, form: Mapping[str, str], uploads: Sequence[Upload] = ()
    ) -> dict[str, Any]:
        """The parameters of a form-encoded request; what is no string travels as JSON.

        A file in a field of the method's own is that parameter; the others are named by it.
        """
        types = {
            field["name"]: field["types"]
            for field in self._methods.get(method, {}).get("fields", [])
        }
        return {
            **{name: _read(value, types.get(name, ["String"])) for name, value in form.items()},
            **{upload.field: upload for upload in uploads if upload.field in types},
        }

    def problems(
        self, method: str, parameters: Mapping[str, Any], uploads: Sequence[Upload] = ()
    ) -> list[str]:
        """Everything that is wrong with a request, one line each."""
        if method not in self._methods:
            return [f"{method}: there is no such method"]
        specification = self._methods[method]
        found = list(self._object(method, specification, parameters))
        for line in specification["description"]:
            if limit := _RESULTS_LIMIT.search(line):
                given = parameters.get(limit[2])
                if isinstance(given, list) and len(given) > int(limit[1]):
                    found.append(f"{method}.{limit[2]}: {len(given)}, at most {limit[1]}")
        found += _attachments(method, parameters, uploads)
        return found

    def misfits(self, name: str, given: object) -> list[str]:
        """Everything in which a value differs from a type, such as "Update", one line each."""
        return list(self._typed(name, name, given))

    def complete(self, name: str, given: dict[str, Any]) -> dict[str, Any]:
        """A value of a type, its missing required flags being false and its numbers 0.

        Raises:
            ValueError: There is no subtype with what is given.
        """
        blank = {"Boolean": False, "Integer": 0}
        for subtype in self._types[name].get("subtypes", [name]):
            fields = self._types[subtype]["fields"]
            required = {
                field["name"]: blank[field["types"][0]]
                for field in fields
                if field["required"] and field["types"][0] in blank
            }
            if not self.misfits(subtype, required | given):
                return required | given
        raise ValueError(f"{given} is no {name}")

    def _object(self, where: str, specification: Field, given: object) -> Iterator[str]:
        if not isinstance(given, dict):
            yield f"{where}: {type(given).__name__} in place of an object"
            return
        fields: dict[str, Field] = {
            field["name"]: field for field in specification.get("fields", [])
        }
        for name in given.keys() - fields.keys():
            yield f"{where}.{name}: there is no such field"
        for name, field in fields.items():
            if name in given:
                yield from self._value(f"{where}.{name}", field, given[name])
            elif field["required"]:
                yield f"{where}.{name}: missing"
            elif missing := _missing_with(field["description"], given):
                yield f"{where}.{name}: missing, and so is {missing}"
        yield from _one_of_many(where, specification, fields, given)
        yield from _entities(where, given)
        yield from _shape(where, given)

    def _value(self, where: str, field: Field, given: object) -> Iterator[str]:
        """A value is right where it fits one of its types; else the nearest type complains."""
        complaints = [list(self._typed(where, name, given)) for name in field["types"]]
        yield from min(complaints, key=len)
        yield from _limits(where, field["description"], given)

    def _typed(self, where: str, name: str, given: object) -> Iterator[str]:
        if name.startswith("Array of "):
            if not isinstance(given, list):
                yield f"{where}: {type(given).__name__} in place of an array"
                return
            for position, element in enumerate(given):
                yield from self._typed(
                    f"{where}[{position}]", name.removeprefix("Array of "), element
                )
        elif name in self._types and name != "InputFile":
            specification = self._types[name]
            subtypes = specification.get("subtypes")
            if subtypes:
                yield from min(
                    (list(self._typed(where, subtype, given)) for subtype in subtypes), key=len
                )
            else:
                yield from self._object(where, specification, given)
        elif not _is_plain(name, given):
            yield f"{where}: {type(given).__name__} in place of {name}"


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def _read(value: str, types: list[str]) -> Any:
    if types == ["String"]:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _is_plain(name: str, given: object) -> bool:
    if isinstance(given, bool):
        return name == "Boolean" or (name == "True" and given)
    return isinstance(given, _PLAIN.get(name, ()))


def _limits(where: str, description: str, given: object) -> Iterator[str]:
    if isinstance(given, str):
        yield from _string_limits(where, description, given)
    elif isinstance(given, list):
        low, high = 0, None
        if match := _COUNT.search(description):
            low, high = int(match[1]), int(match[2])
        elif match := _COUNT_AT_MOST.search(description):
            high = int(match[1])
        if len(given) < low or (high is not None and len(given) > high):
            yield f"{where}: {len(given)} of them, must be {low} to {high}"
    elif (
        isinstance(given, int)
        and not isinstance(given, bool)
        and (match := _RANGE.search(description))
    ):
        low, high = (int(number) for number in match.groups() if number is not None)
        if not low <= given <= high:
            yield f"{where}: {given}, must be {low} to {high}"


def _string_limits(where: str, description: str, given: str) -> Iterator[str]:
    low, high, unit = 0, None, ""
    if match := _LENGTH.search(description):
        low, high, unit = int(match[1]), int(match[2]), match[3].lower()
    elif match := _LENGTH_AT_MOST.search(description):
        high, unit = int(match[1]), match[2].lower()
    if high is not None:
        # Telegram counts UTF-16 units and takes off white space at both ends first; what is
        # sent must fit even so, while nothing but white space is empty.
        length = len(given.encode()) if unit == "bytes" else utf16_length(given)
        if length > high or utf16_length(given.strip()) < low:
            yield f"{where}: {length} {unit}, must be {low} to {high}"
    if any(
        text in description and not pattern.fullmatch(given)
        for text, pattern in _CHARACTERS.items()
    ):
        yield f"{where}: characters that are not allowed"
    if (match := _CONSTANT.search(description)) and given != (match[1] or match[2]):
        yield f"{where}: {given!r}, must be {match[1] or match[2]!r}"
    choices: set[str] = set()
    if re.search("ust be one of|Currently, (it )?can be", description):
        choices = set(_QUOTED.findall(description))
    elif "Choose one" in description:
        choices = {word for pair in _CHAT_ACTION.findall(description) for word in pair if word}
    if choices and given not in choices:
        yield f"{where}: {given!r} is none of {sorted(choices)}"


def _missing_with(description: str, given: Mapping[str, object]) -> str:
    """The alternatives to a missing field, where they are missing too; else nothing."""
    match = _REQUIRED_IF.search(description)
    names = [name for name in match.groups() if name] if match else []
    return "" if any(name in given for name in names) else " and ".join(names)


def _one_of_many(
    where: str, specification: Field, fields: Mapping[str, Field], given: Mapping[str, object]
) -> Iterator[str]:
    """Types of which exactly one optional field must be there, such as buttons."""
    description = " ".join(specification["description"])
    if not re.search(r"xactly one of the (optional fields|fields other than)", description):
        return
    exempt = re.search(r"fields other than ([\w, ]+?) must be used", description)
    others = set(re.findall(r"\w+", exempt[1])) if exempt else set()
    used = [
        name
        for name in given
        if name in fields and name not in others and not fields[name]["required"]
    ]
    if len(used) != 1:
        yield f"{where}: exactly one of the optional fields must be used, not {used}"


def _entities(where: str, given: Mapping[str, Any]) -> Iterator[str]:
    """Entities must lie in their text, and cut no character in two."""
    for name, entities in given.items():
        if not name.endswith("entities") or not isinstance(entities, list):
            continue
        names = _TEXT_OF_ENTITIES.get(name, (name.removesuffix("_entities"),))
        text = next((given[candidate] for candidate in names if candidate in given), None)
        if not isinstance(text, str):
            yield f"{where}.{name}: there is no text that they belong to"
            continue
        # A caption's parse mode alone does not say whose it is.
        mode = name.removeprefix("caption_").replace("entities", "parse_mode")
        if given.get(mode):
            yield f"{where}.{name}: given beside a parse mode"
        yield from _entity_spans(f"{where}.{name}", text, entities)


def _entity_spans(where: str, text: str, entities: list[Any]) -> Iterator[str]:
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
            yield f"{at}: {start} to {end} is not inside the text's {len(units) // 2} units"
            continue
        try:
            marked = units[2 * start : 2 * end].decode("utf-16-le")
        except UnicodeDecodeError:
            yield f"{at}: cuts a character in two"
            continue
        # Telegram moves such ends by itself, so that what is marked is not what was meant.
        if marked != marked.strip():
            yield f"{at}: begins or ends with white space"
        if kind == "text_link" and not entity.get("url"):
            yield f"{at}: a link without an address"
        if kind.endswith("blockquote"):
            quotes.append((start, end))
    quotes.sort()
    if any(left[1] > right[0] for left, right in pairwise(quotes)):
        yield f"{where}: quotes cannot be nested"


def _shape(where: str, given: Mapping[str, Any]) -> Iterator[str]:
    """What the schema says in prose only, or not at all."""
    rows = given.get("inline_keyboard")
    if isinstance(rows, list) and all(isinstance(row, list) for row in rows):
        if not all(1 <= len(row) <= _ROW_LENGTH for row in rows):
            yield f"{where}.inline_keyboard: a row must have 1 to {_ROW_LENGTH} buttons"
        if sum(map(len, rows)) > _BUTTONS:
            yield f"{where}.inline_keyboard: more than {_BUTTONS} buttons"
        for button in (button for row in rows for button in row if isinstance(button, dict)):
            yield from _button(f"{where}.inline_keyboard", button)
    reaction = given.get("reaction")
    if isinstance(reaction, list) and len(reaction) > 1:
        yield f"{where}.reaction: {len(reaction)} of them, a bot may set one"
    results = given.get("results")
    if isinstance(results, list):
        ids = [result.get("id") for result in results if isinstance(result, dict)]
        if len(ids) != len(set(ids)):
            yield f"{where}.results: two results have the same id"


def _button(where: str, button: Mapping[str, Any]) -> Iterator[str]:
    label, link = button.get("text"), button.get("url")
    if isinstance(label, str) and not label.strip():
        yield f"{where}: a button without a label"
    if isinstance(link, str) and not _opens(link):
        yield f"{where}: {link!r} is no address that a button can open"


def _opens(link: str) -> bool:
    try:
        address = urlsplit(link)
    except ValueError:
        return False
    # Telegram takes no host without a dot, such as localhost.
    known = address.hostname if address.scheme in {"tg", "ton"} else "." in (address.hostname or "")
    return bool(known) and address.scheme in _LINKS and link.split() == [link]


def _attachments(
    method: str, parameters: Mapping[str, Any], uploads: Sequence[Upload]
) -> Iterator[str]:
    """Every file must be named by one parameter, and every name must have its file."""
    names = {upload.field for upload in uploads}
    named = set(_attached_names(parameters))
    for name in sorted(named - names):
        yield f"{method}: {ATTACHED}{name} is not among the files"
    for name in sorted(names - named - parameters.keys()):
        yield f"{method}: the file {name} is not named by any parameter"


def _attached_names(given: object) -> Iterator[str]:
    if isinstance(given, dict):
        for name in given.keys() - _WRITTEN:
            yield from _attached_names(given[name])
    elif isinstance(given, list):
        for value in given:
            yield from _attached_names(value)
    elif isinstance(given, str) and given.startswith(ATTACHED):
        yield given.removeprefix(ATTACHED)
