"""A question in a chat, private or group, to an answer that is ready to be rendered."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bot.followups import find_answer
from bot.handlers.recording import count_question
from bot.memory import Exchange
from bot.messages import SURE
from bot.smalltalk import find_small_talk, reply, strip_greeting
from bot.voices import language_in, script_of
from corpus.models import DetectedLanguage

if TYPE_CHECKING:
    from gettext import NullTranslations
    from typing import Self

    from telegram import Message, User

    from bot.context import Context
    from bot.records.counts import Place
    from bot.voices import Voice
    from corpus.models import Script
    from index.models import Answer, Hit

# Beyond this a text is no question but a document, and costs the encoder for nothing.
QUESTION_LENGTH: Final = 1000

_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks, and where.

    Attributes:
        text: Without what only calls the bot, such as its name or a command.
        place: The kind of chat, for the numbers.
        asker: Who asks; None where an anonymous administrator or a channel does.
        chat_id: The chat.
        message_id: The message with the question; the answer replies to it.
        thread_id: The topic, in a forum.
        reply_to: The message that it replies to, if any: where that is one of the bot's answers,
            the question follows it.
        quote: What of that message is quoted, if anything.
        voice: How to speak, whatever the question's language is; None to go by the question.
        threshold: How sure an answer must be, in [0, 1]; None for what is usual.
    """

    text: str
    place: Place
    asker: User | None
    chat_id: int
    message_id: int
    thread_id: int | None = None
    reply_to: int | None = None
    quote: str | None = None
    voice: Voice | None = None
    threshold: float | None = None

    @classmethod
    def by(
        cls,
        message: Message,
        place: Place,
        text: str | None = None,
        *,
        voice: Voice | None = None,
        threshold: float | None = None,
    ) -> Self:
        """What a message asks.

        Args:
            message: The message.
            place: The kind of chat.
            text: The question in it, where that is not all of its text.
            voice: See `Asked`.
            threshold: See `Asked`.
        """
        replied = message.reply_to_message
        return cls(
            text=(message.text or "" if text is None else text).strip(),
            place=place,
            asker=message.from_user,
            chat_id=message.chat_id,
            message_id=message.message_id,
            thread_id=message.message_thread_id if message.is_topic_message else None,
            reply_to=replied.message_id if replied else None,
            quote=message.quote.text if message.quote else None,
            voice=voice,
            threshold=threshold,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What was found.

    Attributes:
        asked: What was asked.
        question: Its words, without a greeting before them.
        answer: What was found. Its query is what was searched for: of a follow-up, together with
            the question before it. `answered` holds the question's own threshold, too.
        voice: How to speak to the asker.
        words: The catalogue of that voice.
        document_text: Of the first hit's document, as it is stored now; None where nothing was
            found or the document is gone. For `still_verbatim`.
        follows: What it goes on with; None where it stands by itself.
        before: What was asked before it, whether it goes on with that or not.
        translation: What says the same as the first hit in the asker's language, if anything.
    """

    asked: Asked
    question: str
    answer: Answer
    voice: Voice
    words: NullTranslations
    document_text: str | None
    follows: Exchange | None = None
    before: Exchange | None = None
    translation: Hit | None = None

    @property
    def topic(self) -> str:
        """What was searched for: it says what is asked even without what was said before."""
        return self.answer.query


def remark_on(context: Context, asked: Asked) -> str | None:
    """What to say to a text that is not searched for.

    Returns:
        The reply to a greeting and the like, to a text without words, and to one that is too
        long; None for a question.
    """
    words = context.words(asked.voice or context.voice_of(asked.asker))
    if (talk := find_small_talk(asked.text)) is not None:
        language = talk.language(asked.asker.language_code if asked.asker else None)
        # What is said with a sign or a word of everybody's says nothing of the script.
        latin = bool(talk.languages) and not _CYRILLIC.search(asked.text)
        script: Script = "Latn" if latin else script_of(language)
        spoken = context.voice_of(asked.asker, DetectedLanguage(language, script, 1.0))
        return reply(talk.kind, words if asked.voice else context.words(spoken))
    if not any(character.isalnum() for character in asked.text):
        return words.gettext("Please write your question in words.")
    if len(asked.text) > QUESTION_LENGTH:
        return words.ngettext(
            "Your question is too long. Please keep it within {limit} character.",
            "Your question is too long. Please keep it within {limit} characters.",
            QUESTION_LENGTH,
        ).format(limit=QUESTION_LENGTH)
    return None


async def ask(context: Context, asked: Asked) -> Asking:
    """Search for what was asked, as it stands and as a follow-up, and take what is surer.

    Nothing is written down: see `settle`.

    Raises:
        SearchError: The model fails.
        StoreError: The database fails.
    """
    question = strip_greeting(asked.text)
    before = _before(context, asked)
    answer, follows = await context.search.run(
        find_answer,
        question,
        before,
        replies=before is not None and asked.reply_to == before.answer_id,
        quote=asked.quote,
    )
    voice = asked.voice or _voice(context, asked, answer, before)
    answered = bool(answer.hits) and answer.answered
    if asked.threshold is not None:
        answered = answered and answer.confidence >= asked.threshold
    document_text = translation = None
    if answered:
        document_text = await context.search.document_text(answer.hits[0].document.id)
        translation = await context.search.translation(answer.hits[0], language_in(voice))
    return Asking(
        asked=asked,
        question=question,
        answer=replace(answer, answered=answered),
        voice=voice,
        words=context.words(voice),
        document_text=document_text,
        follows=before if follows else None,
        before=before,
        translation=translation,
    )


async def settle(context: Context, asking: Asking, answer_id: int) -> None:
    """After the answer is sent: remember it for what may follow, and count it.

    Args:
        context: The handler's.
        asking: What was found.
        answer_id: The message with the answer.
    """
    asked, answer = asking.asked, asking.answer
    hit = answer.hits[0] if answer.answered else None
    if asked.asker is not None:
        context.memory.remember(
            Exchange(
                question=asking.question,
                topic=asking.topic,
                subject=asking.follows.subject if asking.follows else asking.question,
                passage_id=hit.passage_id if hit else None,
                document_id=answer.hits[0].document.id if answer.hits else None,
                voice=asking.voice,
                before=replace(asking.before, before=None) if asking.before else None,
                question_id=asked.message_id,
                answer_id=answer_id,
            ),
            chat_id=asked.chat_id,
            user_id=asked.asker.id,
            thread_id=asked.thread_id,
        )
    await count_question(
        context,
        asked.place,
        language_in(asking.voice),
        answered=answer.answered,
        quoted=hit.document.id if hit else None,
    )


def _voice(context: Context, asked: Asked, answer: Answer, before: Exchange | None) -> Voice:
    """How to speak: where a few words do not tell, as just before."""
    chosen = asked.asker is not None and asked.asker.id in context.bot_data.voices
    if before is not None and not chosen and answer.language.confidence < SURE:
        return before.voice
    return context.voice_of(asked.asker, answer.language)


def _before(context: Context, asked: Asked) -> Exchange | None:
    """What a question may follow: what it replies to, else what its asker asked last.

    An edited question follows what it followed when it was asked first.
    """
    memory = context.memory
    earlier = memory.of_question(asked.chat_id, asked.message_id)
    if earlier is not None:
        return earlier.before
    if asked.reply_to is not None:
        return memory.of_answer(asked.chat_id, asked.reply_to) or memory.of_question(
            asked.chat_id, asked.reply_to
        )
    if asked.asker is None:
        return None
    return memory.last(chat_id=asked.chat_id, user_id=asked.asker.id, thread_id=asked.thread_id)
