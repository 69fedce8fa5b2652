"""Documents come in from the chat, are looked at, and are published or not."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from bot.context import Context
from bot.errors import StaleDraftError
from bot.handlers import adding, drafts
from corpus.errors import StoreError
from corpus.fetching import fetch
from corpus.readers import MAX_BYTES
from index.errors import EncodingError, SnapshotError
from index.search import Searcher
from tests.support.documents import (
    make_docx,
    make_encrypted_pdf,
    make_pdf,
    make_scanned_pdf,
    make_zip,
)
from tests.support.drafts import make_draft
from tests.support.moderated import (
    CALIBRATION,
    MEMBER,
    MODERATOR,
    SECOND,
    Moderated,
    running,
)
from tests.support.updates import (
    channel,
    document_update,
    forwarded,
    from_channel,
    from_hidden_user,
    from_user,
    labels,
    message_update,
    photo_update,
    press,
    press_update,
    quotes,
    reply_update,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telegram.ext import Job

    from tests.support.moderated import Backing
    from tests.support.telegram import TelegramServer
    from tests.support.updates import Json

GROUP = -1005
FEE = "There is no fee for the number."
GUIDE = f"""# How to get a PESEL number

Bring your passport and the form to the town hall. The clerk checks them on the spot and hands
out the number on a slip of paper. {FEE}

## Children

A parent applies for a child and shows the birth certificate with a sworn translation. The number
comes by post within two weeks.
"""
PARAGRAPHS = [block.replace("\n", " ").strip() for block in GUIDE.split("\n\n")]
PAGE = (
    "<html lang=en><head><title>How to get a PESEL number</title></head><body><article>"
    + "".join(f"<p>{block}</p>" for block in PARAGRAPHS if not block.startswith("#"))
    + "</article></body></html>"
)
DAY = 1_757_592_000  # 2025-09-11
HOW = ["Publish", "Edit title", "Edit date", "Edit link", "Discard"]


@pytest.fixture(autouse=True)
def others(backing: Backing) -> None:
    """Documents on other things, so that words tell one from another."""
    library = make_draft(
        "The library opens at noon and lends books in four languages.", title="Library"
    )
    backing.store.save(library, "tests")
    backing.add("Trains to the border leave every hour from platform two.", title="Trains")


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A web site on this machine, which the bot takes for a public one."""

    def fetch_here(url: str, *, allow_private: bool) -> Any:
        assert not allow_private
        return fetch(url)

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/loop"):
                self.send_response(302)
                self.send_header("Location", "/loop")
                self.end_headers()
                return
            self.send_response(200 if self.path == "/page" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(PAGE.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            pass

    monkeypatch.setattr("bot.intake.fetch", fetch_here)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


async def upload(
    moderated: Moderated, content: bytes = GUIDE.encode(), name: str = "guide.md", **fields: Any
) -> Json:
    """Send a file as a moderator; give the bot's last message."""
    file_id = moderated.telegram.add_file(content)
    fields.setdefault("sender", MODERATOR)
    fields.setdefault("size", len(content))
    await moderated.deliver(document_update(file_id, name, **fields))
    return moderated.telegram.last_message()


async def send(moderated: Moderated, update: Json) -> Json:
    await moderated.deliver(update)
    return moderated.telegram.last_message()


def link_update(text: str, **fields: Any) -> Json:
    """A message that holds an address, which Telegram marks."""
    fields.setdefault("sender", MODERATOR)
    update = message_update(text, **fields)
    address = text.rsplit(maxsplit=1)[-1]
    update["message"].setdefault("entities", []).append(
        {"type": "url", "offset": len(text) - len(address), "length": len(address)}
    )
    return update


async def tap(
    moderated: Moderated, message: Json, label: str, sender: Json = MODERATOR
) -> tuple[Json, str]:
    """Press a button; give the message as it is then, and what the press was answered."""
    await moderated.deliver(press(message, label, sender=sender))
    return shown(moderated, message), notice(moderated)


def shown(moderated: Moderated, message: Json) -> Json:
    return moderated.telegram.message(message["chat"]["id"], message["message_id"])


def notice(moderated: Moderated) -> str:
    return str(moderated.telegram.calls("answerCallbackQuery")[-1].get("text", ""))


async def find(moderated: Moderated, question: str = "fee for the number") -> list[str]:
    await moderated.deliver(message_update(question, sender=MEMBER))
    return quotes(moderated.telegram.last_message())


async def reply_with(moderated: Moderated, text: str, sender: Json = MODERATOR) -> Json:
    """Reply to what the bot said last; give what it says then."""
    asked = moderated.telegram.last_message()
    return await send(moderated, reply_update(asked, text, sender=sender))


# --- from the file to the answer ------------------------------------------------------------


async def test_file_becomes_a_card_then_a_document_and_is_taken_back(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    card = await upload(moderated)
    assert [call["text"] for call in telegram.calls("sendMessage")] == ["Reading …"]
    assert card["text"].startswith("How to get a PESEL number\nguide.md · no date · in English\n")
    assert labels(card) == HOW
    assert len(moderated.store.documents()) == 2
    assert await find(moderated) == []

    card, said = await tap(moderated, card, "Publish")
    assert said == "Published: it can be found now."
    assert card["text"].endswith("Published by Maryna.")
    assert labels(card) == ["Undo", "Open"]
    document = moderated.store.documents()[-1]
    assert document.added_by == "telegram:901"
    assert FEE in (await find(moderated))[0]

    card, said = await tap(moderated, card, "Undo")
    assert said == "Taken back: you can decide again."
    assert len(moderated.store.documents()) == 2
    assert await find(moderated) == []
    assert "The same text: How to get a PESEL number · removed" in card["text"]

    card, said = await tap(moderated, card, "Discard")
    assert (said, labels(card)) == ("Discarded.", ["Undo"])
    card, _ = await tap(moderated, card, "Undo")
    assert labels(card) == HOW
    card, _ = await tap(moderated, card, "Publish")
    assert moderated.store.document(document.id).state == "live"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("guide.txt", "\n\n".join(PARAGRAPHS).replace("# ", "").encode()),
        ("guide.html", PAGE.encode()),
        ("guide.pdf", make_pdf([["# How to get a PESEL number", "", *GUIDE.splitlines()[2:5]]])),
        ("guide.docx", make_docx(PARAGRAPHS)),
        ("guide.zip", make_zip({"inner/guide.md": GUIDE.encode()})),
    ],
)
async def test_files_of_every_kind_can_be_published_and_found(
    moderated: Moderated, name: str, content: bytes
) -> None:
    card = await upload(moderated, content, name)
    await tap(moderated, card, "Publish")
    assert FEE in (await find(moderated))[0]


async def test_card_says_what_the_reader_remarked(moderated: Moderated) -> None:
    text = "Заява бясплатная. Яе падаюць ва ўрадзе гміны, без мельдунку і без запісу. " * 3
    card = await upload(moderated, text.encode("cp1251"), "guide.txt")
    assert "⚠ read as windows-1251" in card["text"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("guide.pdf", make_encrypted_pdf(), "guide.pdf: is protected by a password"),
        ("guide.pdf", make_scanned_pdf(), "guide.pdf: "),
        ("guide.md", b" ", "guide.md: is empty: there is nothing to add"),
        ("song.mp3", b"ID3", "song.mp3: files that end in .mp3 are not read; these are: .docx"),
        ("guide.zip", b"PK", "guide.zip: is not a readable ZIP archive; pack it again"),
        ("guide.zip", make_zip({"a.mp3": b"ID3"}), "guide.zip: holds no file that is read"),
        ("guide.docx", b"PK", "guide.docx: "),
    ],
)
async def test_file_that_cannot_be_added_gets_a_clear_word(
    moderated: Moderated, name: str, content: bytes, reason: str
) -> None:
    said = await upload(moderated, content, name)
    title, _, why = said["text"].partition("\n")
    assert title == "This could not be added:"
    assert why.startswith(reason)
    assert len(why) > len(reason) or why == reason
    assert labels(said) == []


@pytest.mark.parametrize("told", [True, False])
async def test_file_that_is_too_large_is_refused(
    moderated: Moderated, telegram: TelegramServer, *, told: bool
) -> None:
    size = MAX_BYTES + 1
    content = bytes(size) if not told else b"small, but said to be large"
    said = await upload(moderated, content, size=size if told else None)
    assert said["text"].startswith("This file is too large: I get at most 20 MB")
    assert len(telegram.calls("getFile")) == (0 if told else 1)


async def test_file_that_telegram_does_not_have_any_more_gets_a_clear_word(
    moderated: Moderated,
) -> None:
    said = await send(moderated, document_update("unknown", sender=MODERATOR))
    assert said["text"] == "Telegram does not hand this file out. Please send it again."


async def test_two_files_of_one_name_are_two_documents(moderated: Moderated) -> None:
    first = await upload(moderated)
    await tap(moderated, first, "Publish")
    second = await upload(moderated, b"The bus to Vilnius stops at the station, platform four.")
    await tap(moderated, second, "Publish")
    assert len(moderated.store.documents()) == 4


async def test_album_gives_a_card_for_each_file(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    names = ["one.md", "two.md"]
    for number, name in enumerate(names):
        text = f"{GUIDE}\nPart {number} of the guide tells what to bring along."
        await upload(moderated, text.encode(), name, media_group_id="album")
    cards = telegram.messages(MODERATOR["id"])
    assert [card["text"].split("\n")[1].split(" ")[0] for card in cards] == names
    for card in cards:
        await tap(moderated, card, "Publish")
    assert len(moderated.store.documents()) == 4


# --- links, posts, texts --------------------------------------------------------------------


async def test_page_is_fetched_and_published_under_its_address(
    moderated: Moderated, site: str
) -> None:
    card = await send(moderated, link_update(f"{site}/page"))
    assert card["text"].startswith("How to get a PESEL number\n127.0.0.1 · no date · in English")
    await tap(moderated, card, "Publish")
    document = moderated.store.documents()[-1]
    assert (document.source, document.url) == (f"{site}/page", f"{site}/page")


async def test_page_that_is_there_already_is_not_published_again(
    moderated: Moderated, site: str
) -> None:
    await tap(moderated, await send(moderated, link_update(f"{site}/page")), "Publish")
    card = await send(moderated, link_update(f"/add {site}/page"))
    assert "This very text can be found already" in card["text"]
    assert labels(card) == ["Discard"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/nowhere", "is not there (status 404): check the address"),
        ("/loop", "redirects more than 5 times: check the address in a browser"),
    ],
)
async def test_address_without_a_page_gets_a_clear_word(
    moderated: Moderated, site: str, path: str, reason: str
) -> None:
    said = await send(moderated, link_update(f"{site}{path}"))
    assert said["text"] == f"This could not be added:\n{site}{path}: {reason}"


async def test_address_that_is_down_gets_a_clear_word(moderated: Moderated) -> None:
    said = await send(moderated, link_update("http://nowhere.invalid/page"))
    assert said["text"].endswith("cannot be reached: check the address and the connection")


async def test_address_in_a_private_network_is_refused(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    said = await send(moderated, link_update(telegram.base_url))
    assert said["text"].endswith(
        "points into a private network; give an address that anyone can open"
    )


@pytest.mark.parametrize(
    ("posted_in", "link"),
    [
        (channel(), "https://t.me/naviny/5"),
        (channel(-1007654321, None), "https://t.me/c/7654321/5"),
    ],
)
async def test_forwarded_post_is_cited_by_its_link_and_date(
    moderated: Moderated, posted_in: Json, link: str
) -> None:
    update = message_update("\n\n".join(PARAGRAPHS), sender=MODERATOR)
    post = forwarded(update, from_channel(posted_in, date=DAY))
    card = await send(moderated, post)
    assert "t.me" in card["text"].split("\n")[1]
    assert "September 11, 2025" in card["text"]
    await tap(moderated, card, "Publish")
    document = moderated.store.documents()[-1]
    assert (document.source, document.url) == (link, link)
    assert document.published == date(2025, 9, 11)


async def test_forwarded_caption_is_the_document(moderated: Moderated) -> None:
    update = photo_update(caption="\n\n".join(PARAGRAPHS), sender=MODERATOR)
    card = await send(moderated, forwarded(update, from_channel(channel())))
    assert labels(card) == HOW


@pytest.mark.parametrize("origin", [from_user(MEMBER), from_hidden_user("Alesia")])
async def test_who_wrote_what_was_forwarded_is_not_kept(moderated: Moderated, origin: Json) -> None:
    update = message_update("\n\n".join(PARAGRAPHS), sender=MODERATOR)
    card = await send(moderated, forwarded(update, origin))
    await tap(moderated, card, "Publish")
    document = moderated.store.documents()[-1]
    assert document.source.startswith("upload/")
    assert document.url is None
    assert "Alesia" not in repr(document)
    assert "Alesia" not in card["text"]


async def test_long_text_is_a_document_named_after_its_first_line(moderated: Moderated) -> None:
    text = "\n\n".join(PARAGRAPHS).replace("# ", "").replace("#", "") + " And so on." * 100
    card = await send(moderated, message_update(text, sender=MODERATOR))
    assert card["text"].startswith("How to get a PESEL number\nno date · in English\n")
    await tap(moderated, card, "Publish")
    assert moderated.store.documents()[-1].title == "How to get a PESEL number"


async def test_long_text_of_a_member_is_no_document(moderated: Moderated) -> None:
    said = await send(moderated, message_update("many words " * 200, sender=MEMBER))
    assert said["text"].startswith("Your question is too long")


async def test_add_alone_asks_and_takes_what_is_replied(moderated: Moderated) -> None:
    asked = await send(moderated, message_update("/add", sender=MODERATOR))
    assert asked["text"].startswith("Reply to this message with a file")
    card = await reply_with(moderated, "\n\n".join(PARAGRAPHS))
    assert labels(card) == HOW
    # What was asked for has been given: the next reply is a question.
    said = await send(moderated, reply_update(asked, "fee for the number", sender=MODERATOR))
    assert said["text"].startswith("I found no answer")


async def test_add_keeps_waiting_where_the_reply_cannot_be_read(moderated: Moderated) -> None:
    nothing = photo_update(sender=MODERATOR)
    asked = await send(moderated, message_update("/add", sender=MODERATOR))
    nothing["message"]["reply_to_message"] = asked
    said = await send(moderated, nothing)
    assert said["text"].startswith("There is nothing to read in this message")
    card = await send(moderated, reply_update(asked, GUIDE, sender=MODERATOR))
    assert labels(card) == HOW


async def test_add_in_reply_takes_the_message_it_replies_to(moderated: Moderated) -> None:
    file_id = moderated.telegram.add_file(GUIDE.encode())
    sent = document_update(file_id, "guide.md", sender=MEMBER, chat_id=GROUP, caption="look")
    card = await send(moderated, reply_update(sent["message"], "/add", sender=MODERATOR))
    assert (card["chat"]["id"], labels(card)) == (GROUP, HOW)
    # In the moderators' group anyone of them may press.
    card, _ = await tap(moderated, card, "Publish", SECOND)
    assert card["text"].endswith("Published by Siarhei.")


@pytest.mark.parametrize("message", [photo_update(), message_update(voice={})])
async def test_nothing_to_read_gets_a_clear_word(moderated: Moderated, message: Json) -> None:
    message["message"].pop("voice", None)
    update = reply_update(message["message"], "/add", sender=MODERATOR, chat_id=MODERATOR["id"])
    said = await send(moderated, update)
    assert said["text"].startswith("There is nothing to read in this message")
    forward = photo_update(sender=MODERATOR)
    said = await send(moderated, forwarded(forward, from_channel(channel())))
    assert said["text"].startswith("There is nothing to read in this message")


# --- what is like it ------------------------------------------------------------------------


async def test_older_version_is_replaced(moderated: Moderated) -> None:
    await tap(moderated, await upload(moderated), "Publish")
    old = moderated.store.documents()[-1]
    newer = GUIDE.replace("two weeks", "three weeks")
    card = await upload(moderated, newer.encode())
    assert "Another version: How to get a PESEL number" in card["text"]
    assert labels(card)[:2] == ["Replace «How to get a PESEL number»", "Publish"]
    card, said = await tap(moderated, card, "Replace")
    assert said == "Replaced: the new text can be found now."
    new = moderated.store.document(old.id)
    assert "three weeks" in moderated.store.text(old.id)
    assert new.source != old.source
    card, _ = await tap(moderated, card, "Undo")
    assert "two weeks" in moderated.store.text(old.id)
    assert labels(card)[0].startswith("Replace")


async def test_replacing_a_purged_document_changes_nothing(moderated: Moderated) -> None:
    await tap(moderated, await upload(moderated), "Publish")
    old = moderated.store.documents()[-1]
    card = await upload(moderated, GUIDE.replace("two weeks", "three weeks").encode())
    moderated.store.remove(old.id, "tests")
    moderated.store.purge(old.id, "tests")
    card, said = await tap(moderated, card, "Replace")
    assert said == "That document is gone: nothing was changed."
    assert labels(card) == HOW
    await tap(moderated, card, "Publish")
    assert len(moderated.store.documents()) == 3


async def test_undo_of_what_was_changed_since_is_refused(moderated: Moderated) -> None:
    card = await upload(moderated)
    card, _ = await tap(moderated, card, "Publish")
    document = moderated.store.documents()[-1]
    moderated.keeping.edit(document.id, "telegram:902", title="Another title")
    card, said = await tap(moderated, card, "Undo")
    assert said.startswith("The document was changed since")
    assert moderated.store.document(document.id).state == "live"


# --- editing --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("button", "reply", "field", "value"),
    [
        ("Edit title", "  PESEL\u200b  in short ", "title", "PESEL in short"),
        ("Edit date", "2025-09-11", "published", date(2025, 9, 11)),
        ("Edit date", "11.09.2025", "published", date(2025, 9, 11)),
        ("Edit date", "-", "published", None),
        ("Edit link", "https://example.org/pesel", "url", "https://example.org/pesel"),
        ("Edit link", "-", "url", None),
    ],
)
async def test_value_is_asked_for_and_shown(
    moderated: Moderated, button: str, reply: str, field: str, value: object
) -> None:
    card = await upload(moderated)
    await tap(moderated, card, button)
    said = await reply_with(moderated, reply)
    assert said["text"] == "Changed. The card shows it."
    await tap(moderated, shown(moderated, card), "Publish")
    assert getattr(moderated.store.documents()[-1], field) == value


@pytest.mark.parametrize(
    ("button", "wrong", "right"),
    [
        ("Edit title", "\u200b", "Title"),
        ("Edit title", "long " * 50, "Title"),
        ("Edit date", "2025-02-30", "2025-02-28"),
        ("Edit date", "yesterday", "1.2.2025"),
        ("Edit link", "example.org", "http://example.org"),
        ("Edit link", "javascript:alert(1)", "http://example.org"),
    ],
)
async def test_wrong_value_is_asked_for_again(
    moderated: Moderated, button: str, wrong: str, right: str
) -> None:
    card = await upload(moderated)
    await tap(moderated, card, button)
    before = shown(moderated, card)
    said = await reply_with(moderated, wrong)
    assert said["text"].startswith("This will not do. Reply with the ")
    assert shown(moderated, card) == before
    assert (await reply_with(moderated, right))["text"] == "Changed. The card shows it."
    assert shown(moderated, card) != before


async def test_value_for_a_draft_that_was_published_meanwhile_changes_nothing(
    moderated: Moderated,
) -> None:
    card = await upload(moderated)
    await tap(moderated, card, "Edit title")
    asked = moderated.telegram.last_message()
    await tap(moderated, card, "Publish", SECOND)
    said = await send(moderated, reply_update(asked, "Late", sender=MODERATOR))
    assert said["text"] == "Already published by Siarhei."
    assert moderated.store.documents()[-1].title == "How to get a PESEL number"


# --- many at once ---------------------------------------------------------------------------


def many(count: int) -> bytes:
    return make_zip(
        {
            f"{number:02}.md": f"# Rule {number}\n\nRule number {number} is short and clear. "
            f"It says what to do on day {number} of the month.".encode()
            for number in range(count)
        }
    )


async def test_small_archive_gives_a_card_for_each_file_and_names_the_others(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    content = make_zip(
        {"a.md": GUIDE.encode(), "b.pdf": make_encrypted_pdf(), "c.md": b"Other words. "}
    )
    said = await upload(moderated, content, "all.zip")
    assert said["text"].startswith("This could not be added:\nb.pdf: is protected by a password")
    first, second, _ = telegram.messages(MODERATOR["id"])
    assert "Publish" in labels(first)
    assert "Publish" in labels(second)


async def test_large_archive_is_decided_on_together(moderated: Moderated) -> None:
    card = await upload(moderated, many(12), "rules.zip")
    assert card["text"].startswith("12 documents\n• Rule 0\n• Rule 1\n")
    assert "and 2 more" in card["text"]
    card, _ = await tap(moderated, card, "Publish all 12")
    assert card["text"].endswith("Published: 12")
    assert len(moderated.store.documents()) == 14
    # The same again: nothing is published twice.
    again = await upload(moderated, many(12), "rules.zip")
    again, _ = await tap(moderated, again, "Publish all 12")
    assert again["text"].endswith("Discarded, or there already: 12")
    assert len(moderated.store.documents()) == 14
    card, _ = await tap(moderated, card, "Undo")
    assert len(moderated.store.documents()) == 2
    card, _ = await tap(moderated, card, "Discard all")
    assert card["text"].endswith("Discarded, or there already: 12")


# --- several at once, too late, not allowed -------------------------------------------------


async def test_two_presses_at_once_publish_once(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    card = await upload(moderated)
    await asyncio.gather(
        moderated.deliver(press(card, "Publish", sender=MODERATOR)),
        moderated.deliver(press(card, "Publish", sender=SECOND)),
    )
    assert len(moderated.store.documents()) == 3
    assert len(moderated.store.history(limit=10)) == 3
    said = sorted(call["text"] for call in telegram.calls("answerCallbackQuery"))
    assert said[0].startswith("Already published by ")
    assert said[1] == "Published: it can be found now."
    assert labels(shown(moderated, card)) == ["Undo", "Open"]


async def test_same_post_from_two_moderators_is_published_once(moderated: Moderated) -> None:
    cards = []
    for sender in (MODERATOR, SECOND):
        update = message_update("\n\n".join(PARAGRAPHS), sender=sender)
        cards.append(await send(moderated, forwarded(update, from_channel(channel()))))
    await tap(moderated, cards[0], "Publish")
    card, said = await tap(moderated, cards[1], "Publish", SECOND)
    assert said == "This very text can be found already: there is nothing to publish."
    assert labels(card) == ["Discard"]
    assert len(moderated.store.documents()) == 3


async def test_edited_post_takes_the_place_of_what_was_published_meanwhile(
    moderated: Moderated,
) -> None:
    cards = []
    for text in (GUIDE, GUIDE.replace("two weeks", "three weeks")):
        update = message_update(text, sender=MODERATOR)
        cards.append(await send(moderated, forwarded(update, from_channel(channel()))))
    await tap(moderated, cards[0], "Publish")
    _, said = await tap(moderated, cards[1], "Publish")
    assert said == "Replaced: the new text can be found now."
    assert "three weeks" in moderated.store.text(moderated.store.documents()[-1].id)


async def test_publish_and_discard_at_once_do_one_of_them(moderated: Moderated) -> None:
    card = await upload(moderated)
    await asyncio.gather(
        moderated.deliver(press(card, "Publish", sender=MODERATOR)),
        moderated.deliver(press(card, "Discard", sender=SECOND)),
    )
    published = len(moderated.store.documents()) == 3
    assert published == ("Open" in labels(shown(moderated, card)))


@pytest.mark.parametrize("label", ["Publish", "Discard", "Edit title"])
async def test_button_of_a_decided_draft_says_who_decided(moderated: Moderated, label: str) -> None:
    old = await upload(moderated)
    await tap(moderated, old, "Publish", SECOND)
    card, said = await tap(moderated, old, label)
    assert said == "Already published by Siarhei."
    assert card["text"].endswith("Published by Siarhei.")
    assert len(moderated.store.documents()) == 3


async def test_same_undo_twice_takes_back_once(moderated: Moderated) -> None:
    card = await upload(moderated)
    card, _ = await tap(moderated, card, "Publish")
    await tap(moderated, card, "Undo")
    changes = moderated.store.history()
    await tap(moderated, card, "Undo")
    assert moderated.store.history() == changes


async def test_card_of_a_forgotten_draft_loses_its_buttons(moderated: Moderated) -> None:
    card = await upload(moderated)
    moderated.records.drafts.forget_before(datetime.now(UTC))
    card, said = await tap(moderated, card, "Publish")
    assert said == "This card is too old. Please send the document again."
    assert labels(card) == []


async def test_moderator_dismissed_between_two_presses_changes_nothing(
    moderated: Moderated,
) -> None:
    card = await upload(moderated)
    await tap(moderated, card, "Edit title")
    moderated.records.moderators.dismiss(MODERATOR["id"])
    _, said = await tap(moderated, card, "Publish")
    assert said == "Only moderators can do this."
    await reply_with(moderated, "Late")
    assert "Late" not in shown(moderated, card)["text"]
    assert len(moderated.store.documents()) == 2


async def test_stranger_with_forged_buttons_changes_nothing(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    card = await upload(moderated)
    batch = await upload(moderated, many(12), "rules.zip")
    forged = [button["callback_data"] for button in _buttons(card) + _buttons(batch)]
    draft_id = forged[0].rpartition(":")[2]
    known = moderated.store.documents()[0]
    forged += [f"dr:undo:{draft_id}", f"dr:replace:{draft_id}:{known.id}", "dr:add"]
    before = moderated.store.history()
    for callback_data in forged:
        await moderated.deliver(press_update(card, callback_data, sender=MEMBER))
    assert len(telegram.calls("answerCallbackQuery")) == len(forged)
    assert moderated.store.history() == before
    assert moderated.records.drafts.get(draft_id).state == "open"
    said = await send(moderated, message_update("/add words to keep", sender=MEMBER))
    assert said["text"].startswith("I do not know this command.")


@pytest.mark.parametrize(
    "callback_data",
    ["dr:publish:00000000", "dr:replace:00000000:none", "dr:title:0", "dr:undo:0", "dr:all:0"],
)
async def test_button_that_means_nothing_is_answered(
    moderated: Moderated, callback_data: str
) -> None:
    card = await upload(moderated)
    await moderated.deliver(press_update(card, callback_data, sender=MODERATOR))
    assert notice(moderated) == "This card is too old. Please send the document again."
    assert len(moderated.store.documents()) == 2


def _buttons(message: Json) -> list[Json]:
    return [button for row in message["reply_markup"]["inline_keyboard"] for button in row]


# --- failures, restarts, the clock ----------------------------------------------------------


async def test_draft_outlives_a_restart(
    moderated: Moderated, telegram: TelegramServer, backing: Backing
) -> None:
    card = await upload(moderated)
    search = Searcher(backing.store, backing.index, calibration=CALIBRATION)
    async with running(telegram, backing, search) as application:
        restarted = Moderated(application, telegram, backing)
        card, said = await tap(restarted, card, "Publish", SECOND)
        assert said == "Published: it can be found now."
        assert FEE in (await find(restarted))[0]


async def test_draft_stays_open_where_the_database_fails(
    moderated: Moderated, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await upload(moderated)

    def fail(*_: object, **__: object) -> None:
        raise StoreError("cannot write to the database, nothing was changed: disk full")

    with monkeypatch.context() as patch:
        patch.setattr(moderated.store, "save", fail)
        card, said = await tap(moderated, card, "Publish")
    assert said == "Something went wrong on my side. Please try again in a moment."
    assert labels(card) == HOW
    card, _ = await tap(moderated, card, "Publish")
    assert labels(card) == ["Undo", "Open"]


async def test_what_is_stored_is_found_later_where_the_index_fails(
    moderated: Moderated, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await upload(moderated)

    def fail() -> None:
        raise SnapshotError("cannot write the index: disk full")

    with monkeypatch.context() as patch:
        patch.setattr(moderated.keeping.index, "sync", fail)
        card, said = await tap(moderated, card, "Publish")
    assert said.startswith("It is stored, but the search could not be brought up to date.")
    assert labels(card) == ["Undo", "Open"]
    moderated.keeping.index.sync()
    assert FEE in (await find(moderated))[0]


async def test_batch_stops_where_the_database_fails_and_goes_on_later(
    moderated: Moderated, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await upload(moderated, many(11), "rules.zip")
    save = moderated.store.save
    saved = 0

    def save_three(*arguments: Any, **options: Any) -> Any:
        nonlocal saved
        saved += 1
        if saved > 3:
            raise StoreError("cannot write to the database, nothing was changed: disk full")
        return save(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(moderated.store, "save", save_three)
        card, _ = await tap(moderated, card, "Publish all")
    assert card["text"].endswith("Published: 3")
    card, _ = await tap(moderated, card, "Publish all 8")
    assert card["text"].endswith("Published: 11")


async def test_batch_undo_leaves_what_was_changed_since(moderated: Moderated) -> None:
    card = await upload(moderated, many(11), "rules.zip")
    card, _ = await tap(moderated, card, "Publish all")
    changed = moderated.store.documents()[-1]
    moderated.keeping.edit(changed.id, "telegram:902", title="Another title")
    card, _ = await tap(moderated, card, "Undo")
    said = moderated.telegram.last_message()["text"]
    assert said == "1 document was left as it is, since it was changed meanwhile."
    assert card["text"].endswith("Published: 1")
    assert len(moderated.store.documents()) == 3


async def test_reading_message_tells_where_the_model_fails(
    moderated: Moderated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise EncodingError("the model gave a non-finite value")

    monkeypatch.setattr(moderated.keeping.index.encoder, "encode_passages", fail)
    said = await upload(moderated)
    assert said["text"] == "Something went wrong on my side. Please try again in a moment."


async def test_card_comes_even_where_the_progress_message_was_deleted(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    telegram.refuse_next("editMessageText", "Bad Request: message to edit not found")
    card = await upload(moderated)
    assert labels(card) == HOW
    assert len(telegram.messages(MODERATOR["id"])) == 2


async def test_draft_is_embedded_before_it_is_published(
    moderated: Moderated, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await upload(moderated)
    await tap(moderated, card, "Edit title")
    await reply_with(moderated, "Another title")
    assert len(waiting_to_be_embedded(moderated)) == 2
    await run_embedding(moderated)

    def fail(_: object) -> None:
        raise AssertionError("there is nothing left to encode")

    with monkeypatch.context() as patch:
        patch.setattr(moderated.keeping.index.encoder, "encode_passages", fail)
        _, said = await tap(moderated, card, "Publish")
    assert said == "Published: it can be found now."


async def test_discarded_draft_is_not_embedded(
    moderated: Moderated, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tap(moderated, await upload(moderated), "Discard")

    def fail(*_: object) -> None:
        raise AssertionError("nobody waits for it")

    monkeypatch.setattr(moderated.keeping.index, "embed_ahead", fail)
    await run_embedding(moderated)


async def test_embedding_ahead_gives_up_quietly(
    moderated: Moderated, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await upload(moderated)
    message = "secret words"

    def fail(_: object) -> None:
        raise EncodingError(message)

    monkeypatch.setattr(moderated.keeping.index.encoder, "encode_passages", fail)
    await run_embedding(moderated)
    assert "a draft could not be embedded ahead: EncodingError" in caplog.text
    assert message not in caplog.text


def waiting_to_be_embedded(moderated: Moderated) -> list[Job[Context]]:
    queue = moderated.application.job_queue
    assert queue is not None
    return [job for job in queue.jobs() if (job.name or "").startswith("embed ")]


async def run_embedding(moderated: Moderated) -> None:
    """Run what waits to be embedded, until nothing does; the clock of the jobs stands still."""
    while waiting := waiting_to_be_embedded(moderated):
        waiting[0].schedule_removal()
        await drafts.embed_some(Context.from_job(waiting[0], moderated.application))


async def test_old_drafts_and_prompts_are_forgotten(
    moderated: Moderated, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await upload(moderated)
    draft_id = _buttons(card)[0]["callback_data"].rpartition(":")[2]
    await tap(moderated, card, "Edit title")
    asked = moderated.telegram.last_message()
    context = Context(moderated.application)
    await adding.forget_old(context)
    assert moderated.records.drafts.get(draft_id).state == "open"
    for kept in ("DRAFTS_KEPT", "PROMPTS_KEPT"):
        monkeypatch.setattr(adding, kept, -getattr(adding, kept))
    await adding.forget_old(context)
    with pytest.raises(StaleDraftError):
        moderated.records.drafts.get(draft_id)
    assert moderated.records.prompts.find(asked["chat"]["id"], asked["message_id"]) is None


async def test_draft_card_is_sent_to_a_chat(moderated: Moderated) -> None:
    card = await upload(moderated)
    draft_id = _buttons(card)[0]["callback_data"].rpartition(":")[2]
    stored = moderated.records.drafts.get(draft_id)
    await adding.send_draft_card(Context(moderated.application), stored, GROUP, "en")
    sent = moderated.telegram.last_message()
    assert (sent["chat"]["id"], sent["text"]) == (GROUP, card["text"])
    assert labels(sent) == HOW
