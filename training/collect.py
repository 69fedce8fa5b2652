"""Gathers parallel texts out of unpacked packages into one file of JSON lines."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import click

from training import packages, readers
from training.translation import translate_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_LENGTH = 1200  # characters
LONGEST = 150  # words of a passage
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,200}>|\[\[|\]\]|'''|\\n|\\")
_PLACEHOLDER = re.compile(
    r"%\d*\$?-?\d*l*[a-zA-Z@](?![a-zа-я])|%%|%\w+%|%\([\w ]+\)[sd]|\{\s*[-$\"]?[\w.,:\" |-]*\s*\}|"
    r"\$\d|\$\{?[A-Za-z_]+\}?|\{\{.*?\}\}|%\d|\bPLURAL\b|\bGENDER\b|#\w+#"
)
_ACCELERATOR = re.compile(r"[_&~](?=\w)|\(_?&?\w\)$")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_CYRILLIC_LANGUAGES = ("be", "ru", "uk")


def clean(text: str, language: str) -> str:
    """A message as a person would write it, or "" where it is no text in the language.

    Args:
        text: As it stands in the catalogue.
        language: What it is said to be written in.
    """
    text = text.rsplit("\x04", maxsplit=1)[-1]
    text = _MARKUP.sub(" ", text)
    text, placeholders = _PLACEHOLDER.subn(" ", text)
    text = " ".join(_ACCELERATOR.sub("", text).split())
    cyrillic, latin = len(_CYRILLIC.findall(text)), len(_LATIN.findall(text))
    is_cyrillic = language in _CYRILLIC_LANGUAGES
    letters = cyrillic if is_cyrillic else latin
    if (
        placeholders > 2
        or letters < 4
        or letters < 0.6 * len(text.replace(" ", ""))
        or (latin if is_cyrillic else cyrillic) > 0.4 * letters
        or len(text) > MAX_LENGTH
        or re.search(r"https?://|[{}|=<>]|\w_\w|\w\.\w{2,4}/", text)
    ):
        return ""
    return text


def groups(texts: Iterator[readers.Text]) -> Iterator[dict[str, str]]:
    """Texts of one key, by language, where there are at least two that differ."""
    by_key: dict[str, dict[str, str]] = defaultdict(dict)
    for key, language, text in texts:
        cleaned = clean(text, language.split("-")[0])
        if cleaned:
            by_key[key].setdefault(language, cleaned)
    for group in by_key.values():
        english = group.get("en", "").casefold()
        kept = {
            language: text
            for language, text in group.items()
            if language == "en" or text.casefold() != english
        }
        if len(kept) > 1:
            yield kept


SOURCES: dict[str, readers.Reader] = {
    "mozilla": readers.read_mozilla,
    "mediawiki": readers.read_json,
    "home-assistant": readers.read_json,
    "home-assistant-frontend": readers.read_json,
    "openstreetmap": readers.read_json,
    "cldr": readers.read_annotations,
}
GUIDES = ("gnome-user-docs", "libreoffice-help", "gimp-help")
BOOKS = ("debian-handbook", "installation-guide-amd64")


def collect(directory: Path) -> None:
    """Fetch the packages and write what is trained on, as JSON lines, into a directory.

    `groups.jsonl` holds texts that mean the same: {"source": …, "texts": {language: text}}.
    `passages.jsonl` holds texts with what asks for them, in the same languages:
    {"query": {language: text}, "passage": {language: text}}.
    """
    tree = packages.fetch(directory)
    _write(directory / "groups.jsonl", _all_groups(tree))
    _write(directory / "passages.jsonl", _all_passages(tree))


def _write(target: Path, records: Iterator[dict[str, Any]]) -> None:
    if target.exists():
        return
    part = target.with_suffix(".part")
    count = 0
    with part.open("w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            count += 1
    part.rename(target)
    click.echo(f"{target}: {count}")


def _all_groups(tree: Path) -> Iterator[dict[str, Any]]:
    """Translations of all sources; of one English text only the first into each language."""
    by_english: dict[str, dict[str, Any]] = {}
    for root in sorted(tree.iterdir()):
        reader = SOURCES.get(root.name)
        if reader is None:
            reader = readers.read_guides if root.name in GUIDES else readers.read_catalogues
        for group in groups(reader(root)):
            if "en" not in group:
                yield {"source": root.name, "texts": group}
                continue
            key = group["en"].casefold()
            record = by_english.setdefault(key, {"source": root.name, "texts": {}})
            for language, text in group.items():
                record["texts"].setdefault(language, text)
    yield from by_english.values()
    sayings = [text for text in readers.read_sayings(tree / "fortunes-ru") if _is_saying(text)]
    for russian, belarusian in translate_all(sayings):
        yield {"source": "fortunes-ru", "texts": {"ru": russian, "be": belarusian}}


def _is_saying(text: str) -> bool:
    return 5 <= len(text.split()) <= 45 and len(_CYRILLIC.findall(text)) >= 0.6 * len(text)


def _all_passages(tree: Path) -> Iterator[dict[str, Any]]:
    found = [record for guide in GUIDES for record in passages(readers.read_guides(tree / guide))]
    yield from found
    russian = [record for record in found if "ru" in record["query"]]
    queries = translate_all([record["query"]["ru"] for record in russian])
    texts = translate_all([record["passage"]["ru"] for record in russian])
    for record, (_, query), (_, text) in zip(russian, queries, texts, strict=True):
        if query and text:
            yield {
                "query": record["query"] | {"be": query},
                "passage": record["passage"] | {"be": text},
            }
    alone = [
        *(block for book in BOOKS for block in readers.read_books(tree / book)),
        *(
            (language, saying)
            for language in ("de", "ru", "pl")
            for saying in readers.read_sayings(tree / f"fortunes-{language}")
        ),
    ]
    for language, text in alone:
        cleaned = " ".join(clean(text, language).split()[:LONGEST])
        # The first sentence asks for what follows.
        match = re.match(r"(.{25,170}?[.!?])\s+(.{80,})", cleaned)
        if match:
            yield {"query": {language: match[1]}, "passage": {language: match[2]}}


def passages(
    texts: Iterator[readers.Text], words: int = 110
) -> Iterator[dict[str, dict[str, str]]]:
    """Headings and what stands below them, in every language of a page.

    Args:
        texts: What `readers.read_guides` gives.
        words: How long a passage may grow, in words of the English text.
    """
    pages: dict[str, dict[int, tuple[str, dict[str, str]]]] = defaultdict(dict)
    for key, language, text in texts:
        name, place, tag = key.split("\0")
        cleaned = clean(text, language)
        if cleaned:
            pages[name].setdefault(int(place), (tag, {}))[1][language] = cleaned
    for page in pages.values():
        heading: dict[str, str] = {}
        below: list[dict[str, str]] = []
        for _, (tag, block) in [*sorted(page.items()), (0, ("title", {}))]:
            length = sum(len(b.get("en", "").split()) for b in below)
            if tag in ("title", "h1", "h2", "h3", "h4") or length > words:
                # In an order that does not differ from run to run, as training draws from it.
                shared = sorted(set(heading).intersection(*below)) if below else []
                if len(shared) > 1 and length > 12:
                    yield {
                        "query": {language: heading[language] for language in shared},
                        "passage": {
                            language: " ".join(b[language] for b in below) for language in shared
                        },
                    }
                below = []
            if tag in ("title", "h1", "h2", "h3", "h4"):
                heading = block
            elif heading:
                below.append(block)
