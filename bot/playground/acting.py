"""Who may do what in a chat, and what of it the bot gets to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.playground.entities import marked_text
from bot.playground.errors import ActionError, RefusalError
from bot.playground.world import ADMINISTRATORS, INSIDE, content_of

if TYPE_CHECKING:
    from bot.playground.delivery import Delivery
    from bot.playground.requests import Json
    from bot.playground.world import Chat, Person, World


class Acting:
    """What all actions of people rest on."""

    def __init__(self, world: World, delivery: Delivery) -> None:
        self._world = world
        self._delivery = delivery

    @property
    def _bot(self) -> int:
        number: int = self._world.bot["id"]
        return number

    def _person(self, person: int) -> Person:
        if person not in self._world.people:
            raise ActionError(f"there is nobody with the id {person}")
        return self._world.people[person]

    def _chat(self, chat: int) -> Chat:
        try:
            return self._world.find(chat)
        except RefusalError as error:
            raise ActionError(f"the chat {chat} is not there: {error.description}") from error

    def _message(self, chat: Chat, message_id: int) -> Json:
        try:
            return chat.messages[message_id]
        except KeyError:
            raise ActionError(f"there is no message {message_id} in that chat") from None

    def _present(self, person: int, chat: int) -> tuple[Person, Chat]:
        """Someone who can see a chat."""
        who, place = self._person(person), self._chat(chat)
        inside = place.id == person if place.kind == "private" else place.status(person) in INSIDE
        if not inside:
            raise ActionError(f"{who.user['first_name']} is not in that chat")
        return who, place

    def _writer(self, person: int, chat: int) -> tuple[Person, Chat]:
        """Someone who may write in a chat."""
        who, place = self._present(person, chat)
        name = who.user["first_name"]
        if place.kind == "channel" and place.status(person) not in ADMINISTRATORS:
            raise ActionError(f"{name} only reads that channel")
        if place.is_group and not place.may(person, "can_send_messages"):
            raise ActionError(f"{name} may not write in that chat")
        if place.kind == "private" and who.blocked:
            raise ActionError(f"{name} blocks the bot; unblock it first")
        return who, place

    def _tell(self, chat: Chat, message: Json, prefix: str = "") -> None:
        """Let the bot know of a message, where it may."""
        if self._is_seen(chat, message):
            kind = "channel_post" if chat.kind == "channel" else "message"
            self._delivery.add(f"{prefix}{kind}", message)

    def _is_seen(self, chat: Chat, message: Json) -> bool:
        """Whether the bot gets a message.

        Source: "Privacy mode" in Telegram's manual for bots.
        """
        if chat.kind == "private":
            return True
        status = chat.status(self._bot)
        if status not in INSIDE:
            return "left_chat_member" in message and message["left_chat_member"]["id"] == self._bot
        if chat.kind == "channel" or status in ADMINISTRATORS:
            return True
        if self._world.bot.get("can_read_all_group_messages") or not content_of(message):
            return True
        replied = message.get("reply_to_message", {})
        if self._bot in {message.get("via_bot", {}).get("id"), replied.get("from", {}).get("id")}:
            return True
        return self._is_called(message)

    def _is_called(self, message: Json) -> bool:
        """Whether a message names the bot, or is a command that may be for it."""
        name = f"@{self._world.bot['username']}".lower()
        for text, entities in (("text", "entities"), ("caption", "caption_entities")):
            for entity in message.get(entities, []):
                marked = marked_text(message[text], entity).lower()
                if entity["type"] == "mention" and marked == name:
                    return True
                if entity["type"] == "bot_command" and marked.partition("@")[2] in {"", name[1:]}:
                    return True
        return False
