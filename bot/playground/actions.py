"""What people do in their messengers, and what the bot gets to know of it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BaseModel, Field

from bot.playground.acting import Acting
from bot.playground.entities import MESSAGE_LENGTH, find_entities, split_text
from bot.playground.errors import ActionError, RefusalError
from bot.playground.methods import origin_of, quote_of
from bot.playground.requests import Json  # noqa: TC001 - pydantic reads the signatures
from bot.playground.rules import entity_problems, utf16_length
from bot.playground.world import ADMINISTRATORS, GENERAL, INSIDE, content_of, without_reply

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.playground.delivery import Delivery
    from bot.playground.faults import Faults
    from bot.playground.queries import Queries, Query
    from bot.playground.requests import Upload
    from bot.playground.world import Chat, Person, World

_STATUSES: Final = ("creator", "administrator", "member", "restricted", "left", "kicked")
_CAPTION_LENGTH: Final = 1024
_ALBUM: Final = 10
# How long a fault may hold the bot up, in seconds.
_LONGEST_WAIT: Final = 3_600


class Entity(BaseModel):
    """What a person marks in a text."""

    type: str
    offset: int
    length: int
    url: str | None = None


class Actions(Acting):
    """One method for each thing that the page offers; ids are Telegram's.

    All raise `ActionError` where a messenger would not offer it.
    """

    def __init__(self, world: World, delivery: Delivery, queries: Queries, faults: Faults) -> None:
        super().__init__(world, delivery)
        self._queries = queries
        self._faults = faults
        self._groups = itertools.count(1)
        self._inline_ids = itertools.count(1)

    # Messages

    def send(
        self,
        person: int,
        chat: int,
        text: str,
        *,
        topic: int | None = None,
        reply_to: int | None = None,
        quote: str | None = None,
        entities: list[Entity] | None = None,
    ) -> Json:
        """Write a message; several where it is too long for one."""
        author, place = self._writer(person, chat)
        parts = list(split_text(text))
        if not parts:
            raise ActionError("a message needs a text")
        if entities is not None and len(parts) > 1:
            raise ActionError("a text with entities must fit in one message")
        reply = self._reply(place, reply_to, quote)
        for part in parts:
            marked = find_entities(part) if entities is None else _checked(part, entities)
            shown = {"text": part, **({"entities": marked} if marked else {}), **reply}
            message = self._post(author, place, shown, topic)
            reply = {}
        return {"message_id": message["message_id"]}

    def upload(
        self,
        person: int,
        chat: int,
        files: Sequence[Upload],
        *,
        topic: int | None = None,
        reply_to: int | None = None,
        caption: str = "",
        as_photo: bool = False,
    ) -> Json:
        """Send files; several are an album, with the caption and the reply at the first."""
        author, place = self._writer(person, chat)
        if not 1 <= len(files) <= _ALBUM:
            raise ActionError(f"send 1 to {_ALBUM} files at once")
        caption = caption.strip()
        _check_length(caption, "caption")
        group = {"media_group_id": f"album-{next(self._groups)}"} if len(files) > 1 else {}
        reply = self._reply(place, reply_to, None)
        kept = self._world.files
        try:
            shown: list[Json] = [
                {"photo": kept.photo(file)} if as_photo else {"document": kept.document(file)}
                for file in files
            ]
        except RefusalError as error:
            raise ActionError(f"Telegram does not take this file: {error.description}") from error
        shown[0] |= reply
        if caption:
            shown[0]["caption"] = caption
            if marked := find_entities(caption):
                shown[0]["caption_entities"] = marked
        sent = [self._post(author, place, one | group, topic) for one in shown]
        return {"message_id": sent[0]["message_id"]}

    def edit(self, person: int, chat: int, message_id: int, text: str) -> Json:
        """Change what one wrote, or its caption."""
        place, message = self._own(person, chat, message_id)
        name = "text" if "text" in message else "caption"
        marks = "entities" if name == "text" else "caption_entities"
        text = text.strip()
        if not text:
            raise ActionError("a message needs a text")
        _check_length(text, name)
        edited = {key: value for key, value in message.items() if key not in {name, marks}}
        edited |= {name: text, "edit_date": self._world.now()}
        if marked := find_entities(text):
            edited[marks] = marked
        self._world.replace(place, edited)
        self._tell(place, edited, "edited_")
        return {}

    def delete(self, person: int, chat: int, message_id: int) -> Json:
        """Take a message away, of which bots are not told."""
        _, place = self._present(person, chat)
        message = self._message(place, message_id)
        own = message.get("from", {}).get("id") == person
        if not own and place.kind != "private" and place.status(person) not in ADMINISTRATORS:
            raise ActionError("only administrators delete what others wrote")
        self._world.remove(place, message_id)
        return {}

    def forward(
        self, person: int, from_chat: int, message_id: int, chat: int, topic: int | None = None
    ) -> Json:
        """Send on what stands in a chat."""
        _, source = self._present(person, from_chat)
        message = self._message(source, message_id)
        if not any(name in message for name in ("text", "document", "photo")):
            raise ActionError("there is nothing in it to be forwarded")
        author, place = self._writer(person, chat)
        shown = content_of(message) | {"forward_origin": origin_of(source, message)}
        return {"message_id": self._post(author, place, shown, topic)["message_id"]}

    def react(self, person: int, chat: int, message_id: int, emoji: str | None = None) -> Json:
        """Put an emoji under a message, or take it away."""
        author, place = self._present(person, chat)
        self._message(place, message_id)
        before = self._world.react(place, message_id, person, emoji)
        # In groups only administrators get to know; in channels nobody gets to know who it was.
        if place.kind == "channel":
            return {}
        if place.kind == "private" or place.status(self._bot) in ADMINISTRATORS:
            self._delivery.add(
                "message_reaction",
                {
                    "chat": place.described,
                    "message_id": message_id,
                    "user": author.user,
                    "date": self._world.now(),
                    "old_reaction": _reaction(before),
                    "new_reaction": _reaction(emoji),
                },
            )
        return {}

    # Buttons and inline queries

    def press(
        self,
        person: int,
        data: str,
        chat: int | None = None,
        message_id: int | None = None,
        inline_message_id: str | None = None,
    ) -> Json:
        """Press a button that calls the bot back."""
        told: Json = {"data": data}
        if inline_message_id is not None:
            try:
                place, message = self._world.inline_message(inline_message_id)
            except RefusalError as error:
                raise ActionError("there is no such message") from error
            author, place = self._present(person, place.id)
            told |= {"inline_message_id": inline_message_id, "chat_instance": str(place.id)}
        elif chat is None or message_id is None:
            raise ActionError("name a chat and a message_id, or an inline_message_id")
        else:
            author, place = self._present(person, chat)
            message = self._message(place, message_id)
            told |= {"message": message, "chat_instance": str(chat)}
        if data not in {button.get("callback_data") for button in _buttons(message)}:
            raise ActionError("the message has no such button any more")
        query = self._queries.open("press", person)
        self._delivery.add("callback_query", {"id": query.id, "from": author.user, **told})
        return {"query_id": query.id}

    def inline(self, person: int, chat: int, query: str, offset: str = "") -> Json:
        """Type the bot's name and a query in some chat; the results come as an event."""
        author, place = self._present(person, chat)
        asked = self._queries.open("inline", person, query[:256], offset)
        if (answer := self._queries.cached(person, asked.query, offset)) is not None:
            asked.answer = answer
            self._queries.tell(asked)
        else:
            # The only private chat that there is is with the bot.
            kind = "sender" if place.kind == "private" else place.kind
            self._delivery.add(
                "inline_query",
                {
                    "id": asked.id,
                    "from": author.user,
                    "query": asked.query,
                    "offset": offset,
                    "chat_type": kind,
                },
            )
        return {"query_id": asked.id}

    def choose(
        self,
        person: int,
        chat: int,
        query_id: str,
        result_id: str,
        *,
        topic: int | None = None,
        reply_to: int | None = None,
    ) -> Json:
        """Send one of the results of an inline query."""
        author, place = self._writer(person, chat)
        query = self._queries.find(query_id)
        result = _result(query, result_id)
        content = result.get("input_message_content", {})
        if query is None or "message_text" not in content:
            raise ActionError("only results that become a text can be sent here")
        shown: Json = {
            "text": content["message_text"],
            "via_bot": self._world.user(self._bot),
            **self._reply(place, reply_to, None),
        }
        if content.get("entities"):
            shown["entities"] = content["entities"]
        if markup := result.get("reply_markup"):
            shown["reply_markup"] = markup
        # Only with buttons can it be changed later.
        inline_id = f"inline-message-{next(self._inline_ids)}" if markup else None
        message = self._post(author, place, shown, topic, inline_id)
        chosen: Json = {"result_id": result_id, "from": author.user, "query": query.query}
        if inline_id is not None:
            chosen["inline_message_id"] = inline_id
        self._delivery.add("chosen_inline_result", chosen)
        return {"message_id": message["message_id"], "inline_message_id": inline_id}

    # Chats and people

    def member(
        self, actor: int, chat: int, person: int, status: str, *, may_send: bool = True
    ) -> Json:
        """Make somebody, or the bot, something in a chat: added, muted, promoted, removed."""
        place = self._chat(chat)
        if place.kind == "private":
            raise ActionError("a private chat has no members")
        if status not in _STATUSES:
            raise ActionError(f"no such status: {status}; there are {', '.join(_STATUSES)}")
        by = self._person(actor).user
        if person != self._bot:
            self._person(person)
        inside = place.status(person) in INSIDE
        if place.status(actor) not in ADMINISTRATORS:
            if actor != person:
                raise ActionError("only administrators decide about others")
            leaves = status == "left" and inside
            joins = status == "member" and place.status(person) == "left"
            if not (leaves or joins):
                raise ActionError("only administrators give rights")
        before, after = self._world.set_member(place, person, status, may_send=may_send)
        told = {
            "chat": place.described,
            "from": by,
            "date": self._world.now(),
            "old_chat_member": before,
            "new_chat_member": after,
        }
        if person == self._bot:
            self._delivery.add("my_chat_member", told)
        elif place.status(self._bot) in ADMINISTRATORS:
            self._delivery.add("chat_member", told)
        if place.is_group and inside != (status in INSIDE):
            user = self._world.user(person)
            service = {"left_chat_member": user} if inside else {"new_chat_members": [user]}
            message = self._world.post(place, service, sender=by)
            self._tell(place, message)
        return {}

    def migrate(self, chat: int) -> Json:
        """Let a group become a supergroup, which has another id."""
        old = self._chat(chat)
        if old.kind != "group":
            raise ActionError("only a plain group can become a supergroup")
        new_id = -1_000_000_000_000 - abs(chat)
        new = self._world.add_chat({**old.described, "id": new_id, "type": "supergroup"})
        new.members = dict(old.members)
        owner = next(
            (one["user"] for one in old.members.values() if one["status"] == "creator"), None
        )
        left = self._world.post(old, {"migrate_to_chat_id": new_id}, sender=owner)
        self._tell(old, left)
        old.migrated_to = new_id
        begun = self._world.post(new, {"migrate_from_chat_id": chat}, sender=owner)
        self._tell(new, begun)
        self._world.tell_chat(old)
        self._world.tell_chat(new)
        return {"chat": new_id}

    def topic(self, person: int, chat: int, name: str) -> Json:
        """Begin a topic in a forum."""
        author, place = self._writer(person, chat)
        if not place.described.get("is_forum"):
            raise ActionError("only a forum has topics")
        if not 1 <= len(name.strip()) <= 128:
            raise ActionError("a topic's name has 1 to 128 characters")
        message = self._world.add_topic(place, name.strip(), author.user)
        self._world.tell_chat(place)
        self._tell(place, message)
        return {"topic": message["message_id"]}

    def block(self, person: int, *, blocked: bool) -> Json:
        """Block the bot, or let it write again."""
        who = self._person(person)
        if who.blocked != blocked:
            who.blocked = blocked
            user, place = self._world.user(self._bot), self._chat(person)
            member = {"status": "member", "user": user}
            banned = {"status": "kicked", "user": user, "until_date": 0}
            before, after = (member, banned) if blocked else (banned, member)
            self._delivery.add(
                "my_chat_member",
                {
                    "chat": place.described,
                    "from": who.user,
                    "date": self._world.now(),
                    "old_chat_member": before,
                    "new_chat_member": after,
                },
            )
            self._world.tell_person(who)
        return {}

    def person(self, person: int, language_code: str) -> Json:
        """Let somebody's client speak another language."""
        who = self._person(person)
        # What was written before, and may still be on its way, tells of the old one.
        who.user = {**who.user, "language_code": language_code}
        self._world.tell_person(who)
        return {}

    def fault(
        self,
        kind: str,
        method: str | None = None,
        count: Annotated[int, Field(ge=1)] = 1,
        seconds: Annotated[float, Field(ge=0, le=_LONGEST_WAIT)] = 5,
    ) -> Json:
        """Let something go wrong from now on; "none" ends all."""
        self._faults.arm(kind, method, count, seconds)
        if kind == "none":
            self._delivery.release()
        return {}

    # Behind them

    def _own(self, person: int, chat: int, message_id: int) -> tuple[Chat, Json]:
        """A message that somebody may edit."""
        _, place = self._writer(person, chat)
        message = self._message(place, message_id)
        own = message.get("from", {}).get("id") == person or place.kind == "channel"
        own = own and not {"via_bot", "forward_origin"} & message.keys()
        if not own or not {"text", "caption", "document", "photo"} & message.keys():
            raise ActionError("one edits only what one wrote oneself")
        return place, message

    def _reply(self, chat: Chat, reply_to: int | None, quote: str | None) -> Json:
        if reply_to is None:
            return {}
        replied = self._message(chat, reply_to)
        reply: Json = {"reply_to_message": without_reply(replied)}
        if quote:
            quoted = quote_of(replied, quote)
            if quoted is None:
                raise ActionError("that quote does not stand in the message")
            reply["quote"] = quoted
        return reply

    def _post(
        self,
        author: Person,
        chat: Chat,
        shown: Json,
        topic: int | None,
        inline_id: str | None = None,
    ) -> Json:
        topic = None if topic == GENERAL else topic
        if topic is not None:
            if topic not in chat.topics:
                raise ActionError(f"there is no topic {topic}")
            # Where it replies to nothing, Telegram has it reply to what the topic began with.
            beginning = chat.messages.get(topic)
            if beginning is not None:
                shown = {"reply_to_message": without_reply(beginning), **shown}
        if chat.kind == "private":
            author.started = True
        sender = None if chat.kind == "channel" else author.user
        message = self._world.post(chat, shown, sender=sender, topic=topic, inline_id=inline_id)
        self._tell(chat, message)
        return message


def _checked(text: str, entities: Sequence[Entity]) -> list[Json]:
    marked = [one.model_dump(exclude_none=True) for one in entities]
    if any(entity_problems("", {"text": text, "entities": marked})):
        raise ActionError("what is marked must lie in the text, without white space at its ends")
    return marked


def _check_length(text: str, name: str) -> None:
    """Refuse a text or a caption that does not fit in one message."""
    most = MESSAGE_LENGTH if name == "text" else _CAPTION_LENGTH
    if utf16_length(text) > most:
        raise ActionError(f"a {name} has at most {most} characters")


def _reaction(emoji: str | None) -> list[Json]:
    return [] if emoji is None else [{"type": "emoji", "emoji": emoji}]


def _buttons(message: Json) -> list[Json]:
    rows: list[list[Json]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


def _result(query: Query | None, result_id: str) -> Json:
    answer = query.answer if query is not None and query.answer is not None else {"results": []}
    for result in answer["results"]:
        if result["id"] == result_id:
            found: Json = result
            return found
    raise ActionError("there is no such result")
