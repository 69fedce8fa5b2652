"""/moderators: owners name those who keep the corpus, and dismiss them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    MessageOriginHiddenUser,
    MessageOriginUser,
)
from telegram.error import TelegramError
from telegram.ext import CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.composing import Composer, shorten
from bot.handlers.chats import FROM_PERSON, PRIVATE
from bot.handlers.checks import NOT_MODIFIED, STALE_QUERY, harmless
from bot.handlers.guard import for_owners
from bot.handlers.presses import message_of
from bot.handlers.questions import ask_for_text
from bot.menus import hide_menu, show_menu

if TYPE_CHECKING:
    from collections.abc import Sequence
    from gettext import NullTranslations

    from telegram import CallbackQuery, Update, User
    from telegram.ext import BaseHandler

    from bot.composing import Rendered
    from bot.context import Context
    from bot.records.moderators import Moderator

NAME_LENGTH = 60


def handlers() -> list[BaseHandler[Any, Context, None]]:
    """The handlers of this module."""
    return [
        CommandHandler("moderators", list_or_name, filters=FROM_PERSON),
        MessageHandler(PRIVATE & filters.CONTACT, receive_contact),
        CallbackQueryHandler(press_button, pattern=r"^mo:(add|off):\d+$"),
    ]


@for_owners
async def list_or_name(update: Update, context: Context, owner: User) -> None:
    """List the moderators, or name the one that the command points to."""
    if (message := update.message) is None:
        return
    words = context.words_for(owner)
    replied = message.reply_to_message
    if context.args:
        given = context.args[0]
        if not (given.isascii() and given.isdigit() and len(given) <= 15):
            await message.reply_text(
                words.gettext("Give a numeric Telegram id, for example: /moderators 123456789")
            )
            return
        await _name(message, context, owner, int(given), await _name_of(context, int(given)))
    elif replied is not None:
        if isinstance(replied.forward_origin, MessageOriginHiddenUser):
            await message.reply_text(
                words.gettext(
                    "Whoever wrote this hides their account when forwarded. Ask them for their "
                    "contact or their Telegram id."
                )
            )
        elif (pointed := _pointed_to(replied)) is None:
            await message.reply_text(
                words.gettext("This message does not show whom you mean: no person wrote it.")
            )
        else:
            await _name(message, context, owner, *pointed)
    else:
        rendered = await _list(context, words)
        await message.reply_text(
            rendered.text, entities=rendered.entities, reply_markup=rendered.keyboard
        )


async def receive_contact(update: Update, context: Context) -> None:
    """Offer an owner to make a moderator of a shared contact."""
    message = update.message
    if message is None or message.contact is None or message.from_user is None:
        return
    if not context.roles.is_owner(message.from_user.id):
        await ask_for_text(update, context)
        return
    words = context.words_for(message.from_user)
    contact = message.contact
    if contact.user_id is None:
        await message.reply_text(words.gettext("This contact is not on Telegram."))
        return
    name = shorten(f"{contact.first_name} {contact.last_name or ''}", NAME_LENGTH)
    # The name is known to the audit trail before it is in it.
    await context.in_records(context.records.moderators.remember, contact.user_id, name, None)
    await message.reply_text(
        words.gettext("Make {name} a moderator?").format(name=name),
        reply_markup=InlineKeyboardMarkup.from_button(
            InlineKeyboardButton(words.gettext("Yes"), callback_data=f"mo:add:{contact.user_id}")
        ),
    )


@for_owners
async def press_button(update: Update, context: Context, owner: User) -> None:
    """Name or dismiss whom a button means, and show the list as it is then."""
    if (press := update.callback_query) is None or press.data is None:
        return
    _, action, number = press.data.split(":")
    user_id = int(number)
    words = context.words_for(owner)
    if action == "add":
        notice = await _make_moderator(context, owner, user_id, await _name_of(context, user_id))
    elif await context.in_records(context.records.moderators.dismiss, user_id):
        await hide_menu(context, user_id)
        notice = words.gettext("{name} is no longer a moderator.").format(
            name=await _name_of(context, user_id)
        )
    else:
        notice = words.gettext("They are no moderator any more.")
    with harmless(STALE_QUERY):
        await press.answer(shorten(notice, 200))
    await _show_list(press, context, words)


async def _show_list(press: CallbackQuery, context: Context, words: NullTranslations) -> None:
    if (message := message_of(press)) is not None:
        rendered = await _list(context, words)
        with harmless(NOT_MODIFIED):
            await message.edit_text(
                rendered.text, entities=rendered.entities, reply_markup=rendered.keyboard
            )


async def _name(message: Message, context: Context, owner: User, user_id: int, name: str) -> None:
    notice = await _make_moderator(context, owner, user_id, name)
    words = context.words_for(owner)
    await message.reply_text(
        notice,
        reply_markup=InlineKeyboardMarkup.from_button(
            InlineKeyboardButton(words.gettext("Undo"), callback_data=f"mo:off:{user_id}")
        ),
    )


async def _make_moderator(context: Context, owner: User, user_id: int, name: str) -> str:
    """Name a moderator, tell them if they know the bot, and say what was done."""
    words = context.words_for(owner)
    named = await context.in_records(
        context.records.moderators.name_moderator, user_id, name, owner.id
    )
    if not named:
        return words.gettext("{name} is a moderator already.").format(name=name)
    moderator = await context.in_records(context.records.moderators.find, user_id)
    theirs = context.words(
        context.voice_by(user_id, moderator.language_code if moderator else None)
    )
    await show_menu(context, user_id, theirs)
    # Whoever has not started the bot cannot be written to.
    with suppress(TelegramError):
        await context.bot.send_message(
            user_id,
            theirs.gettext(
                "You are a moderator now: send me a document, a link or a forwarded post to add "
                "it. The menu shows your commands."
            ),
        )
    return words.gettext("{name} is a moderator now.").format(name=name)


async def _list(context: Context, words: NullTranslations) -> Rendered:
    moderators: Sequence[Moderator] = await context.in_records(context.records.moderators.named)
    message = Composer()
    if moderators:
        message.write(words.gettext("Moderators named by an owner:"))
        for moderator in moderators:
            message.new_line()
            message.write(f"• {moderator.name} ({moderator.user_id})")
    else:
        message.write(words.gettext("No moderator has been named yet."))
    if context.settings.moderator_chat is not None:
        message.new_line()
        message.write(
            words.gettext("All administrators of the moderators' chat are moderators too.")
        )
    message.new_line()
    message.new_line()
    message.write(
        words.gettext(
            "To name one, share their contact with me, or write /moderators in reply to a "
            "message of theirs, or /moderators and their Telegram id."
        )
    )
    return message.finish(
        InlineKeyboardMarkup.from_column(
            [
                InlineKeyboardButton(
                    words.gettext("Dismiss {name}").format(
                        name=shorten(moderator.name, NAME_LENGTH)
                    ),
                    callback_data=f"mo:off:{moderator.user_id}",
                )
                for moderator in moderators
            ]
        )
        if moderators
        else None
    )


def _pointed_to(replied: Message) -> tuple[int, str] | None:
    """Whom a message shows: its contact, who wrote it first, or who sent it."""
    if replied.contact is not None and replied.contact.user_id is not None:
        contact = replied.contact
        return replied.contact.user_id, shorten(
            f"{contact.first_name} {contact.last_name or ''}", NAME_LENGTH
        )
    origin = replied.forward_origin
    if origin is not None:
        person = origin.sender_user if isinstance(origin, MessageOriginUser) else None
    else:
        person = replied.from_user
    if person is None or person.is_bot:
        return None
    return person.id, shorten(person.full_name, NAME_LENGTH)


async def _name_of(context: Context, user_id: int) -> str:
    known: Moderator | None = await context.in_records(context.records.moderators.find, user_id)
    return str(user_id) if known is None else known.name
