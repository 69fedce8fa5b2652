"""The schema that the package carries is the published one."""

from __future__ import annotations

import gzip
import json
from importlib import resources
from typing import TYPE_CHECKING

from bot.playground.condensing import condense

if TYPE_CHECKING:
    from pathlib import Path


def test_schema_is_the_published_one_without_its_prose(shared: Path) -> None:
    published = json.loads((shared / "bot-api" / "api.json").read_text(encoding="utf-8"))
    packed = resources.files("bot.playground").joinpath("schema.json.gz").read_bytes()
    assert json.loads(gzip.decompress(packed)) == condense(published)


def test_limits_are_read_out_of_the_prose() -> None:
    def field(name: str, kind: str, description: str) -> dict[str, object]:
        return {"name": name, "types": [kind], "required": False, "description": description}

    condensed = condense(
        {
            "version": "1",
            "methods": {
                "say": {
                    "returns": ["Boolean"],
                    "description": ["Says it. No more than 50 words per query are allowed."],
                    "fields": [
                        field("words", "Array of String", "What"),
                        field("hint", "String", "0-64 bytes"),
                        field("limit", "Integer", "Values between 1-100 are accepted."),
                        field("id", "String", "Required if hint is not specified"),
                    ],
                }
            },
            "types": {
                "Any": {"description": ["One of"], "subtypes": ["One"]},
                "One": {
                    "description": ["Exactly one of the fields other than text must be used."],
                    "fields": [
                        field("text", "String", "Label"),
                        field("type", "String", "Type, must be one"),
                        field("mood", "String", 'Must be one of "gay", "sad".'),
                    ],
                },
            },
        }
    )
    assert condensed["methods"]["say"]["fields"] == {
        "words": {"types": ["Array of String"], "count": [0, 50]},
        "hint": {"types": ["String"], "length": [0, 64, "bytes"]},
        "limit": {"types": ["Integer"], "range": [1, 100]},
        "id": {"types": ["String"], "unless": ["hint"]},
    }
    assert condensed["types"]["Any"] == {"subtypes": ["One"]}
    assert condensed["types"]["One"]["one_of"] == ["type", "mood"]
    assert condensed["types"]["One"]["fields"]["type"]["constant"] == "one"
    assert condensed["types"]["One"]["fields"]["mood"]["choices"] == ["gay", "sad"]
