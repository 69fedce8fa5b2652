"""What the page is shown of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.playground.entities import find_entities

if TYPE_CHECKING:
    from bot.playground.requests import Json
    from bot.playground.world import Chat, Person, World


def world_view(world: World) -> Json:
    """All of it, but for what passes between the bot and the server."""
    return {
        "bot": bot_view(world),
        "people": [*map(person_view, world.people.values())],
        "chats": [*map(chat_view, world.chats.values())],
        "messages": {
            str(chat.id): [message_view(chat, one) for one in chat.messages.values()]
            for chat in world.chats.values()
        },
    }


def bot_view(world: World) -> Json:
    """The bot, as its profile shows it to who has set no language."""
    texts = {
        what: world.profile.get((what, ""), "")
        for what in ("name", "description", "short_description")
    }
    return {**world.user(world.bot["id"]), **texts}


def person_view(person: Person) -> Json:
    """A person with what they are to the bot."""
    return {**person.user, "role": person.role, "blocked": person.blocked}


def chat_view(chat: Chat) -> Json:
    """A chat with its topics and members."""
    described = chat.described
    name = " ".join(filter(None, (described.get("first_name"), described.get("last_name"))))
    return {
        "id": chat.id,
        "type": chat.kind,
        "title": described.get("title", name),
        "username": described.get("username"),
        "is_forum": described.get("is_forum", False),
        "topics": [{"id": topic, "name": title} for topic, title in chat.topics.items()],
        "members": {str(user_id): one["status"] for user_id, one in chat.members.items()},
        "person": chat.id if chat.kind == "private" else None,
        "migrated_to": chat.migrated_to,
    }


def message_view(chat: Chat, message: Json) -> Json:
    """A message with its reactions, and where its files can be had."""
    number = message["message_id"]
    files = [*message.get("photo", []), *filter(None, [message.get("document")])]
    return {
        **message,
        **({"entities": _shown_entities(message)} if "text" in message else {}),
        "reactions": reactions_view(chat, number),
        "inline_message_id": chat.inline_ids.get(number),
        "reply_keyboard": chat.keyboards.get(number),
        "file_urls": {file["file_id"]: f"/api/file/{file['file_id']}" for file in files},
    }


def reactions_view(chat: Chat, message_id: int) -> list[dict[str, Any]]:
    """Who reacts how to a message, by emoji in the order in which they came."""
    people: dict[str, list[int]] = {}
    for user_id, emoji in chat.reactions.get(message_id, {}).items():
        people.setdefault(emoji, []).append(user_id)
    return [{"emoji": emoji, "people": ids} for emoji, ids in people.items()]


def _shown_entities(message: Json) -> list[Json]:
    """Those of a text, and what clients find in a bot's besides: its commands can be pressed."""
    given: list[Json] = message.get("entities", [])
    found = find_entities(message["text"]) if message.get("from", {}).get("is_bot") else []
    return given + [one for one in found if not any(_overlap(one, other) for other in given)]


def _overlap(one: Json, other: Json) -> bool:
    ends = [entity["offset"] + entity["length"] for entity in (one, other)]
    return bool(one["offset"] < ends[1] and other["offset"] < ends[0])
