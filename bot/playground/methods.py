"""The methods of the Bot API that the bot uses, over the world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.playground.errors import bad_request, forbidden
from bot.playground.markup import trim
from bot.playground.requests import ATTACHED
from bot.playground.rules import utf16_length
from bot.playground.world import ADMINISTRATORS, GENERAL, content_of, without_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.playground.delivery import Delivery
    from bot.playground.events import Events
    from bot.playground.queries import Queries
    from bot.playground.requests import Json, Request, Upload
    from bot.playground.schema import BotApi
    from bot.playground.world import Chat, World

_MEDIA: Final = ("document", "photo")
_PLURAL: Final = {"document": "documents", "photo": "photos"}
_ENVELOPE: Final = (
    "message_id",
    "date",
    "from",
    "sender_chat",
    "chat",
    "message_thread_id",
    "is_topic_message",
    "reply_to_message",
    "quote",
    "via_bot",
    "forward_origin",
    "media_group_id",
)


class Methods:
    """What the bot can ask for."""

    def __init__(
        self, api: BotApi, world: World, delivery: Delivery, queries: Queries, events: Events
    ) -> None:
        self._api = api
        self._world = world
        self._delivery = delivery
        self._events = events
        commands, profile = world.commands, world.profile
        self._known: dict[str, Callable[[Request], Any]] = {
            "getMe": lambda _: world.bot,
            "getUpdates": delivery.fetch,
            "setWebhook": delivery.set_webhook,
            "deleteWebhook": delivery.delete_webhook,
            "getWebhookInfo": delivery.webhook_info,
            "sendMessage": self._send,
            "sendDocument": self._send,
            "sendPhoto": self._send,
            "sendChatAction": self._act,
            "forwardMessage": self._forward,
            "copyMessage": self._copy,
            "editMessageText": self._edit,
            "editMessageCaption": self._edit,
            "editMessageMedia": self._edit,
            "editMessageReplyMarkup": self._edit,
            "deleteMessage": self._delete,
            "setMessageReaction": self._react,
            "getFile": lambda request: world.files.described(request.parameters["file_id"]),
            "getChat": self._chat,
            "getChatMember": self._member,
            "getChatMemberCount": lambda request: len(self._inside(request)),
            "getChatAdministrators": self._administrators,
            "leaveChat": self._leave,
            "setMyCommands": self._telling(commands.set),
            "deleteMyCommands": self._telling(commands.delete),
            "getMyCommands": commands.current,
            "answerCallbackQuery": queries.answer_press,
            "answerInlineQuery": queries.answer_inline,
        }
        for method, what in (
            ("MyName", "name"),
            ("MyDescription", "description"),
            ("MyShortDescription", "short_description"),
        ):
            self._known[f"set{method}"] = self._telling(profile.setter(what))
            self._known[f"get{method}"] = profile.getter(what)

    def __contains__(self, method: str) -> bool:
        return method in self._known

    def call(self, request: Request) -> Any:  # noqa: ANN401 - whatever the method returns
        """The result of a request that has been checked, of a method that is known here.

        Raises:
            RefusalError: Telegram would refuse it as things are.
        """
        return self._known[request.method](request)

    def _telling(self, setter: Callable[[Request], bool]) -> Callable[[Request], bool]:
        def set_and_tell(request: Request) -> bool:
            result = setter(request)
            self._world.tell_bot()
            return result

        return set_and_tell

    # Sending

    def _send(self, request: Request) -> Json:
        parameters = request.parameters
        kind = next((kind for kind in _MEDIA if kind in parameters), None)
        chat = self._destination(request, _PLURAL[kind] if kind else "text messages")
        return self._post(chat, self._shown(parameters, request.uploads), parameters)

    def _forward(self, request: Request) -> Json:
        parameters = request.parameters
        chat, message = self._source(request, "forward")
        shown = content_of(message) | {"forward_origin": origin_of(chat, message)}
        return self._post(self._destination(request), shown, parameters)

    def _copy(self, request: Request) -> Json:
        parameters = request.parameters
        _, message = self._source(request, "copy")
        shown = content_of(message)
        if "caption" in parameters and "text" not in shown:
            shown = {name: shown[name] for name in _MEDIA if name in shown} | self._caption(
                parameters
            )
        copied = self._post(self._destination(request), shown, parameters)
        return {"message_id": copied["message_id"]}

    def _source(self, request: Request, purpose: str) -> tuple[Chat, Json]:
        chat = self._world.entered(request.parameters["from_chat_id"])
        return chat, self._world.message(chat, request.parameters["message_id"], f"to {purpose}")

    def _destination(self, request: Request, what: str = "text messages") -> Chat:
        chat = self._world.destination(request.parameters["chat_id"], what)
        self._world.check_topic(chat, request.parameters.get("message_thread_id"))
        return chat

    def _post(self, chat: Chat, shown: Json, parameters: Json) -> Json:
        topic = parameters.get("message_thread_id")
        reply: Json = {}
        if wanted := parameters.get("reply_parameters"):
            reply = self._reply(chat, wanted)
            replied = reply.get("reply_to_message", {})
            if topic is None and replied.get("is_topic_message"):
                topic = replied["message_thread_id"]
        sender = None if chat.kind == "channel" else self._world.user(self._world.bot["id"])
        message = {**reply, **shown, **_keyboard(parameters)}
        keyboard = parameters.get("reply_markup") if "reply_markup" not in message else None
        return self._world.post(chat, message, sender=sender, topic=topic, keyboard=keyboard)

    def _reply(self, chat: Chat, wanted: Json) -> Json:
        """To what a message replies, and what it quotes of it."""
        if wanted.get("chat_id", chat.id) != chat.id:
            return {}
        if wanted["message_id"] not in chat.messages and wanted.get("allow_sending_without_reply"):
            return {}
        message = self._world.message(chat, wanted["message_id"], "to be replied")
        reply: Json = {"reply_to_message": without_reply(message)}
        if quote := wanted.get("quote"):
            quoted = quote_of(message, quote)
            if quoted is None:
                raise bad_request("QUOTE_TEXT_INVALID")
            reply["quote"] = quoted
        return reply

    def _act(self, request: Request) -> bool:
        parameters = request.parameters
        chat = self._world.destination(parameters["chat_id"])
        topic = parameters.get("message_thread_id")
        if topic != GENERAL:
            self._world.check_topic(chat, topic)
        told = {"chat_id": chat.id, "topic": topic, "action": parameters["action"]}
        self._events.publish("action", told)
        return True

    # Editing

    def _edit(self, request: Request) -> Json | bool:
        parameters = request.parameters
        inline = "inline_message_id" in parameters
        chat, old = self._edited(parameters)
        shown = content_of(old)
        match request.method:
            case "editMessageText":
                if "text" not in old:
                    raise bad_request("there is no text in the message to edit")
                shown = self._shown(parameters, ())
            case "editMessageCaption":
                if "text" in old:
                    raise bad_request("there is no caption in the message to edit")
                media = {name: shown[name] for name in _MEDIA if name in shown}
                shown = media | self._caption(parameters)
            case "editMessageMedia":
                media = parameters["media"]
                if media["type"] not in _MEDIA:
                    raise bad_request(f"{media['type']} is not served here")
                shown = self._shown({**media, media["type"]: media["media"]}, request.uploads)
        envelope: Json = {name: old[name] for name in _ENVELOPE if name in old}
        edited = {**envelope, **shown, **_keyboard(parameters)}
        if edited == {name: value for name, value in old.items() if name != "edit_date"}:
            raise bad_request(
                "message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
        if shown != content_of(old) or "edit_date" in old:
            edited["edit_date"] = self._world.now()
        self._world.replace(chat, edited)
        return True if inline else edited

    def _edited(self, parameters: Json) -> tuple[Chat, Json]:
        """The message that is to be edited, which must be the bot's own."""
        if "inline_message_id" in parameters:
            return self._world.inline_message(parameters["inline_message_id"])
        chat = self._world.destination(parameters["chat_id"])
        message = self._world.message(chat, parameters["message_id"], "to edit")
        # In a channel it speaks in the channel's name, and may edit what others posted in it.
        if chat.kind != "channel" and message.get("from", {}).get("id") != self._world.bot["id"]:
            raise bad_request("message can't be edited")
        return chat, message

    def _delete(self, request: Request) -> bool:
        parameters = request.parameters
        chat = self._world.entered(parameters["chat_id"])
        administrator = chat.status(self._world.bot["id"]) in ADMINISTRATORS
        message = self._world.message(chat, parameters["message_id"], "to delete")
        own = message.get("from", {}).get("id") == self._world.bot["id"]
        if not (own or administrator or chat.kind == "private"):
            raise bad_request("message can't be deleted")
        self._world.remove(chat, message["message_id"])
        return True

    def _react(self, request: Request) -> bool:
        parameters = request.parameters
        chat = self._world.entered(parameters["chat_id"])
        message = self._world.message(chat, parameters["message_id"], "to react")
        emoji = next((one.get("emoji") for one in parameters.get("reaction", [])), None)
        self._world.react(chat, message["message_id"], self._world.bot["id"], emoji)
        return True

    # Chats

    def _chat(self, request: Request) -> Json:
        found = self._asked(request).described
        gifts = self._api.complete("AcceptedGiftTypes", {})
        return self._api.complete("ChatFullInfo", {**found, "accepted_gift_types": gifts})

    def _asked(self, request: Request) -> Chat:
        chat = self._world.find(request.parameters["chat_id"])
        self._world.check_inside(chat)
        return chat

    def _member(self, request: Request) -> Json:
        chat = self._asked(request)
        user = self._world.user(request.parameters["user_id"])
        return chat.members.get(user["id"], {"status": "left", "user": user})

    def _inside(self, request: Request) -> list[Json]:
        chat = self._asked(request)
        if chat.kind == "private":
            raise bad_request("there are no administrators in the private chat")
        return [one for one in chat.members.values() if one["status"] not in {"left", "kicked"}]

    def _administrators(self, request: Request) -> list[Json]:
        return [one for one in self._inside(request) if one["status"] in ADMINISTRATORS]

    def _leave(self, request: Request) -> bool:
        chat = self._world.entered(request.parameters["chat_id"])
        if chat.kind == "private":
            raise forbidden("bot can't leave a private chat")
        before, after = self._world.set_member(chat, self._world.bot["id"], "left")
        self._delivery.add(
            "my_chat_member",
            {
                "chat": chat.described,
                "from": self._world.user(self._world.bot["id"]),
                "date": self._world.now(),
                "old_chat_member": before,
                "new_chat_member": after,
            },
        )
        return True

    # What a message shows

    def _shown(self, parameters: Json, uploads: Sequence[Upload]) -> Json:
        """What a message shows, as the request or its media describe it."""
        if "text" in parameters:
            return self._text(parameters, "text", "entities")
        kind = next(kind for kind in _MEDIA if kind in parameters)
        source = parameters[kind]
        if isinstance(source, str) and source.startswith(ATTACHED):
            source = next(one for one in uploads if one.field == source.removeprefix(ATTACHED))
        files = self._world.files
        described = files.photo(source) if kind == "photo" else files.document(source)
        return {kind: described, **self._caption(parameters)}

    def _caption(self, parameters: Json) -> Json:
        if not parameters.get("caption"):
            return {}
        return self._text(parameters, "caption", "caption_entities")

    def _text(self, parameters: Json, name: str, entities: str) -> Json:
        text, marked = trim(parameters[name], parameters.get(entities, []))
        shown: Json = {name: text}
        if marked:
            shown[entities] = [*map(self._with_user, marked)]
        if "link_preview_options" in parameters:
            shown["link_preview_options"] = parameters["link_preview_options"]
        return shown

    def _with_user(self, entity: Json) -> Json:
        """An entity whose user, where it mentions one, is known as others see them."""
        if entity["type"] != "text_mention":
            return entity
        return {**entity, "user": self._world.user(entity["user"]["id"])}


def origin_of(chat: Chat, message: Json) -> Json:
    """Where a message comes from that is forwarded, perhaps again, as "MessageOrigin"."""
    if "forward_origin" in message:
        known: Json = message["forward_origin"]
        return known
    origin = {"date": message["date"]}
    if chat.kind == "channel":
        posted = {"chat": chat.described, "message_id": message["message_id"]}
        return {"type": "channel", **origin, **posted}
    if "sender_chat" in message:
        return {"type": "chat", **origin, "sender_chat": message["sender_chat"]}
    return {"type": "user", **origin, "sender_user": message["from"]}


def quote_of(message: Json, quote: str) -> Json | None:
    """What a reply quotes, as "TextQuote"; None where it does not stand in the message."""
    text: str = message.get("text", "") or message.get("caption", "")
    before, found, _ = text.partition(quote)
    if not found:
        return None
    return {"text": quote, "position": utf16_length(before), "is_manual": True}


def _keyboard(parameters: Json) -> Json:
    """The buttons under a message; the other kinds of markup are no part of it."""
    markup = parameters.get("reply_markup", {})
    return {"reply_markup": markup} if markup.get("inline_keyboard") else {}
