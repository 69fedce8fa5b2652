"""Presses of buttons: each is answered exactly once, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Final, TypeAlias

from telegram import Message, Update, User
from telegram.constants import CallbackQueryLimit

from bot.composing import shorten
from bot.context import Context
from bot.handlers.checks import NO_MESSAGE, NOT_MODIFIED, STALE_QUERY, harmless
from corpus.errors import MissingError

if TYPE_CHECKING:
    from gettext import NullTranslations

    from telegram import CallbackQuery

    from bot.composing import Rendered

NOTICE_LENGTH: Final = int(CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH)

# Gets the message under which the button is, who pressed it, and the parts of the callback data
# after the prefix; gives what to tell the one who pressed, if anything.
Act: TypeAlias = Callable[[Message, Context, User, list[str]], Awaitable[str | None]]


def answered(act: Act) -> Callable[[Update, Context, User], Awaitable[None]]:
    """Answer a press with what `act` has to say, or with what is wrong; for guarded handlers."""

    @wraps(act)
    async def handler(update: Update, context: Context, moderator: User) -> None:
        if (press := update.callback_query) is None:
            return
        words = context.words_for(moderator)
        notice: str | None = None
        try:
            if (message := message_of(press)) is not None:
                parts = (press.data or "").split(":")[1:]
                notice = await act(message, context, moderator, parts)
            else:
                notice = _too_old(words)
        except MissingError:
            notice = words.gettext("This document is gone: nothing was changed.")
        except Exception:
            notice = words.gettext("Something went wrong on my side. Please try again in a moment.")
            raise
        finally:
            with harmless(STALE_QUERY):
                await press.answer(shorten(notice, NOTICE_LENGTH) if notice else None)

    return handler


@answered
async def refuse(
    message: Message,  # noqa: ARG001  # all acts have the same arguments
    context: Context,
    moderator: User,
    parts: list[str],  # noqa: ARG001
) -> str | None:
    """Say that a button is none, such as a forged one."""
    return _too_old(context.words_for(moderator))


def message_of(press: CallbackQuery) -> Message | None:
    """The message under which a button is; None where Telegram does not show it any more."""
    # The library (22.8) makes a Message of that, too.
    if isinstance(press.message, Message) and press.message.is_accessible:
        return press.message
    return None


async def show(message: Message, rendered: Rendered) -> None:
    """Put something in the place of a message, if it is still there."""
    with harmless(NOT_MODIFIED, NO_MESSAGE):
        await message.edit_text(
            rendered.text, entities=rendered.entities, reply_markup=rendered.keyboard
        )


async def reply(message: Message, rendered: Rendered) -> None:
    """Send something in reply to a message."""
    await message.reply_text(
        rendered.text, entities=rendered.entities, reply_markup=rendered.keyboard
    )


def _too_old(words: NullTranslations) -> str:
    return words.gettext("This button is too old. Please send the command again.")
