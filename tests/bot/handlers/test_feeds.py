"""/feeds, from adding one to removing it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot.feeds import Poller
from bot.handlers import adding
from bot.handlers.feeds import poll_feeds, schedule
from tests.support.moderated import MEMBER, MODERATOR, SECOND
from tests.support.site import serving_site
from tests.support.updates import labels, message_update, press, press_update

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.records.feeds import StoredFeed
    from tests.support.moderated import Moderated
    from tests.support.site import Site
    from tests.support.updates import Json

TEXT = (
    "The library on Lime Street is open from nine to eight, on Saturdays until four. "
    "A reader's card costs nothing and is made on the spot, without any papers at all."
)


@dataclass(frozen=True, slots=True)
class Talk:
    """A moderator's conversation about the feed of a site."""

    bot: Moderated
    site: Site

    async def say(self, text: str, sender: Json = MODERATOR) -> Json:
        await self.bot.deliver(message_update(text, sender=sender))
        return self.bot.telegram.last_message()

    async def press(self, message: Json, label: str, sender: Json = MODERATOR) -> Json:
        await self.bot.deliver(press(message, label, sender=sender))
        return self.bot.telegram.message(message["chat"]["id"], message["message_id"])

    async def forge(self, message: Json, data: str, sender: Json = MODERATOR) -> str | None:
        """Press a button that there is not; what is said then."""
        await self.bot.deliver(press_update(message, data, sender=sender))
        return self.notices()[-1]

    async def add(self, label: str = "Publish by itself") -> Json:
        """Add the site's feed; its card."""
        return await self.press(await self.say(f"/feeds add {self.site.feed}"), label)

    def notices(self) -> list[str | None]:
        return [call.get("text") for call in self.bot.telegram.calls("answerCallbackQuery")]

    def feeds(self) -> list[StoredFeed]:
        return self.bot.records.feeds.polled()


@pytest.fixture
def site() -> Iterator[Site]:
    with serving_site() as site:
        site.publish(1, TEXT, title="Library: new hours")
        site.publish(2, f"{TEXT} There is a yard, too.", title="Library: the yard 🎉")
        yield site


@pytest.fixture
def talk(moderated: Moderated, site: Site) -> Talk:
    moderated.application.bot_data.poller = Poller(adding.send_draft_card, allow_private=True)
    return Talk(moderated, site)


async def test_without_feeds_it_is_said_how_to_add_one(talk: Talk) -> None:
    message = await talk.say("/feeds")
    assert message["text"].startswith("There are no feeds yet.")
    assert "/feeds add https://example.org/feed" in message["text"]


@pytest.mark.parametrize("words", ["add", "add a b", "remove", "https://x.example", "?"])
async def test_wrong_words_get_help_with_examples(talk: Talk, words: str) -> None:
    message = await talk.say(f"/feeds {words}")
    assert message["text"].startswith("Feeds (RSS or Atom) bring new articles")
    assert talk.site.visits == []


async def test_feed_is_shown_before_it_is_added(talk: Talk) -> None:
    message = await talk.say(f"/feeds add {talk.site.feed}")

    lines = message["text"].splitlines()
    assert lines[:4] == [
        "Site",
        "",
        "• Library: the yard 🎉 · Sep 2, 2025",
        "• Library: new hours · Sep 1, 2025",
    ]
    assert labels(message) == ["Publish by itself", "As cards", "Cancel"]
    assert message["entities"][0]["url"] == talk.site.feed
    assert talk.feeds() == []
    assert talk.site.asked("/1") == 0


async def test_address_may_come_without_its_scheme(talk: Talk) -> None:
    message = await talk.say("/feeds add 127.0.0.1:1/feed")
    assert message["text"].startswith("This feed cannot be added: ")
    assert talk.bot.telegram.calls("sendMessage")[0]["text"] == "Reading the feed …"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/none", "is not there (status 404): check the address"),
        ("/1", "is a page and no feed, and names none: look on it for a link to RSS or Atom"),
    ],
)
async def test_what_is_no_feed_is_refused_with_the_reason(
    talk: Talk, path: str, reason: str
) -> None:
    message = await talk.say(f"/feeds add {talk.site.address}{path}")
    assert message["text"] == f"This feed cannot be added: {reason}"
    assert labels(message) == []
    assert talk.bot.records.feeds.find(1) is None


async def test_private_addresses_are_refused(talk: Talk) -> None:
    talk.bot.application.bot_data.poller = Poller(adding.send_draft_card)
    message = await talk.say(f"/feeds add {talk.site.feed}")
    assert "points into a private network" in message["text"]
    assert talk.site.visits == []


async def test_added_feed_is_due_at_once_and_its_articles_go_in(talk: Talk) -> None:
    card = await talk.add()
    assert "published by itself\n0 documents\nnot read yet\nadded by Maryna" in card["text"]
    assert labels(card) == ["As cards", "Ask it now", "Remove", "All feeds"]

    card = await talk.press(card, "Ask it now")

    assert "2 documents\nlast read " in card["text"]
    assert len(talk.bot.store.documents()) == 2
    (feed,) = talk.feeds()
    assert (feed.mode, feed.chat_id, feed.added_by) == (
        "publish",
        MODERATOR["id"],
        f"telegram:{MODERATOR['id']}",
    )
    assert talk.notices() == [None, "I am asking the feed …"]


async def test_cards_come_to_the_moderators_chat_where_there_is_one(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = talk.bot.backing.settings.model_copy(update={"moderator_chat": -100900})
    monkeypatch.setattr(talk.bot.application.bot_data, "settings", settings)
    card = await talk.add("As cards")

    await talk.press(card, "Ask it now")

    cards = talk.bot.telegram.messages(-100900)
    assert [message["text"].splitlines()[0] for message in cards] == [
        "Library: new hours",
        "Library: the yard 🎉",
    ]
    assert talk.bot.store.documents() == []


async def test_cancel_adds_nothing(talk: Talk) -> None:
    message = await talk.say(f"/feeds add {talk.site.feed}")
    message = await talk.press(message, "Cancel")
    assert message["text"] == "The feed was not added."
    assert labels(message) == []
    assert talk.feeds() == []


async def test_feed_that_is_there_already_shows_its_card(talk: Talk) -> None:
    await talk.add("As cards")
    message = await talk.say(f"/feeds add {talk.site.feed}", SECOND)
    assert "comes as cards" in message["text"]
    assert "added by Maryna" in message["text"]


async def test_mode_is_changed_there_and_back(talk: Talk) -> None:
    card = await talk.add()
    card = await talk.press(card, "As cards")
    assert "comes as cards" in card["text"]
    assert talk.feeds()[0].mode == "cards"
    card = await talk.press(card, "Publish by itself")
    assert talk.feeds()[0].mode == "publish"


async def test_removed_feed_keeps_its_documents_and_comes_back_with_undo(talk: Talk) -> None:
    card = await talk.press(await talk.add(), "Ask it now")

    removed = await talk.press(card, "Remove")
    assert removed["text"] == "The feed «Site» is not asked any more. Its documents stay."
    assert talk.feeds() == []
    assert len(talk.bot.store.documents()) == 2

    back = await talk.press(removed, "Undo", SECOND)
    assert "published by itself\n2 documents" in back["text"]
    await talk.press(back, "Ask it now")
    assert talk.bot.store.revision() == 2


async def test_list_leads_to_each_feed_and_back(talk: Talk) -> None:
    await talk.add()
    listed = await talk.say("/feeds", SECOND)
    assert listed["text"].startswith("Feeds (1):\n1. Site\npublished by itself · 0 documents")

    card = await talk.press(listed, "1", SECOND)
    assert "added by Maryna" in card["text"]
    assert (await talk.press(card, "All feeds", SECOND))["text"] == listed["text"]


async def test_trouble_is_shown(talk: Talk) -> None:
    card = await talk.add()
    talk.site.broken = True
    card = await talk.press(card, "Ask it now")
    assert "⚠ cannot be read: answers with status 500; try again later" in card["text"]


async def test_same_button_pressed_by_two_does_one_thing(talk: Talk) -> None:
    proposal = await talk.say(f"/feeds add {talk.site.feed}")
    first = await talk.press(proposal, "Publish by itself")
    second = await talk.press(proposal, "As cards", SECOND)
    assert second["text"] == first["text"]
    assert talk.feeds()[0].mode == "publish"
    assert talk.notices()[-1] == "This feed is asked for news already."

    await talk.press(first, "Remove")
    for label in ("Remove", "As cards", "Ask it now"):
        await talk.press(first, label, SECOND)
        assert talk.notices()[-1] == "This feed was removed meanwhile."
    assert talk.feeds() == []
    assert talk.site.asked("/feed") == 1


async def test_cancel_after_somebody_else_added_it_shows_the_card(talk: Talk) -> None:
    proposal = await talk.say(f"/feeds add {talk.site.feed}")
    await talk.press(proposal, "Publish by itself")
    assert "published by itself" in (await talk.press(proposal, "Cancel", SECOND))["text"]
    assert len(talk.feeds()) == 1


@pytest.mark.parametrize(
    "data",
    ["fe:", "fe:card", "fe:card:x", "fe:card:-1", "fe:start:1:off", "fe:mode:1:off", "fe:eat:1",
     "fe:card:1:publish", "fe:card:1\n", "fe:off:" + "9" * 19],
)  # fmt: skip
async def test_forged_button_says_so_and_changes_nothing(talk: Talk, data: str) -> None:
    card = await talk.add()
    assert await talk.forge(card, data) == "This button does nothing any more."
    assert len(talk.feeds()) == 1


async def test_button_of_a_feed_that_never_was_says_so(talk: Talk) -> None:
    card = await talk.add()
    for data in ("fe:card:99", "fe:poll:99", "fe:start:99:publish", "fe:mode:99:cards"):
        assert await talk.forge(card, data) == "This feed is not there any more."


async def test_others_than_moderators_change_nothing(talk: Talk) -> None:
    card = await talk.add()
    (feed,) = talk.feeds()
    visits = len(talk.site.visits)

    for command in ("/feeds", f"/feeds add {talk.site.feed}"):
        message = await talk.say(command, MEMBER)
        assert message["text"].startswith("I do not know this command.")
    for label in labels(card):
        await talk.press(card, label, MEMBER)
        assert talk.notices()[-1] == "Only moderators can do this."

    assert talk.feeds() == [feed]
    assert len(talk.site.visits) == visits


async def test_moderator_who_was_dismissed_between_two_presses_changes_nothing(
    talk: Talk,
) -> None:
    card = await talk.add()
    talk.bot.records.moderators.dismiss(MODERATOR["id"])
    await talk.press(card, "Remove")
    assert len(talk.feeds()) == 1


async def test_clock_asks_the_feeds_that_are_due_while_the_bot_runs(talk: Talk) -> None:
    application, poller = talk.bot.application, talk.bot.application.bot_data.poller
    schedule(application)
    application.bot_data.poller = poller  # the one that may ask this machine
    await talk.add()
    assert application.job_queue is not None
    *_, job = application.job_queue.get_jobs_by_name(poll_feeds.__name__)

    await job.run(application)
    assert talk.bot.store.documents() == []

    await application.start()
    await job.run(application)
    await application.stop()
    assert len(talk.bot.store.documents()) == 2


async def test_every_press_is_answered_once(talk: Talk) -> None:
    card = await talk.add()
    for label in ("As cards", "Ask it now", "All feeds"):
        card = await talk.press(card, label)
    card = await talk.press(card, "1")
    await talk.press(card, "Remove")
    presses = [call["callback_query_id"] for call in talk.bot.telegram.calls("answerCallbackQuery")]
    assert len(presses) == len(set(presses)) == 6
