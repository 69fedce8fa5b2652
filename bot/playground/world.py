"""Who and what there is: people, chats, members, messages. Nothing here speaks HTTP."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bot.playground.commands import Commands
from bot.playground.errors import RefusalError, bad_request, forbidden
from bot.playground.files import Files
from bot.playground.profile import Profile
from bot.playground.views import (
    bot_view,
    chat_view,
    message_view,
    person_view,
    reactions_view,
)

if TYPE_CHECKING:
    from bot.playground.events import Events
    from bot.playground.requests import Json
    from bot.playground.schema import BotApi

# The topic that every forum has and that no message names.
GENERAL: Final = 1
INSIDE: Final = {"creator", "administrator", "member", "restricted"}
ADMINISTRATORS: Final = {"creator", "administrator"}
_CONTENT: Final = (
    "text",
    "entities",
    "caption",
    "caption_entities",
    "document",
    "photo",
    "link_preview_options",
)
# What an administrator may, as far as anything here asks.
_RIGHTS: Final = {
    "can_manage_chat": True,
    "can_delete_messages": True,
    "can_post_messages": True,
    "can_edit_messages": True,
    "can_manage_topics": True,
}


@dataclass(slots=True)
class Person:
    """Someone with a Telegram account.

    Attributes:
        user: As the Bot API's "User".
        role: What they are to the bot: "owner", "moderator" or "member".
        blocked: Whether they block the bot.
        started: Whether they have ever written to it.
    """

    user: Json
    role: str = "member"
    blocked: bool = False
    started: bool = False


@dataclass(slots=True)
class Chat:
    """A chat with all that was said in it.

    Attributes:
        described: As the Bot API's "Chat".
        members: "ChatMember" by user id; of everybody who has ever been there.
        topics: Names by id, where it is a forum.
        messages: By id, in the order in which they came.
        reactions: Who reacts how to a message: user id to emoji, by message id.
        keyboards: What a message asks clients to show in place of their own keyboard, by its id.
        inline_ids: By what the bot knows a message that was sent by way of it, by its id.
        migrated_to: The supergroup that this group has become.
    """

    described: Json
    members: dict[int, Json] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Json] = field(default_factory=dict)
    reactions: dict[int, dict[int, str]] = field(default_factory=dict)
    keyboards: dict[int, Json] = field(default_factory=dict)
    inline_ids: dict[int, str] = field(default_factory=dict)
    migrated_to: int | None = None

    @property
    def id(self) -> int:
        """Negative for groups and channels."""
        number: int = self.described["id"]
        return number

    @property
    def kind(self) -> str:
        """One of "private", "group", "supergroup", "channel"."""
        kind: str = self.described["type"]
        return kind

    @property
    def is_group(self) -> bool:
        """Whether people talk there to one another."""
        return self.kind in {"group", "supergroup"}

    def status(self, user_id: int) -> str:
        """What a user is there: "left" where they have never been."""
        status: str = self.members.get(user_id, {"status": "left"})["status"]
        return status

    def may(self, user_id: int, right: str) -> bool:
        """Whether a member may do something that can be forbidden, such as "can_send_messages"."""
        member = self.members.get(user_id, {"status": "left"})
        if member["status"] == "restricted":
            return bool(member["is_member"]) and bool(member[right])
        return member["status"] in INSIDE


class World:
    """Everything that there is.

    Args:
        api: Completes what the Bot API's types require.
        events: Told of all that changes.
        bot: The bot, as the Bot API's "User".
        first_message: The id of the first message; 1 is the General topic's.
    """

    def __init__(self, api: BotApi, events: Events, bot: Json, first_message: int = 2) -> None:
        self.bot = bot
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.files = Files()
        self.profile = Profile()
        self.commands = Commands()
        # Where a message stands that was sent by way of the bot.
        self.inline_messages: dict[str, tuple[int, int]] = {}
        self._api = api
        self._events = events
        self._ids = itertools.count(first_message)

    def now(self) -> int:
        """The time, in seconds since 1970."""
        return int(time.time())

    # Who and where

    def add_person(self, user: Json, role: str = "member") -> Person:
        """Let somebody have an account, and with it a private chat with the bot."""
        person = Person(user, role)
        self.people[user["id"]] = person
        named = {name: user[name] for name in user.keys() & {"first_name", "last_name", "username"}}
        self.add_chat({"id": user["id"], "type": "private", **named})
        return person

    def add_chat(self, described: Json) -> Chat:
        """Let there be a chat, with nobody in it."""
        chat = self.chats[described["id"]] = Chat(described)
        if described.get("is_forum"):
            chat.topics[GENERAL] = "General"
        return chat

    def user(self, user_id: int) -> Json:
        """A person or the bot itself.

        Raises:
            RefusalError: There is nobody with that id.
        """
        if user_id == self.bot["id"]:
            known = ("id", "is_bot", "first_name", "username")
            return {name: self.bot[name] for name in known if name in self.bot}
        if user_id not in self.people:
            raise bad_request("invalid user_id specified")
        return self.people[user_id].user

    def find(self, chat_id: int | str) -> Chat:
        """A chat by its id or @name.

        Raises:
            RefusalError: There is none, or it has become a supergroup.
        """
        if chat_id == "":
            raise bad_request("chat_id is empty")
        chat = self._named(chat_id) if isinstance(chat_id, str) else self.chats.get(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise RefusalError(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.migrated_to,
            )
        return chat

    def entered(self, chat_id: int | str) -> Chat:
        """A chat of which the bot is part.

        Raises:
            RefusalError: There is no such chat, or the bot is not in it.
        """
        chat = self.find(chat_id)
        self.check_inside(chat)
        return chat

    def check_inside(self, chat: Chat) -> None:
        """Refuse what the bot asks of a chat in which it is not."""
        if chat.kind == "private":
            return
        name = f"{chat.kind} chat"
        status = chat.status(self.bot["id"])
        if status == "kicked":
            raise forbidden(f"bot was kicked from the {name}")
        if status not in INSIDE:
            raise forbidden(f"bot is not a member of the {name}")

    def destination(self, chat_id: int | str, what: str = "text messages") -> Chat:
        """A chat to which the bot may send.

        Args:
            chat_id: Its id or @name.
            what: "text messages", "documents" or "photos".

        Raises:
            RefusalError: It may not.
        """
        chat = self.entered(chat_id)
        if chat.kind == "private":
            person = self.people[chat.id]
            if person.blocked:
                raise forbidden("bot was blocked by the user")
            if not person.started:
                raise forbidden("bot can't initiate conversation with a user")
        elif chat.kind == "channel" and chat.status(self.bot["id"]) not in ADMINISTRATORS:
            raise bad_request("need administrator rights in the channel chat")
        right = "can_send_messages" if what == "text messages" else f"can_send_{what}"
        if chat.is_group and not chat.may(self.bot["id"], right):
            raise bad_request(f"not enough rights to send {what} to the chat")
        return chat

    def check_topic(self, chat: Chat, topic: int | None) -> None:
        """Refuse a topic that is not there; General is one that cannot be named."""
        if topic is not None and (topic == GENERAL or topic not in chat.topics):
            raise bad_request("message thread not found")

    def _named(self, name: str) -> Chat | None:
        for chat in self.chats.values():
            known = chat.described.get("username")
            if known is not None and f"@{known}".lower() == name.lower():
                return chat
        return None

    # Members

    def set_member(
        self, chat: Chat, user_id: int, status: str, *, may_send: bool = True
    ) -> tuple[Json, Json]:
        """Make a user something in a chat; give what they were and are, as "ChatMember".

        Raises:
            ValueError: There is no such status.
        """
        fields: Json = {"status": status, "user": self.user(user_id)}
        if status == "administrator":
            fields |= _RIGHTS
        elif status == "restricted":
            kinds = ("messages", "audios", "documents", "photos", "videos", "other_messages")
            fields |= {"is_member": True, **{f"can_send_{kind}": may_send for kind in kinds}}
        before = chat.members.get(user_id, {"status": "left", "user": fields["user"]})
        member = self._api.complete("ChatMember", fields)
        chat.members[user_id] = member
        self.tell_chat(chat)
        return before, member

    # Messages

    def message(self, chat: Chat, message_id: int, purpose: str) -> Json:
        """A message.

        Args:
            chat: Where it stands.
            message_id: Its id.
            purpose: Named in the refusal: "message to edit not found".

        Raises:
            RefusalError: There is none.
        """
        try:
            return chat.messages[message_id]
        except KeyError:
            raise bad_request(f"message {purpose} not found") from None

    def inline_message(self, inline_id: str) -> tuple[Chat, Json]:
        """A message that was sent by way of the bot, and where it stands.

        Raises:
            RefusalError: There is none.
        """
        chat_id, message_id = self.inline_messages.get(inline_id, (0, 0))
        chat = self.chats.get(chat_id)
        if chat is None or message_id not in chat.messages:
            raise bad_request("MESSAGE_ID_INVALID")
        return chat, chat.messages[message_id]

    def post(
        self,
        chat: Chat,
        shown: Json,
        *,
        sender: Json | None = None,
        topic: int | None = None,
        keyboard: Json | None = None,
        inline_id: str | None = None,
        number: int | None = None,
    ) -> Json:
        """Let a message stand in a chat.

        Args:
            chat: Where.
            shown: What it shows, and to what it replies.
            sender: A user; None where the chat itself speaks, as a channel does.
            topic: Its id; None for General and where there are no topics.
            keyboard: A reply keyboard, or the wish for a reply; no part of the message itself.
            inline_id: By what the bot is to know it, where it was sent by way of the bot.
            number: The message's id; the next one where it is None.
        """
        message: Json = {
            "message_id": next(self._ids) if number is None else number,
            "date": self.now(),
            **({"sender_chat": chat.described} if sender is None else {"from": sender}),
            "chat": chat.described,
            **shown,
        }
        if topic is not None:
            message |= {"message_thread_id": topic, "is_topic_message": True}
        chat.messages[message["message_id"]] = message
        if inline_id is not None:
            self.inline_messages[inline_id] = (chat.id, message["message_id"])
            chat.inline_ids[message["message_id"]] = inline_id
        if keyboard:
            chat.keyboards[message["message_id"]] = keyboard
        self._tell_message("message", chat, message)
        return message

    def number_from(self, first: int) -> None:
        """Let the next message have this id, and those after it the following."""
        self._ids = itertools.count(first)

    def add_topic(self, chat: Chat, name: str, founder: Json) -> Json:
        """Let there be a topic in a forum; give the message that it begins with, with its id."""
        topic = next(self._ids)
        chat.topics[topic] = name
        created = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        return self.post(chat, created, sender=founder, topic=topic, number=topic)

    def replace(self, chat: Chat, message: Json) -> None:
        """Let a message be another, its id being the same."""
        chat.messages[message["message_id"]] = message
        self._tell_message("edited", chat, message)

    def remove(self, chat: Chat, message_id: int) -> None:
        """Let a message be gone."""
        chat.messages.pop(message_id, None)
        chat.reactions.pop(message_id, None)
        self._events.publish("deleted", {"chat_id": chat.id, "message_id": message_id})

    def react(self, chat: Chat, message_id: int, user_id: int, emoji: str | None) -> str | None:
        """Let a user react to a message, or take that back; give how they reacted before."""
        reactions = chat.reactions.setdefault(message_id, {})
        before = reactions.pop(user_id, None)
        if emoji is not None:
            reactions[user_id] = emoji
        self._events.publish(
            "reactions",
            {
                "chat_id": chat.id,
                "message_id": message_id,
                "reactions": reactions_view(chat, message_id),
            },
        )
        return before

    # What the page is told

    def tell_chat(self, chat: Chat) -> None:
        """Show the page how a chat is now."""
        self._events.publish("chat", {"chat": chat_view(chat)})

    def tell_person(self, person: Person) -> None:
        """Show the page how somebody is now."""
        self._events.publish("person", {"person": person_view(person)})

    def tell_bot(self) -> None:
        """Show the page how the bot's profile and commands are now."""
        self._events.publish("bot", {"bot": bot_view(self)})
        self._events.publish("commands", {})

    def _tell_message(self, name: str, chat: Chat, message: Json) -> None:
        view = message_view(chat, message)
        self._events.publish(name, {"chat_id": chat.id, "message": view})


def content_of(message: Json) -> Json:
    """What a message shows, without where and when it was sent, and without its buttons."""
    return {name: message[name] for name in _CONTENT if name in message}


def without_reply(message: Json) -> Json:
    """A message as others show it that reply to it: Telegram gives no reply inside a reply."""
    return {name: value for name, value in message.items() if name != "reply_to_message"}
