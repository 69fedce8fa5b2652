"""Condenses the machine-readable Bot API into what a request can be held to, without its prose.

Limits are read out of the descriptions: "1-4096 characters after entities parsing", "must be
article", "Required if inline_message_id is not specified".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
_ONE_OF_MANY = re.compile(
    r"xactly one of the (?:optional fields|fields other than ([\w, ]+?) must)"
)
_CHARACTERS: Final = {
    "only A-Z, a-z, 0-9, _ and - are allowed": "[A-Za-z0-9_-]*",
    "only lowercase English letters, digits and underscores": "[a-z0-9_]*",
    "two-letter ISO 639-1": "([a-z]{2})?",
}


def condense(api: Mapping[str, Any]) -> dict[str, Any]:
    """The methods and types by their names, in the form that `BotApi` reads.

    Args:
        api: With "version", "methods" and "types" as they are published.
    """
    return {
        "version": api["version"],
        "methods": {name: _method(given) for name, given in api["methods"].items()},
        "types": {name: _type(given) for name, given in api["types"].items()},
    }


def _method(given: Mapping[str, Any]) -> dict[str, Any]:
    method = {"returns": given["returns"], "fields": _fields(given)}
    for line in given["description"]:
        if limit := _RESULTS_LIMIT.search(line):
            method["fields"][limit[2]]["count"] = [0, int(limit[1])]
    return method


def _type(given: Mapping[str, Any]) -> dict[str, Any]:
    if subtypes := given.get("subtypes"):
        return {"subtypes": subtypes}
    condensed: dict[str, Any] = {"fields": _fields(given)}
    if match := _ONE_OF_MANY.search(" ".join(given["description"])):
        others = set(re.findall(r"\w+", match[1] or ""))
        condensed["one_of"] = [
            name
            for name, field in condensed["fields"].items()
            if name not in others and "required" not in field
        ]
    return condensed


def _fields(given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        field["name"]: {
            "types": field["types"],
            **({"required": True} if field["required"] else {}),
            **dict(_limits(field["types"], field["description"])),
        }
        for field in given.get("fields", [])
    }


def _limits(types: list[str], description: str) -> Iterator[tuple[str, Any]]:
    if match := _REQUIRED_IF.search(description):
        yield "unless", [name for name in match.groups() if name]
    if "String" in types:
        yield from _string_limits(description)
    if any(name.startswith("Array of ") for name in types):
        if match := _COUNT.search(description):
            yield "count", [int(match[1]), int(match[2])]
        elif match := _COUNT_AT_MOST.search(description):
            yield "count", [0, int(match[1])]
    if "Integer" in types and (match := _RANGE.search(description)):
        yield "range", [int(number) for number in match.groups() if number is not None]


def _string_limits(description: str) -> Iterator[tuple[str, Any]]:
    if match := _LENGTH.search(description):
        yield "length", [int(match[1]), int(match[2]), match[3].lower()]
    elif match := _LENGTH_AT_MOST.search(description):
        yield "length", [0, int(match[1]), match[2].lower()]
    for text, pattern in _CHARACTERS.items():
        if text in description:
            yield "characters", pattern
    if match := _CONSTANT.search(description):
        yield "constant", match[1] or match[2]
    choices: set[str] = set()
    if re.search("ust be one of|Currently, (it )?can be", description):
        choices = set(_QUOTED.findall(description))
    elif "Choose one" in description:
        choices = {word for pair in _CHAT_ACTION.findall(description) for word in pair if word}
    if choices:
        yield "choices", sorted(choices)
