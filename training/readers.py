"""Reads parallel texts out of what packages hold: catalogues, message files, translated guides.

Each reader gives the texts of one unpacked tree as `Texts`: a key that is the same in every
language, and the text in one language. Texts of one key are translations of each other.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from lxml import etree, html

from corpus.models import LANGUAGES

Text = tuple[str, str, str]
"""A key, a language, and a text."""
Reader = Callable[[Path], Iterator[Text]]

# What a language is called in file names, beside its own code.
_CODES = {language: language for language in LANGUAGES} | {
    "C": "en", "en-US": "en", "en-us": "en", "en_US": "en", "be-tarask": "be-tarask",
    "uk_UA": "uk", "pl_PL": "pl", "ru_RU": "ru", "lt_LT": "lt", "de_DE": "de", "be_BY": "be",
    "pl-PL": "pl", "ru-RU": "ru", "de-DE": "de", "uk-UA": "uk",
}  # fmt: skip
_PARAGRAPHS = ("title", "p", "h1", "h2", "h3", "h4", "li", "dd")


def _language(name: str) -> str | None:
    return _CODES.get(name)


def read_catalogues(root: Path) -> Iterator[Text]:
    """Gettext catalogues, compiled or not, whose messages are English."""
    for path in sorted((*root.rglob("LC_MESSAGES/*.mo"), *root.rglob("LC_MESSAGES/*.po"))):
        language = _language(path.parent.parent.name)
        if language in (None, "en") or (path.with_suffix(".po").exists() and path.suffix == ".mo"):
            continue
        with path.open("rb") as file:
            try:
                catalogue = read_mo(file) if path.suffix == ".mo" else read_po(file)
            except (ValueError, OSError, UnicodeDecodeError):
                continue
            for message in catalogue:
                if isinstance(message.id, str) and isinstance(message.string, str) and message.id:
                    key = f"{path.stem}\0{message.context}\0{message.id}"
                    yield key, "en", message.id
                    yield key, language, message.string


def read_mozilla(root: Path) -> Iterator[Text]:
    """Firefox and Thunderbird: Fluent and properties files in their archives."""
    archives = [
        (path, language)
        for path in sorted((*root.rglob("*.xpi"), *root.rglob("omni.ja")))
        for language in [
            "en" if path.name == "omni.ja" else _language(path.name.split("@")[0].split("-", 1)[1])
        ]
        if language
    ]
    for path, language in archives:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if not name.endswith((".ftl", ".properties")):
                    continue
                if not re.search(r"(?:^|/)(?:localization|locale)/", name):
                    continue
                parts = [part for part in PurePosixPath(name).parts if _language(part) != language]
                where = "/".join(parts[-3:])
                contents = archive.read(name).decode(errors="replace")
                for key, text in _messages(contents):
                    yield f"{where}\0{key}", language, text


def _messages(contents: str) -> Iterator[tuple[str, str]]:
    """Messages of a Fluent or properties file, but for those with choices in them."""
    message = re.compile(
        r"^([\w.-]+|    \.[\w-]+) *= *(.*(?:\n(?!    \.)(?:[ \t]+[^.\s}\[*].*))*)", re.MULTILINE
    )
    owner = ""
    for match in message.finditer(contents):
        key = match[1].strip()
        if key.startswith("."):
            key = owner + key
        else:
            owner = key
        if "->" not in match[2]:
            yield key, match[2]


def read_json(root: Path) -> Iterator[Text]:
    """JSON files of nested messages, one a language, named after it."""
    for path in sorted(root.rglob("*.json")):
        language = _language(re.sub(r"-[0-9a-f]{32}$", "", path.stem))
        if language is None:
            continue
        try:
            tree = json.loads(path.read_bytes())
        except ValueError:
            continue
        for key, text in _leaves(tree.get(path.stem, tree) if isinstance(tree, dict) else tree):
            yield f"{path.parent.relative_to(root)}\0{key}", language, text


def _leaves(tree: Any, key: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    if isinstance(tree, str):
        yield key, tree
    elif isinstance(tree, dict):
        for name, branch in tree.items():
            if not name.startswith("@"):
                yield from _leaves(branch, f"{key}/{name}")
    elif isinstance(tree, list) and tree and all(isinstance(leaf, str) for leaf in tree):
        yield key, ", ".join(tree)


def read_annotations(root: Path) -> Iterator[Text]:
    """Names and keywords of emoji in the CLDR."""
    for path in sorted(root.rglob("annotations.json")):
        language = _language(path.parent.name)
        if language:
            tree = json.loads(path.read_bytes())["annotations"]["annotations"]
            for emoji, words in tree.items():
                yield f"{emoji}\0name", language, words.get("tts", [""])[0]
                yield f"{emoji}\0words", language, ", ".join(words.get("default", []))


def read_guides(root: Path) -> Iterator[Text]:
    """Guides of one page a file: Mallard or HTML, the same files in each language's folder.

    Pages are taken where every language has as many paragraphs as English. What stands above the
    language's folder does not count: each language may come in a package of its own.
    """
    pages: dict[str, dict[str, Path]] = {}
    for path in sorted((*root.rglob("*.page"), *root.rglob("*.html"))):
        for place, part in enumerate(path.parts):
            language = _language(part) if place >= len(root.parts) else None
            if language:
                rest = "/".join(path.parts[place + 1 :])
                pages.setdefault(rest, {})[language] = path
                break
    for rest, found in pages.items():
        if "en" not in found or len(found) < 2:
            continue
        blocks = {language: _blocks(path) for language, path in found.items()}
        shape = [tag for tag, _ in blocks["en"]]
        for language, texts in blocks.items():
            if [tag for tag, _ in texts] == shape:
                for place, (tag, text) in enumerate(texts):
                    yield f"{rest}\0{place:04}\0{tag}", language, text


def _blocks(path: Path) -> list[tuple[str, str]]:
    """Headings and paragraphs of a page, in order: their tag, or "id tag", and their text."""
    contents = path.read_bytes()
    try:
        if path.suffix == ".page":
            tree = etree.fromstring(contents, etree.XMLParser(recover=True))
        else:
            tree = html.fromstring(contents, parser=html.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError):
        return []
    blocks = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        tag = etree.QName(element).localname
        if tag in _PARAGRAPHS and not any(
            isinstance(child.tag, str) and etree.QName(child).localname in _PARAGRAPHS
            for child in element.iterdescendants()
        ):
            text = " ".join("".join(element.itertext()).split())
            blocks.append((tag, text))
    return blocks


def read_books(root: Path, words: int = 110) -> Iterator[tuple[str, str]]:
    """Runs of paragraphs of HTML books, a folder a language: the language and the text."""
    for path in sorted(root.rglob("*.html")):
        language = next(filter(None, map(_language, path.parts[len(root.parts) :])), None)
        if language is None:
            continue
        run: list[str] = []
        for tag, text in [*_blocks(path), ("title", "")]:
            is_heading = tag in ("title", "h1", "h2", "h3", "h4")
            if run and (is_heading or sum(len(part.split()) for part in run) > words):
                yield language, " ".join(run)
                run = []
            if not is_heading and len(text.split()) > 8:
                run.append(text)


def read_sayings(root: Path) -> Iterator[str]:
    """Sayings and anecdotes of fortune's files, without who said them."""
    for path in sorted(root.rglob("fortunes/*/*")):
        if path.suffix in (".dat", ".u8"):
            continue
        for saying in re.split(r"\n%\n", path.read_text(errors="ignore")):
            lines = [line.strip() for line in saying.splitlines()]
            yield " ".join(line for line in lines if line and not line.startswith(("--", "©")))
