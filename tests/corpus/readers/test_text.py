from __future__ import annotations

import gzip
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ReadingError
from corpus.readers.text import decode, read
from tests.support.documents import make_pdf, make_zip

SENTENCES = {
    "be": "Учора ў горадзе адкрылася школа, у якой вучацца дзеці. Ці будзе ў ёй яшчэ адзін клас?",
    "ru": "Вчера в городе открылась школа, в которой учатся дети. Будет ли в ней ещё один класс?",
    "uk": "Учора в місті відкрилася школа, де вчаться діти. Чи буде в ній ще один клас, її їжа?",
    "pl": "Wczoraj w mieście otwarto szkołę. Czy będzie w niej jeszcze klasa? Żółć, ćma, źle.",
    "lt": "Šiandien mieste atidaryta mokykla, kurioje mokysis vaikų daug. Ar bus dar viena klasė?",
    "de": "Gestern wurde die Schule eröffnet – für Kinder, die früher zu Fuß über Brücken gingen.",
}


@pytest.mark.parametrize(
    ("language", "encoding", "name"),
    [
        ("be", "cp1251", "windows-1251"),
        ("ru", "cp1251", "windows-1251"),
        ("ru", "koi8_r", "koi8"),
        ("ru", "cp866", "cp866"),
        ("uk", "cp1251", "windows-1251"),
        ("uk", "koi8_u", "koi8-u"),
        ("pl", "cp1250", "windows-1250"),
        ("pl", "iso8859_2", "iso-8859-2"),
        ("lt", "cp1257", "windows-1257"),
        ("lt", "iso8859_13", "1"),
        ("de", "cp1252", "1"),  # the umlauts stand at the same place in several
    ],
)
@pytest.mark.parametrize("times", [1, 20])
def test_text_in_an_older_encoding_is_read_and_noted(
    language: str, encoding: str, name: str, times: int
) -> None:
    text = "\n\n".join([SENTENCES[language]] * times)
    raw = read(text.encode(encoding), "a.txt")
    assert raw.text == text
    (note,) = raw.notes
    assert name in note
    assert "not UTF-8; if letters look wrong, save it as UTF-8 and add it again" in note


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be",
                                      "utf-32"])  # fmt: skip
@pytest.mark.parametrize("language", SENTENCES)
def test_unicode_is_read_without_a_note(language: str, encoding: str) -> None:
    raw = read(SENTENCES[language].encode(encoding), "a.txt")
    assert (raw.text, raw.notes) == (SENTENCES[language], ())


def test_short_greeting_in_windows_1251_is_read() -> None:
    assert read("Привет, мир!".encode("cp1251"), "a.txt").text == "Привет, мир!"


def test_utf8_with_a_few_damaged_bytes_stays_utf8_and_is_noted() -> None:
    content = (SENTENCES["be"] * 3).encode() + b"\xd0"
    text, notes = decode(content, "a.txt")
    assert text == SENTENCES["be"] * 3 + "\ufffd"
    assert notes == ("1 characters are damaged: it is saved as UTF-8, but not all of it is",)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1))
def test_whatever_is_saved_as_utf8_comes_back(text: str) -> None:
    # A mark at the beginning is the encoding's, and other line ends become plain ones.
    text = "a" + text.replace("\u2028", "").replace("\u2029", "")
    assert decode(text.encode(), "a.txt") == (text, ())


@pytest.mark.parametrize("content", [b" \n\t\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n", b"\f",
                                     "\u00a0\n".encode()])  # fmt: skip
def test_file_without_words_is_refused_as_empty(content: bytes) -> None:
    with pytest.raises(ReadingError, match="is empty"):
        read(content, "a.txt")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a PNG image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG image"),
        (make_zip({"a": b"b"}), "a ZIP archive"),
        (b"\x7fELF\x02\x01\x01" + bytes(50), "a program"),
        (b"MZ\x90\x00\x03" + bytes(50), "a program"),
        (gzip.compress(b"text", mtime=0), "a gzip archive"),
        (make_pdf([["Text."]]), "a PDF: give its name the ending .pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old office document"),
        (bytes(1000), "binary"),
        (hashlib.shake_128(b"1").digest(5000), "binary"),
        (hashlib.shake_128(b"2").digest(200), "binary"),
        (bytes(range(256)) * 4, "binary"),
    ],
)
def test_binary_under_the_name_of_a_text_is_refused(content: bytes, kind: str) -> None:
    with pytest.raises(ReadingError, match=f"is not text .*{kind}"):
        read(content, "a.txt")


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("one", "one"),
        ("one\n\n\n \n\ntwo", "one\n\ntwo"),
        ("one.\r\ntwo.\rthree.", "one.\n\ntwo.\n\nthree."),
        ("- a\n- b\n\nc", "- a\n- b\n\nc"),
        ("What to bring:\n1. a\n2. b\nThe end.", "What to bring:\n\n1. a\n2. b\n\nThe end."),
        ("page one\fpage two", "page one\n\npage two"),
        ("  indented\n\ttoo", "indented\n\ntoo"),
        ("Title: of it\nText.", "Title: of it\n\nText."),
        ("a\u2028b", "a\n\nb"),
        ("\U0001f389\nשלום", "\U0001f389\n\nשלום"),
    ],
)
def test_each_line_is_a_block_where_lines_are_not_wrapped(text: str, blocks: str) -> None:
    assert read(text.encode(), "a.txt").text == blocks


def test_lines_wrapped_by_hand_are_joined_to_paragraphs() -> None:
    wrapped = (
        "Yesterday a new school was opened in the city, and children from twelve\n"
        "countries will learn in it together. The building had been a factory for\n"
        "sixty years before the city bought it, repaired it and made it an infor-\n"
        "mation centre.\n"
        "The next paragraph follows without a blank line, and it is wrapped in the\n"
        "same way as the one that stands above it.\n"
        "\n"
        "- A point of a list, which is wrapped as well, because it is a rather long\n"
        "  one.\n"
        "- Another point.\n"
    )
    paragraphs = read(wrapped.encode(), "a.txt").text.split("\n\n")
    assert [paragraph.split()[0] for paragraph in paragraphs] == ["Yesterday", "The", "-"]
    assert "twelve countries" in paragraphs[0]
    assert "an infor-\nmation centre." in paragraphs[0]
    assert paragraphs[2] == (
        "- A point of a list, which is wrapped as well, because it is a rather long one.\n"
        "- Another point."
    )


def test_headlines_of_one_length_are_no_wrapped_text() -> None:
    headlines = [f"Опять закрыта граница: что делать тем, кто едет домой {day}" for day in range(9)]
    assert read("\n".join(headlines).encode(), "a.txt").text == "\n\n".join(headlines)


@given(st.text(st.sampled_from("аб .-\n1"), min_size=1).filter(str.strip))
def test_no_word_is_lost_or_moved(text: str) -> None:
    assert read(text.encode(), "a.txt").text.split() == text.split()
