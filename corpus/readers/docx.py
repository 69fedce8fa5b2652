"""Word documents: mammoth turns them into HTML, which is read as HTML without boilerplate."""

from __future__ import annotations

import io
import zipfile

import mammoth
from lxml import etree

from corpus.errors import ReadingError
from corpus.models import RawDocument
from corpus.readers.markup import html_to_text
from corpus.readers.metadata import parse_date, parse_language

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A document of a megabyte that unpacks to this much is no document.
_MAX_UNPACKED = 300 * 1024 * 1024
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
"""
_BROKEN = "is not a readable DOCX; open it in a word processor and save it as .docx again"
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
}


def read(content: bytes, source: str) -> RawDocument:
    """Read a Word document with its core properties.

    Raises:
        ReadingError: It is no DOCX, damaged, protected by a password, or empty.
    """
    if content.startswith(_OLE):
        raise ReadingError(source, _explain_ole(content))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            converted = _convert(content) if unpacked <= _MAX_UNPACKED else ""
            properties = _properties(archive)
    except Exception as error:  # mammoth raises whatever a damaged part leads to
        raise ReadingError(source, _BROKEN) from error
    if unpacked > _MAX_UNPACKED:
        raise ReadingError(source, "unpacks to over 300 MB; split it into smaller files")
    text = html_to_text(converted)
    if not text:
        raise ReadingError(source, "holds no text (only pictures?); nothing can be quoted from it")
    return RawDocument(
        text=text,
        title=properties.get("dc:title"),
        published=parse_date(properties.get("dcterms:created")),
        language=parse_language(properties.get("dc:language")),
    )


def _convert(content: bytes) -> str:
    # A picture without a source is dropped; reading it would only take memory.
    without_pictures = mammoth.images.img_element(lambda _: {})
    return str(
        mammoth.convert_to_html(
            io.BytesIO(content), style_map=_STYLES, convert_image=without_pictures
        ).value
    )


def _explain_ole(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "is protected by a password; save it without one"
    return "is an old Word document (.doc) under another name; save it as .docx"


def _properties(archive: zipfile.ZipFile) -> dict[str, str]:
    """The core properties that are there and not empty."""
    if "docProps/core.xml" not in archive.namelist():
        return {}
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(archive.read("docProps/core.xml"), parser)
    found = {
        name: root.findtext(name, "", _NAMESPACES)
        for name in ("dc:title", "dc:language", "dcterms:created")
    }
    return {name: " ".join(value.split()) for name, value in found.items() if value.strip()}
