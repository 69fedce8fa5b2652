"""Checks a request against the Bot API's published schema.

The schema lies beside this module in compact form. A new version of it is made with
`python -m bot.playground.schema PATH/api.json`.
"""

from __future__ import annotations

import functools
import gzip
import json
import re
import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from bot.playground.condensing import condense
from bot.playground.problems import Problem
from bot.playground.requests import Upload
from bot.playground.rules import (
    attachment_problems,
    entity_problems,
    shape_problems,
    utf16_length,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bot.playground.requests import Json

Field = dict[str, Any]

_FILE: Final = "schema.json.gz"
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
        self._names: dict[str, str] = {name.lower(): name for name in self._methods}

    @classmethod
    @functools.cache
    def load(cls) -> Self:
        """The version that the package carries."""
        packed = resources.files("bot.playground").joinpath(_FILE).read_bytes()
        return cls(json.loads(gzip.decompress(packed)))

    def named(self, method: str) -> str:
        """A method's name as it is published, as Telegram does not tell case; or as it is."""
        return self._names.get(method.lower(), method)

    def returns(self, method: str) -> list[str]:
        """The types of a method's result; empty where there is no such method."""
        found: list[str] = self._methods.get(method, {}).get("returns", [])
        return found

    def read_form(self, method: str, form: Json, uploads: Sequence[Upload] = ()) -> Json:
        """The parameters of a request; what is no string may travel as one that is JSON.

        A file in a field of the method's own is that parameter; the others are named by it.
        """
        fields = self._methods.get(method, {}).get("fields", {})
        return {
            **{
                name: _read(value, fields[name]["types"] if name in fields else ["String"])
                for name, value in form.items()
            },
            **{upload.field: upload for upload in uploads if upload.field in fields},
        }

    def problems(
        self, method: str, parameters: Mapping[str, Any], uploads: Sequence[Upload] = ()
    ) -> list[Problem]:
        """Everything that is wrong with a request."""
        if method not in self._methods:
            return [Problem(method, "there is no such method", reason="method not found")]
        found = list(self._object(method, self._methods[method], parameters))
        found += attachment_problems(method, parameters, uploads)
        return found

    def misfits(self, name: str, given: object) -> list[str]:
        """Everything in which a value differs from a type, such as "Update", one line each."""
        return [problem.line for problem in self._typed(name, name, given)]

    def complete(self, name: str, given: Json) -> Json:
        """A value of a type, its missing required flags being false and its numbers 0.

        Raises:
            ValueError: There is no subtype with what is given.
        """
        blank = {"Boolean": False, "Integer": 0}
        for subtype in self._types[name].get("subtypes", [name]):
            fields = self._types[subtype]["fields"].items()
            required = {
                field: blank[specification["types"][0]]
                for field, specification in fields
                if "required" in specification and specification["types"][0] in blank
            }
            if not self.misfits(subtype, required | given):
                return required | given
        raise ValueError(f"{given} is no {name}")

    def _object(self, where: str, specification: Field, given: object) -> Iterator[Problem]:
        if not isinstance(given, dict):
            yield Problem(where, f"{type(given).__name__} in place of an object", "type")
            return
        fields: dict[str, Field] = specification["fields"]
        for name in given.keys() - fields.keys():
            yield Problem(f"{where}.{name}", "there is no such field", "unknown")
        for name, field in fields.items():
            if name in given:
                yield from self._value(f"{where}.{name}", field, given[name])
            elif "required" in field:
                yield Problem(f"{where}.{name}", "missing", "missing")
            elif "unless" in field and not any(other in given for other in field["unless"]):
                missing = f"missing, and so is {' and '.join(field['unless'])}"
                yield Problem(f"{where}.{name}", missing, "missing")
        if "one_of" in specification:
            used = [name for name in given if name in specification["one_of"]]
            if len(used) != 1:
                detail = f"exactly one of the optional fields must be used, not {used}"
                yield Problem(where, detail, "exclusive")
        yield from entity_problems(where, given)
        yield from shape_problems(where, given)

    def _value(self, where: str, field: Field, given: object) -> Iterator[Problem]:
        """A value is right where it fits one of its types; else the nearest type complains."""
        complaints = [list(self._typed(where, name, given)) for name in field["types"]]
        yield from min(complaints, key=len)
        if isinstance(given, str):
            yield from _string_limits(where, field, given)
        elif isinstance(given, list) and "count" in field:
            low, high = field["count"]
            if not low <= len(given) <= high:
                detail = f"{len(given)} of them, must be {low} to {high}"
                yield Problem(where, detail, "count")
        elif isinstance(given, int) and not isinstance(given, bool) and "range" in field:
            low, high = field["range"]
            if not low <= given <= high:
                yield Problem(where, f"{given}, must be {low} to {high}", "range")

    def _typed(self, where: str, name: str, given: object) -> Iterator[Problem]:
        if name.startswith("Array of "):
            if not isinstance(given, list):
                detail = f"{type(given).__name__} in place of an array"
                yield Problem(where, detail, "type")
                return
            for position, element in enumerate(given):
                yield from self._typed(
                    f"{where}[{position}]", name.removeprefix("Array of "), element
                )
        elif name in self._types and name != "InputFile":
            specification = self._types[name]
            if subtypes := specification.get("subtypes"):
                yield from min(
                    (list(self._typed(where, subtype, given)) for subtype in subtypes), key=len
                )
            else:
                yield from self._object(where, specification, given)
        elif not _is_plain(name, given):
            yield Problem(where, f"{type(given).__name__} in place of {name}", "type")


def _read(value: object, types: list[str]) -> Any:  # noqa: ANN401 - JSON is anything
    if types == ["String"] or not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _is_plain(name: str, given: object) -> bool:
    if isinstance(given, bool):
        return name == "Boolean" or (name == "True" and given)
    return isinstance(given, _PLAIN.get(name, ()))


def _string_limits(where: str, field: Field, given: str) -> Iterator[Problem]:
    if "length" in field:
        low, high, unit = field["length"]
        # Telegram counts UTF-16 units and takes off white space at both ends first; what is
        # sent must fit even so, while nothing but white space is empty.
        length = len(given.encode()) if unit == "bytes" else utf16_length(given)
        if length > high or utf16_length(given.strip()) < low:
            kind = "long" if length > high else "short"
            yield Problem(where, f"{length} {unit}, must be {low} to {high}", kind)
    if "characters" in field and not re.fullmatch(field["characters"], given):
        yield Problem(where, "characters that are not allowed", "characters")
    if "constant" in field and given != field["constant"]:
        yield Problem(where, f"{given!r}, must be {field['constant']!r}", "choice")
    if "choices" in field and given not in field["choices"]:
        yield Problem(where, f"{given!r} is none of {field['choices']}", "choice")


if __name__ == "__main__":
    published = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    compact = json.dumps(condense(published), separators=(",", ":")).encode()
    Path(__file__).with_name(_FILE).write_bytes(gzip.compress(compact, mtime=0))
