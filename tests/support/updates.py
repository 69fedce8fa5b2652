"""What people do on Telegram, as the updates that a bot gets of it."""

from __future__ import annotations

import itertools
import mimetypes
from typing import TYPE_CHECKING, Any, Final

from bot.playground import server
from bot.playground.delivery import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

Json = dict[str, Any]

BOT: Final[Json] = {"id": 123456, **server.BOT}
DATE: Final = 1_700_000_000

_update_ids = itertools.count(1)


def person(user_id: int = 77, language_code: str | None = "be", **fields: Any) -> Json:
    """A user who is no bot, unless told otherwise."""
    user = {"id": user_id, "is_bot": False, "first_name": "Алеся", **fields}
    return user if language_code is None else {**user, "language_code": language_code}


def chat(chat_id: int) -> Json:
    """A private chat, or a group where the id is negative."""
    if chat_id < 0:
        return {"id": chat_id, "type": "supergroup", "title": "Суполка"}
    return {"id": chat_id, "type": "private", "first_name": "Алеся"}


def forum(chat_id: int = -1005) -> Json:
    """A supergroup with topics."""
    return {"id": chat_id, "type": "supergroup", "title": "Суполка", "is_forum": True}


def in_topic(update: Json, topic: int) -> Json:
    """The same update, its message being in a topic of a forum.

    Where it replies to nothing, Telegram shows it as a reply to what the topic began with.
    """
    kind, message = content(update)
    beginning = {
        "message_id": topic,
        "date": DATE,
        "chat": message["chat"],
        "from": person(5),
        "forum_topic_created": {"name": "Тэма", "icon_color": 7322096},
    }
    message = {"reply_to_message": beginning, **message}
    return {**update, kind: {**message, "message_thread_id": topic, "is_topic_message": True}}


def channel(chat_id: int = -1001234567890, username: str | None = "naviny", **fields: Any) -> Json:
    """A channel; a private one where the user name is None."""
    found = {"id": chat_id, "type": "channel", "title": "Навіны", **fields}
    return found if username is None else {**found, "username": username}


def message_update(
    text: str | None = None,
    *,
    sender: Json | None = None,
    chat_id: int | None = None,
    kind: str = "message",
    **fields: Any,
) -> Json:
    """An update with a message; further fields go into it, such as a photo or a sticker."""
    sender = person() if sender is None else sender
    update_id = next(_update_ids)
    message = {
        "message_id": update_id,
        "date": DATE,
        "from": sender,
        "chat": chat(sender["id"] if chat_id is None else chat_id),
        **fields,
    }
    if text is not None:
        message["text"] = text
        if text.startswith("/"):
            command = text.split()[0]
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command)}]
    return {"update_id": update_id, kind: message}


def document_update(
    file_id: str,
    name: str = "guide.pdf",
    *,
    size: int | None = None,
    mime_type: str | None = None,
    **fields: Any,
) -> Json:
    """An update with a file.

    Args:
        file_id: As `TelegramServer.add_file` gave it.
        name: The file's name.
        size: In bytes; Telegram leaves it out at times.
        mime_type: What the sender's client says; guessed from the name where it is None.
        **fields: As for `message_update`: `caption`, `media_group_id` for one of an album,
            `sender`, `chat_id`.
    """
    mime_type = mime_type or mimetypes.guess_type(name)[0]
    document: Json = {"file_id": file_id, "file_unique_id": f"same-{file_id}", "file_name": name}
    if mime_type is not None:
        document["mime_type"] = mime_type
    if size is not None:
        document["file_size"] = size
    return message_update(document=document, **fields)


def photo_update(file_id: str = "photo", **fields: Any) -> Json:
    """An update with a picture in two sizes; fields as for `document_update`."""
    sizes = [
        {"file_id": f"small-{file_id}", "file_unique_id": "small", "width": 90, "height": 60},
        {"file_id": file_id, "file_unique_id": "large", "width": 1280, "height": 853},
    ]
    return message_update(photo=sizes, **fields)


def contact_update(user_id: int | None, first_name: str = "Алена", **fields: Any) -> Json:
    """An update with a shared contact; one who is not on Telegram has the user id None."""
    contact: Json = {"phone_number": "+48000000000", "first_name": first_name}
    if user_id is not None:
        contact["user_id"] = user_id
    return message_update(contact=contact, **fields)


def reply_update(message: Json, text: str | None = None, **fields: Any) -> Json:
    """An update with a reply to a message, in the same chat; fields as for `message_update`."""
    # Telegram gives no reply inside a reply.
    replied = {name: value for name, value in message.items() if name != "reply_to_message"}
    fields.setdefault("chat_id", message["chat"]["id"])
    return message_update(text, reply_to_message=replied, **fields)


def channel_post_update(
    text: str | None = None,
    *,
    posted_in: Json | None = None,
    message_id: int | None = None,
    **fields: Any,
) -> Json:
    """An update with a post of a channel; further fields go into it, as for `message_update`."""
    posted_in = channel() if posted_in is None else posted_in
    update = message_update(text, kind="channel_post", **fields)
    post = update["channel_post"]
    del post["from"]
    post |= {"chat": posted_in, "sender_chat": posted_in}
    if message_id is not None:
        post["message_id"] = message_id
    return update


def edited(update: Json, **fields: Any) -> Json:
    """The update that follows when the message or post of an update is edited.

    Fields replace those of the message; None takes a field away.
    """
    kind, message = content(update)
    message = {**message, "edit_date": DATE + 60, **fields}
    return {
        "update_id": next(_update_ids),
        f"edited_{kind.removeprefix('edited_')}": {
            name: value for name, value in message.items() if value is not None
        },
    }


def forwarded(update: Json, origin: Json) -> Json:
    """The same update, its message being forwarded from elsewhere."""
    kind, message = content(update)
    return {**update, kind: {**message, "forward_origin": origin}}


def from_user(user: Json) -> Json:
    """The origin of what a user wrote who lets others see that."""
    return {"type": "user", "date": DATE, "sender_user": user}


def from_hidden_user(name: str = "Нехта") -> Json:
    """The origin of what a user wrote who hides their account."""
    return {"type": "hidden_user", "date": DATE, "sender_user_name": name}


def from_chat(sender_chat: Json) -> Json:
    """The origin of what was written in the name of a group."""
    return {"type": "chat", "date": DATE, "sender_chat": sender_chat}


def from_channel(posted_in: Json, message_id: int = 5, **fields: Any) -> Json:
    """The origin of a channel's post."""
    return {
        "type": "channel",
        "date": DATE,
        "chat": posted_in,
        "message_id": message_id,
        **fields,
    }


def membership_update(old: Json, new: Json, placed_in: Json, *, sender: Json | None = None) -> Json:
    """An update with what the bot is in a chat from now on, both as "ChatMember"."""
    return {
        "update_id": next(_update_ids),
        "my_chat_member": {
            "chat": placed_in,
            "from": person() if sender is None else sender,
            "date": DATE,
            "old_chat_member": old,
            "new_chat_member": new,
        },
    }


def press_update(message: Json, callback_data: str, *, sender: Json | None = None) -> Json:
    """An update with the press of a button under a message."""
    update_id = next(_update_ids)
    return {
        "update_id": update_id,
        "callback_query": {
            "id": f"press-{update_id}",
            "from": person() if sender is None else sender,
            "chat_instance": "1",
            "message": message,
            "data": callback_data,
        },
    }


def press(message: Json, label: str, *, sender: Json | None = None) -> Json:
    """An update with the press of the one button whose label is, or else contains, this.

    Raises:
        AssertionError: There is no such button, or there are several, or it is a link.
    """
    alike = [button for button in buttons(message) if label in button["text"]]
    found = [button for button in alike if button["text"] == label] or alike
    assert len(found) == 1, f"{len(found)} buttons {label!r} among {labels(message)}"
    assert "callback_data" in found[0], f"{label!r} is nothing that the bot is told of"
    return press_update(message, found[0]["callback_data"], sender=sender)


def inline_update(query: str, offset: str = "", *, sender: Json | None = None) -> Json:
    """An update with an inline query."""
    update_id = next(_update_ids)
    return {
        "update_id": update_id,
        "inline_query": {
            "id": f"inline-{update_id}",
            "from": person() if sender is None else sender,
            "query": query,
            "offset": offset,
        },
    }


def chosen_update(result_id: str, query: str = "", *, sender: Json | None = None) -> Json:
    """An update that tells which inline result was sent, without the message it became."""
    return {
        "update_id": next(_update_ids),
        "chosen_inline_result": {
            "result_id": result_id,
            "from": person() if sender is None else sender,
            "query": query,
        },
    }


def reaction_update(
    message: Json, *emoji: str, before: Iterable[str] = (), sender: Json | None = None
) -> Json:
    """An update that tells how somebody reacts to a message now; not at all without emoji."""
    return {
        "update_id": next(_update_ids),
        "message_reaction": {
            "chat": message["chat"],
            "message_id": message["message_id"],
            "date": DATE,
            "user": person() if sender is None else sender,
            "old_reaction": [{"type": "emoji", "emoji": one} for one in before],
            "new_reaction": [{"type": "emoji", "emoji": one} for one in emoji],
        },
    }


def content(update: Json) -> tuple[str, Json]:
    """What an update is of, and that itself."""
    kind = kind_of(update)
    return kind, update[kind]


def buttons(message: Json) -> list[Json]:
    """The buttons under a message, row by row."""
    rows: Iterable[list[Json]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


def labels(message: Json) -> list[str]:
    """What stands on the buttons under a message, row by row."""
    return [button["text"] for button in buttons(message)]


def quotes(message: Json) -> list[str]:
    """What a message quotes, folded or not, in its order."""
    units = message["text"].encode("utf-16-le")
    return [
        units[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le")
        for entity in message.get("entities", [])
        if entity["type"].endswith("blockquote")
    ]
