"""Owners name moderators; rights are asked at every action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.roles import MEMBER_SECONDS, Roles
from tests.support.moderated import MEMBER, MODERATOR, OWNER, SECOND
from tests.support.updates import (
    buttons,
    contact_update,
    forwarded,
    from_hidden_user,
    from_user,
    message_update,
    person,
    press,
    press_update,
    reply_update,
)

if TYPE_CHECKING:
    from tests.support.moderated import Moderated
    from tests.support.telegram import TelegramServer

NEW = person(555, "uk", first_name="Nadzeja")
CHAT = -1009


async def command(moderated: Moderated, text: str, sender: dict[str, Any] = OWNER) -> str:
    await moderated.deliver(message_update(text, sender=sender))
    return str(moderated.telegram.last_message()["text"])


async def test_owner_names_a_moderator_by_id(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    telegram.block(555)  # has not started the bot: nothing can be told
    assert await command(moderated, "/moderators 555") == "555 is a moderator now."
    assert moderated.records.moderators.is_named(555)
    (menu,) = [call for call in telegram.calls("setMyCommands") if call["scope"]["chat_id"] == 555]
    assert "moderators" not in {entry["command"] for entry in menu["commands"]}


async def test_new_moderator_is_told_in_their_language(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    moderated.records.moderators.remember(555, "Nadzeja", "en")
    await command(moderated, "/moderators 555")
    told = [call for call in telegram.calls("sendMessage") if call["chat_id"] == 555]
    assert len(told) == 1
    assert told[0]["text"].startswith("You are a moderator now")


async def test_owner_names_whoever_wrote_a_forwarded_message(moderated: Moderated) -> None:
    await moderated.deliver(
        reply_update(
            forwarded(message_update("hello", sender=OWNER), from_user(NEW))["message"],
            "/moderators",
            sender=OWNER,
        )
    )
    assert moderated.records.moderators.is_named(555)
    assert moderated.records.moderators.name("telegram:555") == "Nadzeja"


async def test_hidden_author_of_a_forwarded_message_is_explained(moderated: Moderated) -> None:
    await moderated.deliver(
        reply_update(
            forwarded(message_update("hello", sender=OWNER), from_hidden_user())["message"],
            "/moderators",
            sender=OWNER,
        )
    )
    assert "hides their account" in moderated.telegram.last_message()["text"]


async def test_bot_is_never_named(moderated: Moderated, telegram: TelegramServer) -> None:
    await command(moderated, "/help")
    await moderated.deliver(reply_update(telegram.last_message(), "/moderators", sender=OWNER))
    assert "no person wrote it" in telegram.last_message()["text"]


async def test_owner_names_a_shared_contact(moderated: Moderated, telegram: TelegramServer) -> None:
    await moderated.deliver(contact_update(555, "Nadzeja", sender=OWNER))
    question = telegram.last_message()
    assert question["text"] == "Make Nadzeja a moderator?"
    assert not moderated.records.moderators.is_named(555)
    await moderated.deliver(press(question, "Yes", sender=OWNER))
    assert moderated.records.moderators.is_named(555)


async def test_contact_without_telegram_is_explained(moderated: Moderated) -> None:
    await moderated.deliver(contact_update(None, sender=OWNER))
    assert moderated.telegram.last_message()["text"] == "This contact is not on Telegram."


async def test_list_shows_whom_an_owner_named_and_dismisses(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    text = await command(moderated, "/moderators")
    assert "• Maryna (901)\n• Siarhei (902)" in text
    shown = telegram.last_message()
    await moderated.deliver(press(shown, "Dismiss Maryna", sender=OWNER))
    await moderated.deliver(press(shown, "Dismiss Maryna", sender=OWNER))  # pressed twice
    assert not moderated.records.moderators.is_named(901)
    assert [button["text"] for button in buttons(telegram.last_message())] == ["Dismiss Siarhei"]
    notices = [call.get("text") for call in telegram.calls("answerCallbackQuery")]
    assert notices == ["Maryna is no longer a moderator.", "They are no moderator any more."]
    assert telegram.calls("deleteMyCommands")[0]["scope"]["chat_id"] == 901


async def test_naming_can_be_undone(moderated: Moderated, telegram: TelegramServer) -> None:
    await moderated.deliver(
        reply_update(
            forwarded(message_update("hello", sender=OWNER), from_user(NEW))["message"],
            "/moderators",
            sender=OWNER,
        )
    )
    answer = next(
        message for message in telegram.messages(900) if "is a moderator now" in message["text"]
    )
    await moderated.deliver(press(answer, "Undo", sender=OWNER))
    assert not moderated.records.moderators.is_named(555)


@pytest.mark.parametrize("given", ["abc", "-5", "1" * 16, "١٢٣"])
async def test_wrong_id_is_explained(moderated: Moderated, given: str) -> None:
    assert "numeric Telegram id" in await command(moderated, f"/moderators {given}")


@pytest.mark.parametrize("sender", [MEMBER, MODERATOR, SECOND])
async def test_only_owners_name_and_dismiss(
    moderated: Moderated, telegram: TelegramServer, sender: dict[str, Any]
) -> None:
    before = moderated.records.moderators.named()
    await command(moderated, "/moderators 555", sender)
    assert "do not know this command" in telegram.last_message()["text"]
    message = telegram.last_message()
    for data in ("mo:add:555", "mo:off:901"):
        await moderated.deliver(press_update(message, data, sender=sender))
    assert moderated.records.moderators.named() == before
    notices = {call["text"] for call in telegram.calls("answerCallbackQuery")}
    assert notices == {"Only moderators can do this."}


async def test_members_contact_is_no_question(moderated: Moderated) -> None:
    await moderated.deliver(contact_update(555, "Nadzeja", sender=MEMBER))
    assert "only read text" in moderated.telegram.last_message()["text"]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_administrators_of_the_chat_are_moderators_and_remembered_for_five_minutes(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    telegram.set_member(CHAT, 555, "administrator")
    telegram.set_member(CHAT, 556, "member")
    clock = Clock()
    roles = Roles(
        (),
        CHAT,
        moderated.records.moderators,
        moderated.application.bot_data.records_thread,
        clock=clock,
    )
    bot = moderated.application.bot
    assert await roles.is_moderator(bot, 555)
    assert not await roles.is_moderator(bot, 556)
    assert not await roles.is_moderator(bot, 557)
    telegram.set_member(CHAT, 555, "member")
    clock.now += MEMBER_SECONDS - 1
    assert await roles.is_moderator(bot, 555)
    assert len(telegram.calls("getChatMember")) == 3
    clock.now += 2
    assert not await roles.is_moderator(bot, 555)


async def test_nobody_is_a_moderator_while_the_chat_cannot_be_asked(
    moderated: Moderated, telegram: TelegramServer
) -> None:
    telegram.set_member(CHAT, 555, "creator")
    roles = Roles(
        (), CHAT, moderated.records.moderators, moderated.application.bot_data.records_thread
    )
    telegram.refuse_next("getChatMember", "Bad Request: chat not found")
    assert not await roles.is_moderator(moderated.application.bot, 555)
    assert await roles.is_moderator(moderated.application.bot, 555)
