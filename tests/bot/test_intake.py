"""What there is to read in a message, and what is read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from telegram import Message

from bot.intake import (
    Origin,
    Reading,
    UploadedFile,
    WebPage,
    Writing,
    material_of,
    material_of_command,
    read_upload,
    read_writing,
)
from corpus.errors import ReadingError
from tests.support.documents import make_docx, make_encrypted_pdf, make_zip
from tests.support.updates import (
    channel,
    document_update,
    forwarded,
    from_channel,
    from_chat,
    from_hidden_user,
    from_user,
    message_update,
    person,
    photo_update,
)

if TYPE_CHECKING:
    from tests.support.updates import Json

DAY = 1_757_592_000  # 2025-09-11
POST = Origin("https://t.me/naviny/5", date(2025, 9, 11))
TEXT = "Бібліятэка адчынена\n\nЯна працуе штодня з дзевяці да васьмі. Кнігі выдаюць бясплатна."


def message(update: Json, *addresses: str) -> Message:
    """The message of an update, with these addresses marked as Telegram does it."""
    found = update["message"]
    text = found.get("text", "")
    for address in addresses:
        offset = len(text[: text.index(address)].encode("utf-16-le")) // 2
        entity = {"type": "url", "offset": offset, "length": len(address)}
        found.setdefault("entities", []).append(entity)
    parsed = Message.de_json(found, None)
    assert parsed is not None
    return parsed


def file(name: str, **fields: Any) -> UploadedFile:
    values: dict[str, Any] = {"media_type": None, "size": None, "origin": None}
    return UploadedFile("id", name, **values | fields)


class TestMaterial:
    def test_file_is_taken_with_what_telegram_says_of_it(self) -> None:
        update = document_update("id", "guide.pdf", size=5, caption="look at this")
        assert material_of(message(update)) == UploadedFile(
            "id", "guide.pdf", "application/pdf", 5, None
        )

    def test_file_without_a_name_is_named_after_its_type(self) -> None:
        update = document_update("id", "x", mime_type="application/pdf")
        del update["message"]["document"]["file_name"]
        found = material_of(message(update))
        assert isinstance(found, UploadedFile)
        assert found.name == "file.pdf"

    def test_file_without_a_name_and_type_is_a_file_all_the_same(self) -> None:
        update = document_update("id", "x")
        del update["message"]["document"]["file_name"]
        found = material_of(message(update))
        assert isinstance(found, UploadedFile)
        assert found.name == "file"

    @pytest.mark.parametrize(
        ("text", "address"),
        [
            ("https://example.org/a?b=c", "https://example.org/a?b=c"),
            (" HTTP://Example.org/ ", "HTTP://Example.org/"),
            ("example.org/page", "https://example.org/page"),
            ("ftp://example.org", "ftp://example.org"),
        ],
    )
    def test_lone_address_is_a_page(self, text: str, address: str) -> None:
        update = message_update(text)
        assert material_of(message(update, text.strip())) == WebPage(address)

    def test_address_among_words_is_a_text(self) -> None:
        text = "глядзі 👉 https://example.org"
        found = material_of(message(message_update(text), "https://example.org"))
        assert found == Writing(text, None)

    def test_word_with_a_dot_is_no_address_unless_telegram_says_so(self) -> None:
        assert material_of(message(message_update("м.Вільня"))) == Writing("м.Вільня", None)

    def test_caption_is_a_text(self) -> None:
        assert material_of(message(photo_update(caption=TEXT))) == Writing(TEXT, None)

    @pytest.mark.parametrize(
        "update", [photo_update(), message_update(), message_update("  "), photo_update(caption="")]
    )
    def test_message_without_words_is_nothing(self, update: Json) -> None:
        assert material_of(message(update)) is None

    @pytest.mark.parametrize(
        ("posted_in", "link"),
        [
            (channel(), "https://t.me/naviny/5"),
            (channel(-1001234567890, None), "https://t.me/c/1234567890/5"),
        ],
    )
    def test_post_has_a_link_and_a_date(self, posted_in: Json, link: str) -> None:
        post = forwarded(message_update(TEXT), from_channel(posted_in, 5, date=DAY))
        assert material_of(message(post)) == Writing(TEXT, Origin(link, date(2025, 9, 11)))

    def test_file_of_a_post_has_them_too(self) -> None:
        post = forwarded(document_update("id"), from_channel(channel(), 5, date=DAY))
        found = material_of(message(post))
        assert isinstance(found, UploadedFile)
        assert found.origin == POST

    @pytest.mark.parametrize(
        "origin",
        [
            from_user(person(first_name="Алена")),
            from_hidden_user("Алена"),
            from_chat({"id": -1009, "type": "supergroup", "title": "Алена"}),
        ],
    )
    def test_nothing_is_told_of_people(self, origin: Json) -> None:
        found = material_of(message(forwarded(message_update(TEXT), origin)))
        assert found == Writing(TEXT, None)

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("/add", None),
            ("/add  ", None),
            ("/add https://example.org", WebPage("https://example.org")),
            ("/add@daviedka_bot https://example.org", WebPage("https://example.org")),
            (f"/add\n{TEXT}", Writing(TEXT, None)),
        ],
    )
    def test_command_is_followed_by_an_address_or_a_text(
        self, text: str, expected: WebPage | Writing | None
    ) -> None:
        assert material_of_command(message(message_update(text))) == expected

    def test_address_without_a_scheme_can_follow_a_command(self) -> None:
        found = material_of_command(message(message_update("/add example.org"), "example.org"))
        assert found == WebPage("https://example.org")


class TestReading:
    def test_text_is_named_after_its_first_line(self) -> None:
        reading = read_writing(Writing(TEXT, None))
        assert reading.draft.title == "Бібліятэка адчынена"
        assert reading.draft.language == "be"
        assert reading.draft.text.startswith("Яна працуе")
        start, unique, name = reading.draft.source.split("/")
        assert (start, len(unique), name) == ("upload", 8, "text")

    def test_line_without_an_end_is_title_and_text(self) -> None:
        reading = read_writing(Writing("Бібліятэка сёння адчынена да васьмі", None))
        assert reading.draft.title == "Бібліятэка сёння адчынена да васьмі"
        assert reading.draft.text == "Бібліятэка сёння адчынена да васьмі"

    def test_same_text_twice_has_two_sources(self) -> None:
        first, second = (read_writing(Writing(TEXT, None)).draft for _ in range(2))
        assert first.source != second.source
        assert first.content_hash == second.content_hash

    def test_post_is_known_by_its_link(self) -> None:
        draft = read_writing(Writing(TEXT, POST)).draft
        assert (draft.source, draft.url, draft.published) == (POST.url, POST.url, POST.published)

    def test_text_that_says_nothing_cannot_be_added(self) -> None:
        with pytest.raises(ReadingError, match=r"^text: "):
            read_writing(Writing("---", None))

    def test_file_is_read_by_its_name_or_its_type(self) -> None:
        content = make_docx([TEXT])
        for name, media_type in (
            ("a.docx", None),
            ("a.docx", "application/octet-stream"),
            (
                "a",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
        ):
            (reading,) = read_upload(file(name, media_type=media_type), content)
            assert isinstance(reading, Reading)
            assert "Кнігі выдаюць бясплатна." in reading.draft.text

    def test_own_date_of_a_file_comes_before_that_of_the_post(self) -> None:
        content = make_docx([TEXT], created="2024-01-05T10:00:00Z")
        (reading,) = read_upload(file("a.docx", origin=POST), content)
        assert isinstance(reading, Reading)
        assert (reading.draft.published, reading.draft.url) == (date(2024, 1, 5), POST.url)

    def test_name_of_a_file_makes_no_path(self) -> None:
        (reading,) = read_upload(file("../etc/guide.md"), TEXT.encode())
        assert isinstance(reading, Reading)
        assert reading.draft.source.split("/")[2:] == [".._etc_guide.md"]

    def test_file_without_text_is_named_in_the_reason(self) -> None:
        with pytest.raises(ReadingError, match=r"^guide\.md: "):
            read_upload(file("guide.md"), b"---")

    def test_archive_gives_its_files_and_what_is_wrong_with_others(self) -> None:
        content = make_zip(
            {"a/one.md": TEXT.encode(), "two.pdf": make_encrypted_pdf(), "three.md": b"---"}
        )
        good, empty, protected = read_upload(file("all.ZIP"), content)
        assert isinstance(good, Reading)
        assert good.draft.source.endswith("/all.ZIP/a/one.md")
        assert isinstance(empty, ReadingError)
        assert str(empty).startswith("three.md: ")
        assert isinstance(protected, ReadingError)
        assert str(protected).startswith("two.pdf: is protected by a password")

    def test_archive_is_known_by_its_type_too(self) -> None:
        content = make_zip({"one.md": TEXT.encode()})
        (reading,) = read_upload(file("all", media_type="application/zip"), content)
        assert isinstance(reading, Reading)
