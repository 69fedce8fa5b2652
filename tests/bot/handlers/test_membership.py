"""The bot is added to chats, moved with them, and leaves those that are not its community's."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest
from telegram import Update

from bot.group_settings import GroupSettings
from tests.support.moderated import CHANNEL, running
from tests.support.telegram import BOT
from tests.support.updates import (
    channel,
    channel_post_update,
    forum,
    membership_update,
    message_update,
    person,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.context import App
    from bot.playground.schema import BotApi
    from tests.support.answers import WordSearch
    from tests.support.moderated import Backing
    from tests.support.telegram import TelegramServer

    Deliver = Callable[[dict[str, Any]], Awaitable[None]]
    Change = Callable[..., dict[str, Any]]

OLD: Final = -5
NEW: Final = -1001
ELSEWHERE: Final = -1002
MODERATORS: Final = -1003
OLD_GROUP: Final = {"id": OLD, "type": "group", "title": "Суполка"}
GROUP: Final = {"id": NEW, "type": "supergroup", "title": "Суполка"}
STRANGE: Final = {"id": ELSEWHERE, "type": "supergroup", "title": "Іншая"}
ADDER: Final = person(78, "en")
STRICT: Final = GroupSettings(strictness="strict")


@pytest.fixture
def change(bot_api: BotApi) -> Change:
    """Makes the update with what the bot was and is in a chat."""

    def member(status: str, fields: dict[str, Any]) -> dict[str, Any]:
        return bot_api.complete("ChatMember", {"status": status, "user": BOT, **fields})

    def make(old: str, new: str, chat: dict[str, Any] = GROUP, **fields: Any) -> dict[str, Any]:
        update = membership_update(member(old, {}), member(new, fields), chat, sender=ADDER)
        assert bot_api.misfits("Update", update) == []
        return update

    return make


@pytest.fixture
async def listed(
    telegram: TelegramServer, search: WordSearch, backing: Backing
) -> AsyncIterator[App]:
    """The bot where it may be in two groups only."""
    settings = backing.settings.model_copy(
        update={"chats": (NEW, OLD), "moderator_chat": MODERATORS}
    )
    async with running(telegram, replace(backing, settings=settings), search) as application:
        yield application


async def process(application: App, *updates: dict[str, Any]) -> None:
    for update in updates:
        await application.process_update(Update.de_json(update, application.bot))


def done(telegram: TelegramServer) -> list[tuple[str, int]]:
    return [
        (request.method, request.parameters["chat_id"])
        for request in telegram.requests
        if request.method != "getMe"
    ]


class TestAdded:
    async def test_it_says_once_how_to_ask(
        self, telegram: TelegramServer, deliver: Deliver, change: Change
    ) -> None:
        await deliver(change("left", "member"))
        await deliver(message_update(new_chat_members=[BOT], chat_id=NEW))
        await deliver(change("member", "administrator"))
        (sent,) = telegram.calls("sendMessage")
        assert sent["chat_id"] == NEW
        assert sent["text"].startswith("Hello! I am Daviedka.")
        assert "/ask" in sent["text"]
        assert "@daviedka_bot" in sent["text"]
        assert "/settings" in sent["text"]

    async def test_as_administrator_at_once_it_says_the_same(
        self, telegram: TelegramServer, deliver: Deliver, change: Change
    ) -> None:
        await deliver(change("left", "administrator", OLD_GROUP))
        assert done(telegram) == [("sendMessage", OLD)]

    async def test_again_it_still_knows_what_was_set(
        self, telegram: TelegramServer, application: App, deliver: Deliver, change: Change
    ) -> None:
        groups = application.bot_data.records.groups
        groups.change(NEW, lambda _: GroupSettings(language="de", mentions=False))
        await deliver(change("member", "kicked", until_date=0))
        assert telegram.calls("sendMessage") == []
        await deliver(change("left", "member"))
        (sent,) = telegram.calls("sendMessage")
        assert "@daviedka_bot" not in sent["text"]
        assert groups.find(NEW) == GroupSettings(language="de", mentions=False)

    async def test_muted_it_takes_that_calmly(
        self,
        telegram: TelegramServer,
        deliver: Deliver,
        change: Change,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        telegram.refuse_next("sendMessage", "Bad Request: not enough rights to send text messages")
        await deliver(change("left", "restricted", is_member=True))
        assert [record for record in caplog.records if record.levelno > logging.INFO] == []

    @pytest.mark.parametrize(
        ("old", "new"), [("member", "left"), ("member", "kicked"), ("left", "kicked")]
    )
    async def test_removed_it_says_nothing(
        self, telegram: TelegramServer, deliver: Deliver, change: Change, old: str, new: str
    ) -> None:
        await deliver(change(old, new))
        assert done(telegram) == []

    async def test_restricted_after_it_was_removed_it_is_not_in(
        self, telegram: TelegramServer, deliver: Deliver, change: Change
    ) -> None:
        await deliver(change("left", "restricted", is_member=False))
        assert done(telegram) == []

    @pytest.mark.parametrize(("old", "new"), [("member", "kicked"), ("kicked", "member")])
    async def test_blocked_by_a_person_it_says_nothing(
        self, telegram: TelegramServer, deliver: Deliver, change: Change, old: str, new: str
    ) -> None:
        private = {"id": 78, "type": "private", "first_name": "A"}
        await deliver(change(old, new, private))
        assert done(telegram) == []

    async def test_to_a_channel_it_says_nothing(
        self, telegram: TelegramServer, deliver: Deliver, change: Change
    ) -> None:
        await deliver(change("left", "administrator", channel()))
        assert done(telegram) == []


class TestElsewhere:
    async def test_it_says_so_and_leaves(
        self, telegram: TelegramServer, listed: App, change: Change
    ) -> None:
        await process(listed, change("left", "member", STRANGE))
        assert done(telegram) == [("sendMessage", ELSEWHERE), ("leaveChat", ELSEWHERE)]
        assert "only in the chats of the community" in telegram.last_message()["text"]

    @pytest.mark.parametrize(
        "text", ["/ask PESEL", "/settings", "/help", "/documents", "добры дзень"]
    )
    async def test_it_leaves_where_it_was_before(
        self, telegram: TelegramServer, listed: App, text: str
    ) -> None:
        await process(listed, message_update(text, chat=STRANGE))
        assert done(telegram) == [("sendMessage", ELSEWHERE), ("leaveChat", ELSEWHERE)]

    async def test_it_says_so_once(
        self, telegram: TelegramServer, listed: App, change: Change
    ) -> None:
        telegram.refuse_next("leaveChat", "Internal Server Error", 500)
        await process(
            listed,
            change("left", "member", STRANGE),
            message_update("/ask PESEL", chat=STRANGE),
            message_update("/ask PESEL", chat=STRANGE),
        )
        assert [method for method, _ in done(telegram)] == ["sendMessage"] + ["leaveChat"] * 3

    async def test_it_says_so_again_where_it_is_added_again(
        self, telegram: TelegramServer, listed: App, change: Change
    ) -> None:
        for _ in range(2):
            await process(
                listed, change("left", "member", STRANGE), change("member", "left", STRANGE)
            )
        assert [method for method, _ in done(telegram)] == ["sendMessage", "leaveChat"] * 2

    async def test_it_leaves_even_where_it_may_not_speak(
        self, telegram: TelegramServer, listed: App, change: Change
    ) -> None:
        telegram.refuse_next("sendMessage", "Bad Request: CHAT_WRITE_FORBIDDEN")
        await process(listed, change("left", "member", STRANGE))
        assert done(telegram)[-1] == ("leaveChat", ELSEWHERE)

    async def test_it_leaves_a_strange_channel_without_a_word(
        self, telegram: TelegramServer, listed: App, change: Change
    ) -> None:
        strange = channel(-1009, "elsewhere")
        await process(listed, change("left", "administrator", strange))
        assert done(telegram) == [("leaveChat", -1009)]

    async def test_it_stays_in_a_listed_channel(
        self, telegram: TelegramServer, listed: App, change: Change
    ) -> None:
        known = channel(-1008, CHANNEL.removeprefix("@"))
        await process(
            listed,
            change("left", "administrator", known),
            channel_post_update("Навіны.", posted_in=known),
        )
        assert done(telegram) == []

    @pytest.mark.parametrize("chat_id", [NEW, MODERATORS])
    async def test_it_stays_in_the_communitys_groups(
        self, telegram: TelegramServer, listed: App, change: Change, chat_id: int
    ) -> None:
        known = {**GROUP, "id": chat_id}
        await process(
            listed, change("left", "member", known), message_update("/ask PESEL", chat=known)
        )
        assert done(telegram) == [("sendMessage", chat_id)] * 2

    async def test_it_answers_in_private_all_the_same(
        self, telegram: TelegramServer, listed: App
    ) -> None:
        await process(listed, message_update("PESEL"))
        assert "leaveChat" not in dict(done(telegram))

    async def test_nothing_is_elsewhere_where_no_chats_are_set(
        self, telegram: TelegramServer, deliver: Deliver
    ) -> None:
        await deliver(message_update("/ask PESEL", chat=forum(-1009)))
        assert done(telegram) == [("sendMessage", -1009)]


class TestMoved:
    @pytest.mark.parametrize(
        "updates",
        [
            [message_update(migrate_to_chat_id=NEW, chat=OLD_GROUP)],
            [message_update(migrate_from_chat_id=OLD, chat=GROUP)],
            [
                message_update(migrate_to_chat_id=NEW, chat=OLD_GROUP),
                message_update(migrate_from_chat_id=OLD, chat=GROUP),
            ],
        ],
    )
    async def test_settings_move_along(
        self,
        telegram: TelegramServer,
        application: App,
        deliver: Deliver,
        updates: list[dict[str, Any]],
    ) -> None:
        groups = application.bot_data.records.groups
        groups.change(OLD, lambda _: STRICT)
        for update in updates:
            await deliver(update)
        assert groups.find(NEW) == STRICT
        assert groups.find(OLD) == GroupSettings()
        assert done(telegram) == []

    async def test_group_is_not_greeted_again(
        self, telegram: TelegramServer, deliver: Deliver, change: Change
    ) -> None:
        await deliver(message_update(migrate_to_chat_id=NEW, chat=OLD_GROUP))
        await deliver(change("left", "member"))
        assert done(telegram) == []

    async def test_allowed_group_stays_allowed_and_the_operator_is_told(
        self,
        telegram: TelegramServer,
        listed: App,
        change: Change,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        moved = {**GROUP, "id": -1007}
        await process(
            listed,
            message_update(migrate_from_chat_id=OLD, chat=moved),
            message_update(migrate_to_chat_id=-1007, chat=OLD_GROUP),
            change("left", "member", moved),
            message_update("/ask PESEL", chat=moved),
        )
        assert done(telegram) == [("sendMessage", -1007)]
        (told,) = [
            record.getMessage() for record in caplog.records if record.levelno > logging.INFO
        ]
        assert told == (
            "the group -5 in DAVIEDKA_CHATS became a supergroup: write -1007 in its place"
        )

    async def test_strange_group_stays_strange(self, telegram: TelegramServer, listed: App) -> None:
        await process(
            listed,
            message_update(migrate_from_chat_id=-9, chat=STRANGE),
            message_update("/ask PESEL", chat=STRANGE),
        )
        assert done(telegram)[-1] == ("leaveChat", ELSEWHERE)
