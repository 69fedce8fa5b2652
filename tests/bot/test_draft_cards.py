"""Cards of drafts: what they say, which buttons they have, and that Telegram takes them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.composing import TEXT_LIMIT, Rendered, utf16_length
from bot.draft_cards import EXCERPT_LENGTH, render_batch, render_decided, render_draft
from bot.messages import Messages
from bot.records.drafts import BatchedDraft, DraftState, StoredDraft
from bot.rendering import quotes_of
from corpus.models import LANGUAGES, Document
from index.likeness import NAMED, Alike, Kind
from tests.support.answers import make_document
from tests.support.drafts import make_draft
from tests.support.updates import labels

if TYPE_CHECKING:
    from bot.playground.schema import BotApi
    from corpus.store import Draft

WORDS = Messages().for_language("en")
# What the database can hold: everything but lone surrogates, which UTF-8 has no bytes for.
TEXTS = st.text(st.characters(codec="utf-8"))
LONG = st.builds(lambda text, times: text * times, TEXTS, st.integers(1, 5000))
EDITS = ["Edit title", "Edit date", "Edit link"]
OFFICE = "Bring your passport to the town hall. There is no fee."


def store_draft(draft: Draft, state: DraftState = "open", **fields: Any) -> StoredDraft:
    values: dict[str, Any] = {
        "by": "telegram:901",
        "at": datetime(2026, 1, 5, tzinfo=UTC),
        "notes": (),
        "replaces": None,
        "decided_by": None,
        "document_id": None,
        "revision": None,
    }
    return StoredDraft("1f2e3d4c", draft, state=state, **values | fields)


def make_alike(kind: Kind = "overlap", **fields: Any) -> Alike:
    whole = kind == "same text"
    return Alike(make_document("old", **fields), kind, 1.0 if whole else 0.846, 2)


def draft_of(*paragraphs: str, **fields: Any) -> Draft:
    values = {"title": "Numbers", "source": "upload/1f2e3d4c/guide.pdf"} | fields
    return make_draft(*(paragraphs or (OFFICE,)), **values)


def card(*alike: Alike, **fields: Any) -> Rendered:
    return render_draft(store_draft(draft_of(**fields)), alike, "en", WORDS)


def as_request(rendered: Rendered) -> dict[str, Any]:
    request: dict[str, Any] = {
        "chat_id": 1,
        "text": rendered.text,
        "entities": [entity.to_dict() for entity in rendered.entities],
    }
    if rendered.keyboard:
        request["reply_markup"] = rendered.keyboard.to_dict()
    as_telegram_reads_it: dict[str, Any] = json.loads(json.dumps(request))
    return as_telegram_reads_it


def labels_of(rendered: Rendered) -> list[str]:
    return labels(as_request(rendered))


def links_of(rendered: Rendered) -> list[str]:
    return [entity.url for entity in rendered.entities if entity.url]


class TestOpenDraft:
    def test_card_says_what_it_is(self) -> None:
        rendered = card(published=date(2025, 9, 11), url="https://example.org/pesel")
        assert rendered.text == (
            "Numbers\n"
            "example.org · September 11, 2025 · in English\n"
            "11 words · 1 passage\n"
            f"{OFFICE}"
        )
        assert links_of(rendered) == ["https://example.org/pesel"]
        assert labels_of(rendered) == ["Publish", *EDITS, "Discard"]

    def test_file_is_named_without_its_source(self) -> None:
        assert card().text.split("\n")[1] == "guide.pdf · no date · in English"

    def test_text_without_a_name_has_no_source(self) -> None:
        rendered = card(source="upload/1f2e3d4c/text")
        assert rendered.text.split("\n")[1] == "no date · in English"

    def test_latin_script_of_belarusian_is_named(self) -> None:
        assert "in Belarusian, Latin script" in card(language="be", script="Latn").text
        assert "in Belarusian\n" in card(language="be", script="Cyrl").text

    def test_beginning_of_a_long_text_is_quoted(self) -> None:
        sentence = "Гэта звычайны сказ даўжынёй каля пяцідзесяці літар. "
        draft = draft_of(sentence * 30)
        rendered = render_draft(store_draft(draft), [], "en", WORDS)
        (quote,) = quotes_of(rendered)
        assert draft.text.startswith(quote)
        assert EXCERPT_LENGTH - 20 < utf16_length(quote) <= EXCERPT_LENGTH
        assert rendered.text.endswith(f"{quote}\n…")

    def test_notes_of_the_reader_are_shown(self) -> None:
        stored = store_draft(draft_of(), notes=("read as windows-1251", "another"))
        rendered = render_draft(stored, [], "en", WORDS)
        assert rendered.text.endswith("\n⚠ read as windows-1251\n⚠ another")


class TestAlike:
    def test_other_versions_can_be_replaced_first(self) -> None:
        rendered = card(make_alike("older version", title="Old numbers"))
        assert "• Another version: Old numbers · 85 %, 2 of 1 passage" in rendered.text
        assert labels_of(rendered) == ["Replace «Old numbers»", "Publish", *EDITS, "Discard"]

    def test_overlap_is_published_first(self) -> None:
        rendered = card(make_alike(title="Old"), make_alike(title="Older"))
        assert labels_of(rendered) == [
            "Publish",
            "Replace «Old»",
            "Replace «Older»",
            *EDITS,
            "Discard",
        ]

    def test_same_source_can_only_be_replaced(self) -> None:
        same = make_alike("older version", source="upload/1f2e3d4c/guide.pdf", title="Old")
        rendered = card(same, make_alike(title="Other"))
        assert labels_of(rendered) == ["Replace «Old»", *EDITS, "Discard"]

    def test_removed_one_from_the_same_source_comes_back_by_publish(self) -> None:
        same = make_alike(
            "same text", source="upload/1f2e3d4c/guide.pdf", title="Old", state="removed"
        )
        rendered = card(same, make_alike(title="Other"))
        assert "• The same text: Old · removed" in rendered.text
        assert labels_of(rendered) == ["Publish", *EDITS, "Discard"]

    def test_same_text_that_is_live_can_only_be_discarded(self) -> None:
        rendered = card(make_alike("same text", title="Numbers", published=date(2025, 9, 11)))
        assert rendered.text.endswith(
            "This very text can be found already: there is nothing to publish."
        )
        assert labels_of(rendered) == ["Discard"]

    @pytest.mark.parametrize(
        "fields", [{"title": "New"}, {"published": date(2026, 1, 1)}, {"url": "https://x.org"}]
    )
    def test_same_text_can_be_replaced_where_more_is_known_of_it(
        self, fields: dict[str, Any]
    ) -> None:
        rendered = card(make_alike("same text", title="Numbers"), **fields)
        assert labels_of(rendered) == ["Replace «Numbers»", *EDITS, "Discard"]

    @pytest.mark.parametrize("state", ["removed", "hidden"])
    def test_same_text_that_cannot_be_found_can_be_published(self, state: str) -> None:
        rendered = card(make_alike("same text", title="Numbers", state=state))
        assert f"• The same text: Numbers · {state}" in rendered.text
        assert labels_of(rendered)[:2] == ["Publish", "Replace «Numbers»"]


class TestDecided:
    def test_published_draft_can_be_taken_back_and_opened(self) -> None:
        stored = store_draft(draft_of(), "published", document_id="aabbccdd")
        rendered = render_decided(stored, make_document("aabbccdd"), "Алена", "en", WORDS)
        assert rendered.text.endswith("\n\nPublished by Алена.")
        assert labels_of(rendered) == ["Undo", "Open"]

    def test_purged_document_leaves_nothing_to_press(self) -> None:
        stored = store_draft(draft_of(), "published", document_id="aabbccdd")
        assert render_decided(stored, None, "Алена", "en", WORDS).keyboard is None

    def test_discarded_draft_can_be_taken_back(self) -> None:
        rendered = render_decided(store_draft(draft_of(), "discarded"), None, "Алена", "en", WORDS)
        assert rendered.text.endswith("Discarded by Алена.")
        assert labels_of(rendered) == ["Undo"]


class TestBatch:
    def test_some_are_named_and_all_are_counted(self) -> None:
        states: list[DraftState] = [*(10 * get_args(DraftState)[:1]), "published", "discarded"]
        drafts = [
            BatchedDraft(str(number), f"Rule {number}", state)
            for number, state in enumerate(states)
        ]
        rendered = render_batch("1f2e3d4c", drafts, WORDS)
        lines = rendered.text.split("\n")
        assert lines[:2] == ["12 documents", "• Rule 0"]
        assert lines[10:] == [
            "• Rule 9",
            "and 2 more",
            "",
            "Published: 1",
            "Discarded, or there already: 1",
        ]
        assert labels_of(rendered) == ["Publish all 10", "Discard all", "Undo"]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    return make_document(
        draw(st.text("0123456789abcdef", min_size=8, max_size=16)),
        title=draw(LONG.filter(bool)),
        source=draw(LONG),
        url=draw(st.none() | TEXTS | LONG.map("https://example.org/{}".format)),
        language=draw(st.sampled_from(LANGUAGES)),
        published=draw(st.none() | st.dates()),
        state=draw(st.sampled_from(["live", "hidden", "removed"])),
    )


@st.composite
def stored_drafts(draw: st.DrawFn) -> StoredDraft:
    draft = make_draft(
        *draw(st.lists(LONG.filter(bool), min_size=1, max_size=4)),
        title=draw(LONG.filter(bool)),
        source=draw(LONG | LONG.map("upload/1f2e3d4c/{}".format)),
        url=draw(st.none() | LONG | TEXTS.map("https://example.org/{}".format)),
        language=draw(st.sampled_from(LANGUAGES)),
        script=draw(st.sampled_from(["Latn", "Cyrl"])),
        published=draw(st.none() | st.dates()),
    )
    notes = tuple(draw(st.lists(LONG, max_size=8)))
    state = draw(st.sampled_from(get_args(DraftState)))
    return store_draft(draft, state, notes=notes)


ALIKE = st.builds(
    Alike,
    documents(),
    st.sampled_from(get_args(Kind)),
    st.floats(0, 1),
    st.integers(0, 10**6),
)


def assert_valid(bot_api: BotApi, rendered: Rendered) -> None:
    assert utf16_length(rendered.text) <= TEXT_LIMIT
    assert bot_api.problems("sendMessage", as_request(rendered)) == []


@given(stored_drafts(), st.lists(ALIKE, max_size=NAMED), st.sampled_from(LANGUAGES))
@settings(deadline=None, max_examples=100)
def test_telegram_takes_any_open_card(
    bot_api: BotApi, stored: StoredDraft, alike: list[Alike], reader: Any
) -> None:
    rendered = render_draft(stored, alike, reader, Messages().for_language(reader))
    assert_valid(bot_api, rendered)
    assert all(quote in stored.draft.text for quote in quotes_of(rendered))


@given(stored_drafts(), st.none() | documents(), LONG)
@settings(deadline=None, max_examples=50)
def test_telegram_takes_any_decided_card(
    bot_api: BotApi, stored: StoredDraft, document: Document | None, name: str
) -> None:
    assert_valid(bot_api, render_decided(stored, document, name, "be", WORDS))


@given(
    st.lists(
        st.builds(BatchedDraft, st.just("1"), LONG, st.sampled_from(get_args(DraftState))),
        max_size=30,
    )
)
@settings(deadline=None, max_examples=50)
def test_telegram_takes_any_batch(bot_api: BotApi, drafts: list[BatchedDraft]) -> None:
    assert_valid(bot_api, render_batch("1f2e3d4c", drafts, WORDS))
