"""Posts of channels, from Telegram to the corpus."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.handlers.channels import ALBUM_SECONDS, schedule, settle_recent_albums
from tests.support.moderated import CHANNEL, MEMBER
from tests.support.updates import (
    channel,
    channel_post_update,
    edited,
    forwarded,
    from_channel,
    message_update,
    photo_update,
    quotes,
)

if TYPE_CHECKING:
    from bot.context import App
    from corpus.models import Document
    from tests.support.moderated import Moderated
    from tests.support.updates import Json

NEWS = channel(-1001111111111, CHANNEL.removeprefix("@"))
BY = "channel:-1001111111111"
TITLE = "The library on Lime Street has new hours"
TEXT = (
    f"{TITLE}\n\n"
    "From Monday on the library is open from nine to eight, on Saturdays until four. "
    "A reader's card costs nothing and is made on the spot, without any papers at all."
)
SHORT = "Good morning, dear readers! 🎉"
QUESTION = "Is the library open from nine to eight on Saturdays?"


def post(text: str | None = TEXT, message_id: int = 7, **fields: Any) -> Json:
    fields.setdefault("posted_in", NEWS)
    return channel_post_update(text, message_id=message_id, **fields)


def photo(caption: str | None, message_id: int, album: str = "album-1", **fields: Any) -> Json:
    """One part of an album."""
    picture = photo_update()["message"]["photo"]
    if caption is not None:
        fields["caption"] = caption
    return post(None, message_id, photo=picture, media_group_id=album, **fields)


async def run_jobs(application: App, name: str) -> None:
    """What the clock would do; a job is done once."""
    assert application.job_queue is not None
    for job in application.job_queue.get_jobs_by_name(name):
        job.schedule_removal()
        await job.run(application)


async def settle(moderated: Moderated, album: str = "album-1") -> None:
    await run_jobs(moderated.application, f"album:{NEWS['id']}:{album}")


def only(moderated: Moderated) -> Document:
    (document,) = posted(moderated)
    return document


def posted(moderated: Moderated) -> list[Document]:
    return [document for document in moderated.store.documents() if document.added_by == BY]


async def answer(moderated: Moderated) -> Json:
    """What a member is told; other documents make the question's words worth something."""
    for number, words in enumerate(("Trains are late.", "Bread is dear.", "Rain falls.") * 2):
        moderated.backing.add(words, title=f"Other {number}")
    await moderated.deliver(message_update(QUESTION, sender=MEMBER))
    return moderated.telegram.last_message()


async def test_post_of_a_listed_channel_is_found_with_its_link(moderated: Moderated) -> None:
    await moderated.deliver(post(date=int(datetime(2025, 9, 11, 23, 30, tzinfo=UTC).timestamp())))

    document = only(moderated)
    assert (document.title, document.added_by) == (TITLE, BY)
    assert document.source == document.url == "https://t.me/daviedka_news/7"
    assert document.published == date(2025, 9, 11)
    message = await answer(moderated)
    assert "on Saturdays until four" in quotes(message)[0]
    assert any(entity.get("url") == document.url for entity in message["entities"])


async def test_post_is_kept_to_the_letter(moderated: Moderated) -> None:
    link = {"type": "text_link", "offset": 0, "length": 3, "url": "https://x.example/"}
    text = TEXT.replace("eight,", "eight 🎉 (20:00),")
    await moderated.deliver(post(text, entities=[link]))
    assert moderated.store.text(only(moderated).id) == text.partition("\n\n")[2]


async def test_private_channel_is_known_by_its_id(
    moderated: Moderated, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = channel(-1002222222222, None)
    settings = moderated.backing.settings.model_copy(update={"channels": ("-1002222222222",)})
    monkeypatch.setattr(moderated.application.bot_data, "settings", settings)

    await moderated.deliver(post(posted_in=private))
    await moderated.deliver(post(TEXT + " Hello."))

    assert [document.url for document in moderated.store.documents()] == [
        "https://t.me/c/2222222222/7"
    ]


async def test_name_of_a_channel_is_the_same_in_capitals(moderated: Moderated) -> None:
    await moderated.deliver(post(posted_in=channel(NEWS["id"], "Daviedka_NEWS")))
    assert only(moderated).source == "https://t.me/Daviedka_NEWS/7"


@pytest.mark.parametrize(
    "posted_in", [channel(-1009, "other_news"), channel(-1009, None), channel(-1009, "daviedka")]
)
async def test_posts_of_other_channels_are_ignored(moderated: Moderated, posted_in: Json) -> None:
    await moderated.deliver(post(posted_in=posted_in))
    await moderated.deliver(edited(post(posted_in=posted_in)))
    assert moderated.store.revision() == 0
    assert moderated.telegram.requests[1:] == []


async def test_short_posts_and_service_messages_are_left_out(moderated: Moderated) -> None:
    await moderated.deliver(post(SHORT))
    await moderated.deliver(post(None, new_chat_title="Other news"))
    await moderated.deliver(post("word " * 19))
    await moderated.deliver(post("😀 " * 30))
    assert moderated.store.revision() == 0


async def test_caption_is_read_as_text_is(moderated: Moderated) -> None:
    picture = photo_update()["message"]["photo"]
    await moderated.deliver(post(None, photo=picture, caption=TEXT))
    assert only(moderated).title == TITLE


async def test_edit_changes_what_is_quoted(moderated: Moderated) -> None:
    update = post()
    await moderated.deliver(update)
    first = only(moderated)

    await moderated.deliver(edited(update, text=TEXT.replace("until four", "until five")))

    assert only(moderated).id == first.id
    assert "on Saturdays until five" in quotes(await answer(moderated))[0]


async def test_same_post_twice_changes_nothing(moderated: Moderated) -> None:
    await moderated.deliver(post())
    await moderated.deliver(edited(post(), edit_date=1_800_000_000))
    assert moderated.store.revision() == 1


@pytest.mark.parametrize("left", [SHORT, ""])
async def test_edit_that_leaves_too_little_takes_the_post_out_and_another_brings_it_back(
    moderated: Moderated, left: str
) -> None:
    picture = photo_update()["message"]["photo"]
    update = post(None, photo=picture, caption=TEXT)
    await moderated.deliver(update)

    await moderated.deliver(edited(update, caption=left or None))
    assert posted(moderated) == []
    assert quotes(await answer(moderated)) == []

    await moderated.deliver(edited(update, caption=TEXT.replace("four", "five")))
    assert "until five" in quotes(await answer(moderated))[0]


async def test_post_that_a_moderator_removed_or_hid_stays_so(moderated: Moderated) -> None:
    first, second = post(), post(TEXT + " Welcome!", 8)
    await moderated.deliver(first)
    await moderated.deliver(second)
    hidden, removed = moderated.store.documents()
    moderated.keeping.hide(hidden.id, "telegram:901")
    moderated.keeping.remove(removed.id, "telegram:901")

    for update in (first, second):
        await moderated.deliver(edited(update, text=TEXT.replace("four", "five")))
        await moderated.deliver(edited(update, text=SHORT))
        await moderated.deliver(update)

    states = {
        document.id: document.state
        for document in moderated.store.documents("live", "hidden", "removed")
    }
    assert states == {hidden.id: "hidden", removed.id: "removed"}
    assert moderated.store.revision() == 4


async def test_title_that_a_moderator_wrote_stays_while_the_text_does(moderated: Moderated) -> None:
    update = post()
    await moderated.deliver(update)
    moderated.keeping.edit(only(moderated).id, "telegram:901", title="Library: hours")

    await moderated.deliver(edited(update))

    assert only(moderated).title == "Library: hours"


async def test_forwarded_post_belongs_to_the_channel_that_forwards_it(moderated: Moderated) -> None:
    await moderated.deliver(forwarded(post(), from_channel(channel(-1009, "other_news"), 3)))
    assert only(moderated).url == "https://t.me/daviedka_news/7"


async def test_captions_of_an_album_are_one_document_in_their_order(moderated: Moderated) -> None:
    head, _, body = TEXT.partition("\n\n")
    parts = [photo(None, 10), photo(head, 11), photo(None, 12), photo(body, 13)]
    for part in (parts[1], parts[3], parts[0], parts[2]):
        await moderated.deliver(part)
    assert moderated.store.revision() == 0

    await settle(moderated)

    document = only(moderated)
    assert (document.title, document.url) == (TITLE, "https://t.me/daviedka_news/10")
    assert moderated.store.text(document.id) == body
    assert moderated.store.revision() == 1


async def test_each_part_of_an_album_puts_the_end_off(moderated: Moderated) -> None:
    for number in range(3):
        await moderated.deliver(photo(TEXT if number == 0 else None, 10 + number))
    jobs = moderated.application.job_queue
    assert jobs is not None
    assert len(jobs.get_jobs_by_name(f"album:{NEWS['id']}:album-1")) == 1
    assert ALBUM_SECONDS >= 2


async def test_albums_do_not_mix(moderated: Moderated) -> None:
    await moderated.deliver(photo(TEXT, 10, "one"))
    await moderated.deliver(photo(TEXT.replace("four", "five"), 20, "two"))
    await settle(moderated, "one")
    await settle(moderated, "two")
    assert [document.url for document in moderated.store.documents()] == [
        "https://t.me/daviedka_news/10",
        "https://t.me/daviedka_news/20",
    ]


async def test_edit_of_one_part_changes_the_album(moderated: Moderated) -> None:
    first, second = photo(TEXT, 10), photo("The yard is closed.", 11)
    await moderated.deliver(first)
    await moderated.deliver(second)
    await settle(moderated)

    await moderated.deliver(edited(second, caption="The yard is open."))
    await settle(moderated)
    assert moderated.store.text(only(moderated).id).endswith("at all.\n\nThe yard is open.")

    await moderated.deliver(edited(first, caption=None))
    await settle(moderated)
    assert moderated.store.documents() == []


async def test_first_part_that_comes_late_makes_no_second_document(moderated: Moderated) -> None:
    await moderated.deliver(photo(TEXT, 11))
    await settle(moderated)
    await moderated.deliver(photo("Hello!", 10))
    await settle(moderated)
    document = only(moderated)
    assert (document.title, document.url) == ("Hello!", "https://t.me/daviedka_news/11")


async def test_album_that_a_restart_left_in_parts_is_put_together(moderated: Moderated) -> None:
    moderated.telegram.add_chat(NEWS)
    now = int(datetime.now(UTC).timestamp())
    await moderated.deliver(photo(TEXT, 10, date=now))
    await moderated.deliver(photo(TEXT.replace("four", "five"), 20, "older", date=now - 200_000))
    jobs = moderated.application.job_queue
    assert jobs is not None
    for job in jobs.jobs():
        job.schedule_removal()

    schedule(moderated.application)
    await run_jobs(moderated.application, settle_recent_albums.__name__)

    assert only(moderated).url == "https://t.me/daviedka_news/10"


@pytest.mark.parametrize("seed", range(3))
async def test_after_any_posts_and_edits_the_corpus_has_what_the_channel_has(
    moderated: Moderated, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    albums = {10: "one", 11: "one", 12: "one", 20: "two", 21: "two"}
    texts: dict[int, str] = {}
    for step in range(40):
        number = chance.choice([1, 2, 3, *albums])
        caption = f"{TEXT} This is version {step}." if chance.random() < 0.6 else SHORT
        if number in albums:
            update = photo(caption, number, albums[number])
        else:
            update = post(caption, number)
        await moderated.deliver(edited(update) if number in texts else update)
        texts[number] = caption
        if chance.random() < 0.3:
            await settle(moderated, chance.choice(["one", "two"]))
    await settle(moderated, "one")
    await settle(moderated, "two")

    wanted: dict[int | str, list[str]] = {}
    for number in sorted(texts):
        wanted.setdefault(albums.get(number, number), []).append(texts[number])
    live: dict[int | str, str] = {}
    for document in moderated.store.documents():
        number = int(document.source.rpartition("/")[2])
        place = albums.get(number, number)
        assert place not in live
        live[place] = moderated.store.text(document.id)
    # What stands first has become the title.
    assert live == {
        place: "\n\n".join(parts).partition("\n\n")[2]
        for place, parts in wanted.items()
        if any(TEXT in part for part in parts)
    }
    assert moderated.backing.index.sync().encoded == 0


async def test_nothing_is_sent_to_the_channel(moderated: Moderated) -> None:
    await moderated.deliver(post())
    await moderated.deliver(post(SHORT, 8))
    await moderated.deliver(post("/start", 9))
    assert moderated.telegram.calls("sendMessage") == []
