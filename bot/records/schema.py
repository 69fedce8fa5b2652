"""The tables. A change here needs a migration: see `bot/records/migrations`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from corpus.schema import NAMING, UtcDateTime

metadata = MetaData(naming_convention=NAMING)

# Everyone who was ever a moderator, so that the audit trail can name them.
moderators = Table(
    "moderators",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    # What Telegram says of them, for messages that they did not ask for.
    Column("language_code", String(16)),
    # True while an owner's word makes them one; administrators of the moderators' chat need none.
    Column("named", Boolean, nullable=False),
    Column("named_by", BigInteger),
    Column("named_at", UtcDateTime),
)

# A document between its arrival and Publish.
drafts = Table(
    "drafts",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("by", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # "open", "published", "discarded"
    Column("state", String(16), nullable=False),
    Column("source", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("script", String(4), nullable=False),
    Column("published", Date),
    Column("url", Text),
    # What its reader remarked, a line each.
    Column("notes", Text, nullable=False),
    # The document that whoever brought it wants it to replace.
    Column("replaces", String(16)),
    # What became of it: who decided, the document and the revision that Undo takes back.
    Column("decided_by", Text),
    Column("document_id", String(16)),
    Column("revision", Integer),
)

# A question of the bot that waits for a moderator's reply: a title, a date, a link, words.
prompts = Table(
    "prompts",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    # What is asked for, as the handler that asks names it ("draft:title:1f2e3d4c").
    Column("subject", Text, nullable=False),
    # The card to bring up to date once the reply is there.
    Column("card_id", BigInteger),
    Column("at", UtcDateTime, nullable=False),
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    # "publish": straight in; "cards": to the moderators, to be published; "off": removed.
    Column("mode", String(8), nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    # Where news are told: the chat in which it was added, or the moderators' chat.
    Column("chat_id", BigInteger, nullable=False),
    Column("etag", Text),
    Column("modified", Text),
    Column("next_poll", UtcDateTime, nullable=False),
    Column("succeeded_at", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
    # True once its keepers were told that it keeps failing.
    Column("told", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

feed_entries = Table(
    "feed_entries",
    metadata,
    Column("feed_id", Integer, ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True),
    # The entry's own id, hashed: they are of any length.
    Column("entry", String(64), primary_key=True),
    # Of its content, to see a change.
    Column("content_hash", String(64), nullable=False),
    Column("document_id", String(16)),
    sqlite_with_rowid=False,
)

# Posts of listed channels: an album's captions are joined, and an edit may change any of them.
channel_posts = Table(
    "channel_posts",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, primary_key=True, autoincrement=False),
    Column("album", String(64), index=True),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# Questions that found nothing: the words and the day, never who asked.
unanswered = Table(
    "unanswered",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("day", Date, nullable=False, index=True),
    # How often these words were asked on that day.
    Column("count", Integer, nullable=False),
    # "open", "done", "out of scope"
    Column("state", String(16), nullable=False),
    # The query's embedding by the model of that name, to group questions by meaning.
    Column("model", Text),
    Column("embedding", LargeBinary),
    sqlite_autoincrement=True,
)

# Kept apart, and deleted once they are told: the only place where a member's chat is known.
wishes = Table(
    "wishes",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("question_id", Integer, primary_key=True, autoincrement=False),
    Column("language", String(2), nullable=False),
    Column("day", Date, nullable=False),
)

# How many of what on a day ("asked", "be"), ("answered", "be"), ("quoted", "1f2e3d4c").
counts = Table(
    "counts",
    metadata,
    Column("day", Date, primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# When the keeper of a document was last reminded that it is due to be checked.
reminders = Table(
    "reminders",
    metadata,
    Column("document_id", String(16), primary_key=True),
    Column("reminded", Date, nullable=False),
    sqlite_with_rowid=False,
)

# The language that somebody chose for the bot: kept until they choose otherwise, or `/forget`.
languages = Table(
    "languages",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("language", String(2), nullable=False),
    Column("script", String(4), nullable=False),
)

# What a group's administrators have set; groups where nothing was set are not known.
groups = Table(
    "groups",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    # How the bot speaks there; NULL: as each question does.
    Column("language", String(7)),
    Column("mentions", Boolean, nullable=False),
    # What is done where nothing is found: "reaction", "line", "silence".
    Column("not_found", String(8), nullable=False),
    # Comma-separated: topics left out; after "+", the only ones; "" for all.
    Column("topics", Text, nullable=False),
    # "normal", "strict", "very strict"
    Column("strictness", String(16), nullable=False),
)

# What people thought of an answer: the question's words and the passage, never who.
judgements = Table(
    "judgements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    # "button", "reaction", "chosen"
    Column("kind", String(8), nullable=False),
    Column("verdict", Integer, nullable=False),
    Column("question", Text, nullable=False),
    Column("language", String(2), nullable=False),
    Column("document_id", String(16), nullable=False, index=True),
    Column("source", Text, nullable=False),
    # The core sentence: it finds the passage again once the document has changed.
    Column("quote", Text, nullable=False),
    # Without it nobody can take the judgement back.
    Column("secret", String(16), nullable=False),
    sqlite_autoincrement=True,
)
