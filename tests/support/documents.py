"""Builds small PDF and DOCX files, so that tests need neither binaries nor more libraries."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /Some /Encoding /Identity-H "
    b"/DescendantFonts [4 0 R] /ToUnicode 6 0 R >>"
)
_GLYPHS = (
    b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Some /DW 500 /FontDescriptor 5 0 R "
    b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
)
_FONT_DESCRIPTOR = (
    b"<< /Type /FontDescriptor /FontName /Some /Flags 4 /FontBBox [0 -200 1000 800] "
    b"/ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>"
)


def make_pdf(
    pages: Sequence[Sequence[str]], *, title: str | None = None, created: str | None = None
) -> bytes:
    """A PDF with a text layer in any script of the BMP.

    Args:
        pages: The lines of each page from top to bottom. "# " begins a large line, "" is a gap.
        title: For the metadata.
        created: For the metadata, as 20250911.
    """
    contents = [_page_content(lines) for lines in pages]
    return _pdf(contents, info=_info(title, created))


def make_scanned_pdf() -> bytes:
    """A PDF of one page that shows a grey area and holds no text."""
    return _pdf([b"0.5 g 72 72 400 600 re f"])


def make_encrypted_pdf() -> bytes:
    """A PDF that no password opens: to a reader without one that is the same as protected."""
    keys = f"/O <{'41' * 32}> /U <{'42' * 32}>"
    protection = f"<< /Filter /Standard /V 1 /R 2 /P -4 {keys} >>"
    return _pdf([_page_content(["Secret."])], protection=protection.encode())


def make_docx(
    blocks: Sequence[str],
    *,
    title: str | None = None,
    created: str | None = None,
    language: str | None = None,
) -> bytes:
    """A Word document.

    Args:
        blocks: "# " and "## " begin headings, "- " and "1. " items of a list; lines with " | "
            are one table's rows; any other block is a paragraph.
        title: For the core properties.
        created: For the core properties, as 2025-09-11T10:00:00Z.
        language: For the core properties.
    """
    body = "".join(_word_block(block) for block in blocks)
    properties = (
        ("dc:title", title),
        ("dcterms:created", created),
        ("dc:language", language),
    )
    core = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in properties if value)
    files = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" '
            f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'
        ),
        "word/_rels/document.xml.rels": (
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" '
            f'Type="{_OFFICE}/numbering" Target="numbering.xml"/></Relationships>'
        ),
        "word/document.xml": (
            f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
        ),
        "word/styles.xml": (
            f'<w:styles xmlns:w="{_WORD}">'
            + "".join(
                f'<w:style w:type="paragraph" w:styleId="Heading{level}">'
                f'<w:name w:val="heading {level}"/></w:style>'
                for level in (1, 2)
            )
            + "</w:styles>"
        ),
        "word/numbering.xml": (
            f'<w:numbering xmlns:w="{_WORD}">'
            + "".join(
                f'<w:abstractNum w:abstractNumId="{number}"><w:lvl w:ilvl="0">'
                f'<w:numFmt w:val="{form}"/></w:lvl></w:abstractNum>'
                for number, form in ((1, "bullet"), (2, "decimal"))
            )
            + "".join(
                f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>'
                for number in (1, 2)
            )
            + "</w:numbering>"
        ),
        "docProps/core.xml": (
            '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
            'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            f'xmlns:dcterms="http://purl.org/dc/terms/">{core}</cp:coreProperties>'
        ),
    }
    return make_zip({name: content.encode() for name, content in files.items()})


def make_zip(files: dict[str, bytes]) -> bytes:
    """An archive of files by their names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # Always the same bytes: tests are told apart by them.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _word_block(block: str) -> str:
    if " | " in block:
        rows = (
            "".join(f"<w:tc>{_word_paragraph(cell)}</w:tc>" for cell in row.split(" | "))
            for row in block.split("\n")
        )
        return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    for mark, style in (
        ("# ", '<w:pStyle w:val="Heading1"/>'),
        ("## ", '<w:pStyle w:val="Heading2"/>'),
        ("- ", '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'),
        ("1. ", '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>'),
    ):
        if block.startswith(mark):
            return _word_paragraph(block.removeprefix(mark), style)
    return _word_paragraph(block)


def _word_paragraph(text: str, style: str = "") -> str:
    run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    return f"<w:p><w:pPr>{style}</w:pPr>{run}</w:p>"


def _page_content(lines: Sequence[str]) -> bytes:
    commands = []
    height = 760.0
    for line in lines:
        size = 20 if line.startswith("# ") else 12
        height -= 1.3 * size
        if line:
            code = line.removeprefix("# ").encode("utf-16-be").hex()
            commands.append(f"BT /F1 {size} Tf 1 0 0 1 72 {height:.1f} Tm <{code}> Tj ET")
    return "\n".join(commands).encode()


def _info(title: str | None, created: str | None) -> bytes:
    fields = []
    if title is not None:
        fields.append(f"/Title <feff{title.encode('utf-16-be').hex()}>")
    if created is not None:
        fields.append(f"/CreationDate (D:{created}103000Z)")
    return f"<< {' '.join(fields)} >>".encode()


def _pdf(contents: Sequence[bytes], *, info: bytes = b"<< >>", protection: bytes = b"") -> bytes:
    """The objects of a PDF, in order, with their table and trailer.

    The font is not embedded: its codes are code points, and its map says so.
    """
    first_page = 8
    kids = " ".join(f"{first_page + 2 * place} 0 R" for place in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        _FONT,
        _GLYPHS,
        _FONT_DESCRIPTOR,
        _stream(_code_points()),
        info,
    ]
    for place, content in enumerate(contents):
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
            b"/Resources << /Font << /F1 3 0 R >> >> "
            + f"/Contents {first_page + 2 * place + 1} 0 R >>".encode()
        )
        objects.append(_stream(content))
    written = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(written))
        written += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = len(written)
    written += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    written += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    encrypt = b"/Encrypt " + protection if protection else b""
    written += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 7 0 R /ID [<00> <00>] ".encode()
        + encrypt
        + f" >>\nstartxref\n{table}\n%%EOF\n".encode()
    )
    return bytes(written)


def _stream(content: bytes) -> bytes:
    return f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream"


def _code_points() -> bytes:
    """A map from each code of two bytes to the character of the same number."""
    ranges = [f"<{high:02x}00> <{high:02x}ff> <{high:02x}00>" for high in range(256)]
    blocks = "".join(
        f"{len(part)} beginbfrange\n" + "\n".join(part) + "\nendbfrange\n"
        for part in (ranges[:100], ranges[100:200], ranges[200:])
    )
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CMapName /Same def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{blocks}"
        "endcmap\nend\nend"
    ).encode()
