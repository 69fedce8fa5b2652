from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer_keyboard import keep_judgement, shared_question
from bot.composing import TEXT_LIMIT, Rendered, utf16_length
from bot.errors import BotError, NotVerbatimError
from bot.messages import Messages
from bot.pager import Pager
from bot.quoting import WHOLE_LENGTH, WINDOW_LENGTH
from bot.records.judgements import Receipt
from bot.rendering import (
    DESCRIPTION_LENGTH,
    ensure_verbatim,
    quotes_of,
    render_answer,
    render_hit,
    render_inline_result,
)
from bot.thumbs import mark
from bot.voices import VOICES, Voice
from corpus.models import LANGUAGES, Language, Sentence
from tests.support.answers import make_answer, make_document, make_hit

if TYPE_CHECKING:
    from gettext import NullTranslations

    from bot.playground.schema import BotApi
    from index.models import Hit

MESSAGES = Messages()
WORDS = MESSAGES.for_language("be")
ENGLISH = MESSAGES.for_language("en")
# What the store can hold: everything but lone surrogates, which UTF-8 has no bytes for.
TEXTS = st.text(st.characters(codec="utf-8"))
TODAY = date(2026, 5, 1)
LINE = "Гэта звычайны сказ даўжынёй каля пяцідзесяці літар. "


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


def marked(rendered: Rendered, *kinds: str) -> list[str]:
    units = rendered.text.encode("utf-16-le")
    return [
        units[2 * entity.offset : 2 * (entity.offset + entity.length)].decode("utf-16-le")
        for entity in rendered.entities
        if entity.type in kinds
    ]


def labels(rendered: Rendered) -> list[list[str]]:
    assert rendered.keyboard is not None
    return [[button.text for button in row] for row in rendered.keyboard.inline_keyboard]


def plain_and_folded(rendered: Rendered) -> tuple[list[str], list[str]]:
    return marked(rendered, "blockquote"), marked(rendered, "expandable_blockquote")


@st.composite
def hits(draw: st.DrawFn) -> Hit:
    """A passage of any characters at all, cut into sentences anywhere, anywhere in a document."""
    word = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
    stretched = st.builds(lambda text, times: text * times, word, st.integers(1, 700))
    pieces = [
        piece.strip()
        for piece in draw(st.lists(st.one_of(word, stretched), min_size=1, max_size=12))
    ]
    pieces = [piece for piece in pieces if piece] or ["слова"]
    before = draw(TEXTS)
    text, spans = before, []
    for position, piece in enumerate(pieces):
        if position:
            text += draw(st.sampled_from([" ", "\n", "\n\n", "\u00a0", ""]))
        spans.append(Sentence(len(text), len(text) + len(piece)))
        text += piece
    document = make_document(
        title=draw(TEXTS.filter(bool)),
        source=draw(TEXTS),
        url=draw(st.none() | TEXTS | TEXTS.map("https://example.org/{}".format)),
        language=draw(st.sampled_from(LANGUAGES)),
        published=draw(st.none() | st.dates()),
        check_by=draw(st.none() | st.dates()),
    )
    return make_hit(
        text + draw(TEXTS),
        start=len(before),
        end=len(text),
        sentences=spans,
        best=draw(st.integers(0, len(spans) - 1)),
        heading=draw(TEXTS),
        document=document,
        passage_id=draw(st.integers(0, 2**32 - 1)),
    )


class TestQuote:
    def test_short_passage_is_one_plain_quote_with_the_best_sentence_bold(self) -> None:
        text = "Першы сказ. Другі сказ.\n\nТрэці сказ."
        rendered = render_hit(make_hit(text, best=1), "be", WORDS)
        assert plain_and_folded(rendered) == ([text], [])
        assert marked(rendered, "bold") == ["Другі сказ."]

    def test_only_sentence_is_quoted_and_bold(self) -> None:
        rendered = render_hit(make_hit("Так."), "be", WORDS)
        assert plain_and_folded(rendered) == (["Так."], [])
        assert marked(rendered, "bold") == ["Так."]

    @pytest.mark.parametrize("best", [0, 1, 9, 18, 19])
    def test_long_passage_is_split_around_the_best_sentence(self, best: int) -> None:
        text = "".join(f"Сказ нумар {number}: {LINE}" for number in range(20)).strip()
        hit = make_hit(text, best=best)
        rendered = render_hit(hit, "be", WORDS)
        plain, folded = plain_and_folded(rendered)
        assert len(plain) == 1
        assert WINDOW_LENGTH - 80 <= utf16_length(plain[0]) <= WINDOW_LENGTH
        assert marked(rendered, "bold") == [hit.quote(hit.sentence)]
        assert marked(rendered, "bold")[0] in plain[0]
        assert len(folded) == 1 if best in {0, 1, 18, 19} else 2
        # All of it is there once, in order, cut at white space only.
        assert " ".join(quotes_of(rendered)) == text

    def test_passage_just_short_enough_is_not_folded(self) -> None:
        text = "а" * (WHOLE_LENGTH - 4) + ". Б."
        assert plain_and_folded(render_hit(make_hit(text), "be", WORDS)) == ([text], [])
        longer = plain_and_folded(render_hit(make_hit("а" + text), "be", WORDS))
        assert longer == (["а" + text.removesuffix(" Б.")], ["Б."])

    def test_paragraphs_inside_a_quote_stay_as_they_are(self) -> None:
        text = "Адзін.\n\nДва.\nТры. " + LINE * 20
        plain, folded = plain_and_folded(render_hit(make_hit(text.strip(), best=1), "be", WORDS))
        assert plain[0].startswith("Адзін.\n\nДва.\nТры. Гэта")
        assert all(quote in text for quote in plain + folded)

    def test_quotes_are_parted_by_a_newline_outside_of_them(self) -> None:
        rendered = render_hit(make_hit((LINE * 30).strip(), best=15), "be", WORDS)
        spans = sorted(
            (entity.offset, entity.offset + entity.length)
            for entity in rendered.entities
            if "blockquote" in entity.type
        )
        assert len(spans) == 3
        for (_, end), (start, _) in pairwise(spans):
            assert rendered.text[end:start] == "\n"

    def test_passage_that_does_not_fit_is_cut_at_sentence_ends_around_the_best(self) -> None:
        text = "".join(f"{number} {LINE}" for number in range(300)).strip()
        hit = make_hit(text, best=150)
        rendered = render_hit(hit, "be", WORDS)
        assert TEXT_LIMIT - 600 < utf16_length(rendered.text) <= TEXT_LIMIT
        quoted = " ".join(quotes_of(rendered))
        assert quoted in text
        assert hit.quote(hit.sentence) in quoted
        assert quoted.endswith("літар.")
        assert "…" not in rendered.text

    @pytest.mark.parametrize("best", [0, 1000, 1999])
    def test_message_is_filled_to_the_last_sentence_that_fits(self, best: int) -> None:
        rendered = render_hit(make_hit("а. " * 2000, best=best), "be", WORDS)
        assert TEXT_LIMIT - 8 <= utf16_length(rendered.text) <= TEXT_LIMIT

    def test_sentence_that_does_not_fit_is_cut_at_a_word_end_with_the_dots_outside(self) -> None:
        text = "слова " * 999 + "канец."
        rendered = render_hit(make_hit(text), "be", WORDS)
        assert TEXT_LIMIT - 600 < utf16_length(rendered.text) <= TEXT_LIMIT
        (quote,), folded = plain_and_folded(rendered)
        assert folded == []
        assert text.startswith(quote + " ")
        assert quote.endswith("слова")
        assert f"{quote}\n…\n" in rendered.text
        assert marked(rendered, "bold") == [quote]

    def test_word_that_does_not_fit_is_cut_between_characters(self, bot_api: BotApi) -> None:
        text = "𝔟" * 6000
        rendered = render_hit(make_hit(text), "be", WORDS)
        assert bot_api.problems("sendMessage", as_request(rendered)) == []
        assert set(*quotes_of(rendered)) == {"𝔟"}

    def test_offsets_count_utf16_units_beyond_the_bmp_and_right_to_left(
        self, bot_api: BotApi
    ) -> None:
        text = "👩‍👩‍👧 𝔟𝔢! שלום עולם. 🇧🇾🇧🇾 канец."
        hit = make_hit(text, best=1, heading="𝔥 › 🎓")
        rendered = render_hit(hit, "be", WORDS)
        assert bot_api.problems("sendMessage", as_request(rendered)) == []
        assert marked(rendered, "italic") == ["𝔥 › 🎓"]
        assert marked(rendered, "blockquote") == [text]
        assert marked(rendered, "bold") == ["שלום עולם."]

    def test_sentence_spans_with_white_space_are_marked_without_it(self) -> None:
        hit = make_hit(" Адзін.  Два. ", sentences=[Sentence(0, 8), Sentence(8, 14)], best=1)
        rendered = render_hit(hit, "be", WORDS)
        assert marked(rendered, "blockquote") == ["Адзін.  Два."]
        assert marked(rendered, "bold") == ["Два."]

    def test_best_sentence_that_is_not_there_is_the_last(self) -> None:
        rendered = render_hit(make_hit("Адзін. Два.", best=200), "be", WORDS)
        assert marked(rendered, "bold") == ["Два."]


class TestSource:
    def test_whole_message_reads_as_meant(self) -> None:
        document = make_document(
            title="Як атрымаць\nPESEL",
            url="https://www.example.org/a?b=c",
            language="pl",
            published=date(2025, 9, 11),
        )
        hit = make_hit("Адзін. Два.", document=document, heading="Дакументы › PESEL")
        rendered = render_hit(hit, "be", WORDS)
        assert rendered.text == (
            "Дакументы › PESEL\n"
            "Адзін. Два.\n"
            "Як атрымаць PESEL\n"
            "example.org · 11 верасня 2025\u202fг. · па-польску"
        )
        assert marked(rendered, "italic") == ["Дакументы › PESEL"]
        assert marked(rendered, "text_link") == ["Як атрымаць PESEL"]
        assert [entity.url for entity in rendered.entities if entity.type == "text_link"] == [
            "https://www.example.org/a?b=c"
        ]

    @pytest.mark.parametrize(
        ("reader", "line"),
        [
            ("be", "11 верасня 2025\u202fг. · па-польску"),
            ("ru", "11 сентября 2025\u202fг. · на польском"),
            ("uk", "11 вересня 2025\u202fр. · польською"),
            ("pl", "11 września 2025"),
            ("lt", "2025 m. rugsėjo 11 d. · lenkiškai"),
            ("en", "September 11, 2025 · in Polish"),
            ("de", "11. September 2025 · auf Polnisch"),
        ],
    )
    def test_date_and_language_are_told_in_the_readers_language(
        self, reader: Language, line: str
    ) -> None:
        document = make_document(language="pl", url="https://example.org")
        hit = make_hit("Tak.", document=document)
        rendered = render_hit(hit, reader, MESSAGES.for_language(reader))
        assert rendered.text.endswith(f"\nexample.org · {line}")

    @pytest.mark.parametrize(
        ("source", "url", "label"),
        [
            ("/srv/private/guide/pesel.md", None, "pesel.md"),
            ("C:\\Users\\alesia\\pesel.docx", None, "pesel.docx"),
            ("file:///srv/private/pesel.md", None, "pesel.md"),
            ("~/private/pesel.md", None, "pesel.md"),
            ("./private/pesel.md", None, "pesel.md"),
            ("/srv/private/pesel.md", "https://WWW.Example.org/x", "example.org"),
            ("https://example.org/x", None, "example.org"),
            ("https://t.me/kanal/12", None, "t.me/kanal"),
            ("t.me/kanal/12", None, "t.me/kanal"),
            ("x", "https://t.me/s/kanal/12", "t.me/kanal"),
            ("x", "https://t.me/c/100/12", "t.me"),
            ("Бюлетэнь 3/2024", None, "Бюлетэнь 3/2024"),
            ("Бюлетэнь", "javascript:alert(1)", "Бюлетэнь"),
            ("Бюлетэнь", "https://[", "Бюлетэнь"),
            ("Бюлетэнь", "https://", "Бюлетэнь"),
            ("Бюлетэнь", "https://example.org/" + "a" * 3000, "Бюлетэнь"),
        ],
    )
    def test_source_is_short_and_never_a_path(
        self, source: str, url: str | None, label: str
    ) -> None:
        document = make_document(source=source, url=url, published=None)
        rendered = render_hit(make_hit("Так.", document=document), "be", WORDS)
        assert rendered.text.endswith(f"\n{label}")
        assert "private" not in rendered.text

    def test_file_name_is_shown_as_code_lest_it_becomes_a_link(self) -> None:
        document = make_document(source="/srv/pesel.md", url=None)
        rendered = render_hit(make_hit("Так.", document=document), "be", WORDS)
        assert marked(rendered, "code") == ["pesel.md"]

    def test_title_without_an_address_is_bold(self) -> None:
        document = make_document(url=None, title="Школы")
        rendered = render_hit(make_hit("Так.", document=document), "be", WORDS)
        assert marked(rendered, "bold") == ["Так.", "Школы"]
        assert marked(rendered, "text_link") == []

    def test_long_heading_and_title_leave_room_for_the_quote(self) -> None:
        document = make_document(title="𝔗 " * 3000, source="я" * 5000, url=None)
        hit = make_hit((LINE * 100).strip(), document=document, heading="загаловак " * 1000)
        rendered = render_hit(hit, "be", WORDS)
        assert utf16_length(rendered.text) <= TEXT_LIMIT
        assert sum(map(utf16_length, quotes_of(rendered))) > TEXT_LIMIT - 800

    def test_nothing_but_the_quote_and_the_title_is_needed(self) -> None:
        document = make_document(source="", url=None, published=None, title="Т")
        rendered = render_hit(make_hit("Так.", document=document), "be", WORDS)
        assert rendered.text == "Так.\nТ"


class TestNotFound:
    def test_three_nearest_documents_are_named_once_each_in_order(self) -> None:
        documents = [
            make_document("a", title="Першы", url="https://example.org/a"),
            make_document("a", title="Першы", url="https://example.org/a"),
            make_document("b", title="Другі", url=None),
            make_document("c", title="Трэці"),
            make_document("d", title="Чацвёрты"),
        ]
        answer = make_answer(
            [make_hit("Так.", document=document) for document in documents], answered=False
        )
        rendered = render_answer(answer, "be", WORDS)
        assert rendered.text.splitlines()[1:] == [
            "",
            "Найбліжэйшыя загалоўкі:",
            "• Першы",
            "• Другі",
            "• Трэці",
        ]
        assert marked(rendered, "text_link") == ["Першы", "Трэці"]
        assert list(quotes_of(rendered)) == []
        assert rendered.keyboard is None

    def test_without_hits_only_the_sentence_stands(self) -> None:
        rendered = render_answer(make_answer(), "de", MESSAGES.for_language("de"))
        assert rendered.text.startswith("In den Dokumenten, die ich kenne")
        assert "\n" not in rendered.text


class TestButtons:
    def test_single_hit_has_no_arrows(self) -> None:
        rendered = render_answer(make_answer([make_hit("Так.")]), "en", ENGLISH)
        assert labels(rendered) == [["More context", "Open"], ["👍", "👎"]]

    def test_answer_leads_through_its_first_eight_hits(self) -> None:
        answer = make_answer(make_hit("Так.", passage_id=number) for number in range(20))
        pager = Pager.of(answer, "be")
        assert pager.hits == tuple((number, 0) for number in range(8))
        rendered = render_answer(answer, "en", ENGLISH, shared="PESEL?")
        assert labels(rendered) == [
            ["◀", "1/8", "▶"],
            ["More context", "Open"],
            ["Share", "👍", "👎"],
        ]

    def test_document_without_an_address_cannot_be_opened(self) -> None:
        hit = make_hit("Так.", document=make_document(url=None))
        rendered = render_answer(make_answer([hit]), "en", ENGLISH)
        assert labels(rendered) == [["More context"], ["👍", "👎"]]

    def test_groups_have_one_row_and_never_the_question(self) -> None:
        answer = make_answer(make_hit("Так.", passage_id=number) for number in range(2))
        pager = Pager.of(answer, "en")
        rendered = render_hit(
            answer.hits[0], "en", ENGLISH, pager, compact=True, shared="my question"
        )
        assert labels(rendered) == [["◀", "1/2", "▶", "👍", "👎"]]
        assert "my question" not in json.dumps(as_request(rendered))

    def test_same_passage_in_the_askers_language_is_one_press_away(self) -> None:
        answer = make_answer(make_hit("Так.", passage_id=number) for number in range(2))
        other = make_hit("Yes. So.", passage_id=9, document=make_document(language="en"), best=1)
        private = render_answer(answer, "en", ENGLISH, translation=other)
        assert labels(private)[1] == ["In English"]
        pager = Pager.of(answer, "en")
        group = render_hit(answer.hits[0], "en", ENGLISH, pager, compact=True, translation=other)
        assert labels(group) == [["◀", "1/2", "▶", "👍", "👎"], ["In English"]]
        for rendered in (private, group):
            assert rendered.keyboard is not None
            data = rendered.keyboard.inline_keyboard[1][0].callback_data
            assert Pager.decode(str(data)).hits == ((9, 1), (1, 0))

    @pytest.mark.parametrize("question", ["PESEL?", "слова " * 200, "𝔟" * 1000])
    def test_shared_question_is_what_can_be_typed(self, question: str) -> None:
        rendered = render_answer(make_answer([make_hit("Так.")]), "en", ENGLISH, shared=question)
        shared = shared_question(rendered.keyboard)
        assert question.startswith(shared)
        assert 1 <= utf16_length(shared) <= 256

    def test_judgement_stays_while_the_same_passage_is_shown(self) -> None:
        hit = make_hit("Так.")
        keyboard = render_answer(make_answer([hit]), "en", ENGLISH).keyboard
        assert keyboard is not None
        judged = mark(keyboard, Receipt(7, "0123456789abcdef"), 1)
        assert keep_judgement(judged, keyboard) == judged
        other = render_answer(make_answer([make_hit("Не.", passage_id=2)]), "en", ENGLISH).keyboard
        assert other is not None
        assert keep_judgement(judged, other) == other


class TestContext:
    TEXT = "Перад. Сказ.\n\nАдзін. Два.\n\nПасля. Сказ."

    def around(self, *headings: str) -> list[Hit]:
        spans = [(0, 12), (14, 25), (27, 39)]
        return [
            make_hit(self.TEXT, start=start, end=end, passage_id=number, heading=heading)
            for number, ((start, end), heading) in enumerate(
                zip(spans, headings, strict=True), start=1
            )
        ]

    def wide(self, around: list[Hit]) -> Rendered:
        pager = Pager(((2, 0),), 0, "en", wide=True)
        return render_hit(around[1], "en", ENGLISH, pager, around=around)

    def test_neighbours_stand_around_the_passage_in_the_documents_order(self) -> None:
        rendered = self.wide(self.around("Раздзел", "Раздзел", "Раздзел"))
        assert list(quotes_of(rendered)) == ["Перад. Сказ.", "Адзін. Два.", "Пасля. Сказ."]
        assert marked(rendered, "bold") == ["Адзін."]
        assert marked(rendered, "italic") == ["Раздзел"]
        ensure_verbatim(rendered, self.TEXT)
        assert labels(rendered)[0][0] == "Less"

    def test_each_heading_stands_above_what_it_is_for(self) -> None:
        rendered = self.wide(self.around("Першы", "Другі", "Трэці"))
        assert rendered.text.splitlines()[:6] == [
            "Першы",
            "Перад. Сказ.",
            "Другі",
            "Адзін. Два.",
            "Трэці",
            "Пасля. Сказ.",
        ]

    def test_first_passage_has_nothing_before_it(self) -> None:
        around = self.around("", "", "")
        rendered = render_hit(around[0], "en", ENGLISH, around=around[:2])
        assert list(quotes_of(rendered)) == ["Перад. Сказ.", "Адзін. Два."]

    def test_long_neighbours_are_cut_at_sentences_nearest_to_the_passage(self) -> None:
        before = " ".join(f"Перад {number}." for number in range(900))
        after = " ".join(f"Пасля {number}." for number in range(900))
        text = f"{before}\n\nАдзін.\n\n{after}"
        middle = len(before) + 2
        around = [
            make_hit(text, end=len(before), passage_id=1),
            make_hit(text, start=middle, end=middle + 6, passage_id=2),
            make_hit(text, start=middle + 8, passage_id=3),
        ]
        rendered = self.wide(around)
        first, second, third = quotes_of(rendered)
        assert before.endswith(first)
        assert first.startswith("Перад ")
        assert second == "Адзін."
        assert after.startswith(third)
        assert third.endswith(".")
        assert TEXT_LIMIT - 40 < utf16_length(rendered.text) <= TEXT_LIMIT


class TestInlineResult:
    def test_result_shows_title_and_core_and_sends_the_quote(self) -> None:
        hit = make_hit("Адзін. Два.", best=1, passage_id=17)
        result, message = render_inline_result(hit, "be", WORDS)
        assert (result.id, result.title, result.description) == (
            "17",
            "Загаловак d1",
            "example.org · Два.",
        )
        assert message == render_hit(hit, "be", WORDS)

    def test_long_core_is_cut_in_the_description(self) -> None:
        result, _ = render_inline_result(make_hit("слова " * 100), "be", WORDS)
        assert result.description is not None
        assert result.description.endswith("слова…")
        core = result.description.removeprefix("example.org · ")
        assert utf16_length(core) <= DESCRIPTION_LENGTH


class TestVerbatim:
    @pytest.fixture
    def rendered(self) -> Rendered:
        return render_hit(make_hit("Адзін 𝔟. Два."), "be", WORDS)

    def test_quote_that_stands_in_the_document_passes(self, rendered: Rendered) -> None:
        ensure_verbatim(rendered, "Да яго. Адзін 𝔟. Два. Пасля яго.")

    @pytest.mark.parametrize("text", ["", "Адзін 𝔟.  Два.", "Адзін 𝔟. два.", "Адзін b. Два."])
    def test_quote_that_does_not_is_refused(self, rendered: Rendered, text: str) -> None:
        with pytest.raises(NotVerbatimError):
            ensure_verbatim(rendered, text)

    def test_folded_quotes_are_checked_too(self) -> None:
        rendered = render_hit(make_hit((LINE * 30).strip()), "be", WORDS)
        with pytest.raises(BotError):
            ensure_verbatim(rendered, next(quotes_of(rendered)))


class TestFreshness:
    def test_document_past_its_day_is_marked_in_the_last_line(self) -> None:
        hit = make_hit("Так.", document=make_document(check_by=date(2026, 4, 30)))
        words = MESSAGES.for_language("en")
        mark = "⚠ Due to be checked since April 30, 2026"
        assert render_hit(hit, "en", words, today=TODAY).text.splitlines()[-1] == mark
        result, message = render_inline_result(hit, "en", words, today=TODAY)
        assert message == render_hit(hit, "en", words, today=TODAY)
        assert mark not in str(result.title)

    @pytest.mark.parametrize("check_by", [None, TODAY, date(2027, 1, 1)])
    def test_other_documents_are_not(self, check_by: date | None) -> None:
        hit = make_hit("Так.", document=make_document(check_by=check_by))
        assert render_hit(hit, "be", WORDS, today=TODAY) == render_hit(hit, "be", WORDS)


class TestAnyText:
    @given(hits(), st.sampled_from(LANGUAGES))
    @settings(max_examples=200, deadline=None)
    def test_message_is_valid_and_verbatim(
        self, bot_api: BotApi, hit: Hit, reader: Language
    ) -> None:
        words: NullTranslations = MESSAGES.for_language(reader)
        answer = make_answer([hit, hit])
        rendered = render_answer(answer, reader, words, today=TODAY)
        assert bot_api.problems("sendMessage", as_request(rendered)) == []
        assert rendered.text == rendered.text.strip()
        ensure_verbatim(rendered, hit.text)

        quoted = list(quotes_of(rendered))
        bold = marked(rendered, "bold")[0]
        assert any(bold in quote for quote in quoted)
        # Nothing is quoted twice: together the quotes have no character more than the passage.
        assert Counter("".join(quoted)) <= Counter(hit.text)

    @given(hits(), st.sampled_from(VOICES))
    @settings(max_examples=100, deadline=None)
    def test_compact_message_is_valid_and_short(
        self, bot_api: BotApi, hit: Hit, reader: Voice
    ) -> None:
        pager = Pager.of(make_answer([hit, hit]), reader)
        words = MESSAGES.for_voice(reader)
        rendered = render_hit(hit, reader, words, pager, today=TODAY, compact=True)
        assert bot_api.problems("sendMessage", as_request(rendered)) == []
        ensure_verbatim(rendered, hit.text)
        (quote,) = quotes_of(rendered)
        assert utf16_length(quote) <= WINDOW_LENGTH

    @given(hits(), hits(), hits(), st.sampled_from(VOICES))
    @settings(max_examples=100, deadline=None)
    def test_message_with_neighbours_is_valid_and_verbatim(
        self, bot_api: BotApi, before: Hit, hit: Hit, after: Hit, reader: Voice
    ) -> None:
        around = [
            replace(before, start=hit.start - 1, end=hit.start - 1 + len(before.text)),
            hit,
            replace(after, start=hit.end + 1, end=hit.end + 1 + len(after.text)),
        ]
        around = [
            replace(
                moved,
                sentences=tuple(
                    Sentence(
                        span.start - was.start + moved.start, span.end - was.start + moved.start
                    )
                    for span in was.sentences
                ),
            )
            for moved, was in zip(around, (before, hit, after), strict=True)
        ]
        pager = Pager(((hit.passage_id, min(hit.best, 255)),), 0, reader, wide=True)
        words = MESSAGES.for_voice(reader)
        rendered = render_hit(hit, reader, words, pager, around=around, shared=before.text)
        assert bot_api.problems("sendMessage", as_request(rendered)) == []
        for quote in quotes_of(rendered):
            assert any(quote in passage.text for passage in around)

    @given(hits())
    @settings(max_examples=50, deadline=None)
    def test_inline_result_is_valid(self, bot_api: BotApi, hit: Hit) -> None:
        result, _ = render_inline_result(hit, "be", WORDS, today=TODAY)
        request = {"inline_query_id": "1", "results": [json.loads(result.to_json())]}
        assert bot_api.problems("answerInlineQuery", request) == []

    @given(hits())
    @settings(max_examples=50, deadline=None)
    def test_not_found_is_valid(self, bot_api: BotApi, hit: Hit) -> None:
        rendered = render_answer(make_answer([hit], answered=False), "be", WORDS)
        assert bot_api.problems("sendMessage", as_request(rendered)) == []
