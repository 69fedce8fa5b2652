"""The messages that a bot sent, as they look after all edits."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from tests.support.requests import ATTACHED, RefusalError
from tests.support.updates import BOT, DATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.support.chats import Chats
    from tests.support.files import Files
    from tests.support.requests import Request, Upload
    from tests.support.updates import Json

# Far above the ids of what people send in a whole run of the tests.
_FIRST_ID: Final = 1_000_000
_MEDIA: Final = ("document", "photo")
_CONTENT: Final = {"text", "entities", "caption", "caption_entities", *_MEDIA}
_ENVELOPE: Final = ("message_id", "date", "from", "chat", "message_thread_id", "is_topic_message")


class Sent:
    """Messages by chat and id; what is refused is refused in Telegram's words."""

    def __init__(self, chats: Chats, files: Files) -> None:
        self.messages: dict[tuple[int, int], Json] = {}
        self._chats = chats
        self._files = files
        self._ids = itertools.count(_FIRST_ID)

    def send(self, request: Request) -> Json:
        """The answer to sendMessage, sendDocument and sendPhoto."""
        return self._keep(request, self._shown(request.parameters, request.uploads))

    def forward(self, request: Request) -> Json:
        """The answer to forwardMessage, for what the bot itself sent."""
        origin = {"type": "user", "date": DATE, "sender_user": BOT}
        shown = _content(self._find(request, "forward"))
        return self._keep(request, shown | {"forward_origin": origin})

    def copy(self, request: Request) -> Json:
        """The answer to copyMessage, for what the bot itself sent."""
        copied = self._keep(request, _content(self._find(request, "copy")))
        return {"message_id": copied["message_id"]}

    def edit(self, request: Request) -> Json | bool:
        """The answer to editMessageText, -Caption, -Media and -ReplyMarkup."""
        parameters = request.parameters
        if "inline_message_id" in parameters:
            return True
        old = self._find(request, "edit")
        shown = _content(old)
        match request.method:
            case "editMessageText":
                if "text" not in old:
                    raise RefusalError(400, "Bad Request: there is no text in the message to edit")
                shown = self._shown(parameters, ())
            case "editMessageCaption":
                if "text" in old:
                    raise RefusalError(
                        400, "Bad Request: there is no caption in the message to edit"
                    )
                media = {name: shown[name] for name in _MEDIA if name in shown}
                shown = media | _caption(parameters)
            case "editMessageMedia":
                media = parameters["media"]
                if media["type"] not in _MEDIA:
                    raise RefusalError(400, f"Bad Request: {media['type']} is not served here")
                shown = self._shown({**media, media["type"]: media["media"]}, request.uploads)
        envelope: Json = {name: old[name] for name in _ENVELOPE if name in old}
        edited = {**envelope, **shown, **_keyboard(parameters)}
        if edited == old:
            raise RefusalError(
                400,
                "Bad Request: message is not modified: specified new message content and reply "
                "markup are exactly the same as a current content and reply markup of the message",
            )
        self.messages[old["chat"]["id"], old["message_id"]] = edited
        return edited

    def delete(self, request: Request) -> bool:
        """The answer to deleteMessage."""
        # What people send is not kept here, so only the bot's own can be missed.
        if request.parameters["message_id"] >= _FIRST_ID:
            message = self._find(request, "delete")
            del self.messages[message["chat"]["id"], message["message_id"]]
        return True

    def _find(self, request: Request, purpose: str) -> Json:
        parameters = request.parameters
        place = self._chats.find(parameters.get("from_chat_id") or parameters["chat_id"])
        try:
            return self.messages[place["id"], parameters["message_id"]]
        except KeyError:
            raise RefusalError(400, f"Bad Request: message to {purpose} not found") from None

    def _keep(self, request: Request, shown: Json) -> Json:
        place = self._chats.find(request.parameters["chat_id"])
        message = {
            "message_id": next(self._ids),
            "date": DATE,
            "from": BOT,
            "chat": place,
            **shown,
            **_keyboard(request.parameters),
        }
        if (thread := request.parameters.get("message_thread_id")) is not None:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        self.messages[place["id"], message["message_id"]] = message
        return message

    def _shown(self, parameters: Json, uploads: Sequence[Upload]) -> Json:
        """What a message shows, as the request or its media describe it."""
        if "text" in parameters:
            return {"text": parameters["text"], "entities": parameters.get("entities", [])}
        kind = next(kind for kind in _MEDIA if kind in parameters)
        source = parameters[kind]
        if isinstance(source, str) and source.startswith(ATTACHED):
            source = next(one for one in uploads if one.field == source.removeprefix(ATTACHED))
        described = self._files.photo if kind == "photo" else self._files.document
        return {kind: described(source), **_caption(parameters)}


def _content(message: Json) -> Json:
    """What a message shows, without where and when it was sent, and without its buttons."""
    return {name: value for name, value in message.items() if name in _CONTENT}


def _caption(parameters: Json) -> Json:
    if not parameters.get("caption"):
        return {}
    entities = parameters.get("caption_entities", [])
    return {"caption": parameters["caption"], "caption_entities": entities}


def _keyboard(parameters: Json) -> Json:
    """The buttons under a message; the other kinds of markup are no part of it."""
    markup = parameters.get("reply_markup", {})
    return {"reply_markup": markup} if "inline_keyboard" in markup else {}
