from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from bot.messages import Messages
from corpus.models import LANGUAGES, Language
from index.search import Searcher
from tests.support.moderated import CALIBRATION, MEMBER, MODERATOR, make_application
from tests.support.telegram import (
    buttons,
    message_update,
    person,
    press_update,
    quotes,
)
from tests.support.updates import labels, press

if TYPE_CHECKING:
    from tests.support.moderated import Moderated
    from tests.support.telegram import Json, TelegramServer

GREETING = "Hello! I am Daviedka."
GROUP = -1000


@pytest.fixture
def library(moderated: Moderated) -> Moderated:
    """A bot over four documents in three languages."""
    add = moderated.backing.add
    add(
        "Library cards are free. Bring your passport to the library desk.",
        "The library opens on Saturdays. It is closed in August.",
        title="How do I join the library?",
        source="https://library.example/join",
        language="en",
        script="Latn",
        published=date(2025, 3, 1),
    )
    add(
        "The swimming course begins in May. Children swim on Mondays.",
        title="The swimming course",
        source="https://t.me/s/pool/7",
        language="en",
        script="Latn",
        published=date(2025, 4, 1),
    )
    add(
        "Кнігі вяртаюць у сераду. Бібліятэка зачыненая ў жніўні.",
        title="Як вярнуць кнігу?",
        source="/srv/private/knihi.md",
        language="be",
        script="Cyrl",
        published=date(2025, 5, 1),
    )
    add(
        "Knihi viartajuć u sieradu. Čytalnia pracuje da šostaj.",
        title="Jak viarnuć knihu",
        source="https://library.example/knihi",
        language="be",
        script="Latn",
        published=date(2025, 6, 1),
    )
    return moderated


async def say(bot: Moderated, text: str, sender: Json = MEMBER, **fields: Any) -> Json:
    await bot.deliver(message_update(text, sender=sender, **fields))
    return bot.telegram.last_message()


async def push(bot: Moderated, message: Json, label: str, sender: Json = MEMBER) -> str:
    """Press a button; give what the one who pressed is told."""
    await bot.deliver(press(message, label, sender=sender))
    return str(bot.telegram.calls("answerCallbackQuery")[-1].get("text", ""))


@pytest.mark.parametrize("language", LANGUAGES)
async def test_start_greets_in_the_users_language(moderated: Moderated, language: Language) -> None:
    sent = await say(moderated, "/start", person(language_code=language))
    hello = (
        Messages()
        .for_language(language)
        .gettext(
            "Hello! I am Daviedka. I look for answers in the articles and guides that your "
            "community trusts."
        )
    )
    assert sent["text"].startswith(hello)
    assert buttons(sent) == []


@pytest.mark.parametrize("code", ["fr", None])
async def test_start_speaks_belarusian_where_the_users_language_is_not_served(
    moderated: Moderated, code: str | None
) -> None:
    sent = await say(moderated, "/start", person(language_code=code))
    assert sent["text"].startswith("Вітаю!")


async def test_start_says_how_long_questions_are_kept(moderated: Moderated) -> None:
    assert "without your name for 90 days" in (await say(moderated, "/start"))["text"]


async def test_start_from_an_inline_button_greets_too(moderated: Moderated) -> None:
    assert (await say(moderated, "/start inline"))["text"].startswith(GREETING)


@pytest.mark.parametrize(
    ("language", "offered"),
    [
        # A title that asks is first, then what is newest; then other languages.
        ("en", ["How do I join the library?", "The swimming course", "Як вярнуць кнігу?"]),
        ("be", ["Як вярнуць кнігу?", "Jak viarnuć knihu", "How do I join the library?"]),
        ("de", ["Як вярнуць кнігу?", "How do I join the library?", "Jak viarnuć knihu"]),
    ],
)
async def test_start_offers_three_titles_in_the_users_language_first(
    library: Moderated, language: Language, offered: list[str]
) -> None:
    sent = await say(library, "/start", person(language_code=language))
    assert labels(sent) == offered


async def test_a_sample_question_is_answered_from_its_document(library: Moderated) -> None:
    start = await say(library, "/start")
    assert await push(library, start, "The swimming course") == ""
    answer = library.telegram.last_message()
    assert quotes(answer) == ["The swimming course begins in May. Children swim on Mondays."]
    assert "The swimming course" in answer["text"]
    # The greeting stays as it is, for the other questions.
    assert library.telegram.calls("editMessageText") == []


async def test_who_asks_too_much_gets_no_more_answers_but_is_forgotten_all_the_same(
    library: Moderated,
) -> None:
    start = await say(library, "/start")
    while "So many questions" not in (await say(library, "/privacy"))["text"]:
        pass
    assert "So many questions" in await push(library, start, "The swimming course")
    assert (await say(library, "/forget"))["text"].startswith("I have forgotten")


async def test_what_follows_a_sample_question_is_remembered_until_forget(
    library: Moderated,
) -> None:
    await push(library, await say(library, "/start"), "The swimming course")
    memory = library.application.bot_data.memory
    last = memory.last(chat_id=MEMBER["id"], user_id=MEMBER["id"])
    assert last is not None
    assert last.question == "The swimming course"
    assert last.answer_id == library.telegram.last_message()["message_id"]
    await say(library, "/forget")
    assert memory.last(chat_id=MEMBER["id"], user_id=MEMBER["id"]) is None


async def test_a_sample_question_of_a_document_that_is_gone_says_so(library: Moderated) -> None:
    start = await say(library, "/start")
    (document,) = [found for found in library.store.documents() if "swimming" in found.title]
    library.keeping.remove(document.id, "tests")
    assert (await push(library, start, "The swimming course")).startswith("This document is gone.")
    forged = press_update(start, "st:0123456789abcdef", sender=MEMBER)
    await library.deliver(forged)
    assert "gone" in library.telegram.calls("answerCallbackQuery")[-1]["text"]
    assert len(library.telegram.calls("sendMessage")) == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_help_has_three_examples_and_the_bots_name(
    moderated: Moderated, language: Language
) -> None:
    text = (await say(moderated, "/help", person(language_code=language)))["text"]
    assert text.count("\n• ") == 3
    assert "@daviedka_bot" in text
    assert "/privacy – " in text


@pytest.mark.parametrize("command", ["/start", "/help", "/help@daviedka_bot"])
async def test_in_groups_it_is_told_how_to_ask_there(moderated: Moderated, command: str) -> None:
    sent = await say(moderated, command, chat_id=GROUP)
    assert sent["chat"]["id"] == GROUP
    assert "/ask" in sent["text"]
    assert buttons(sent) == []


async def test_language_is_chosen_kept_and_forgotten(library: Moderated) -> None:
    shown = await say(library, "/language")
    assert labels(shown)[-1] == "✓ As in Telegram"
    await push(library, shown, "Biełaruskaja")
    shown = library.telegram.last_message()
    assert [label for label in labels(shown) if "✓" in label] == ["✓ Biełaruskaja"]
    assert library.records.languages.chosen() == {MEMBER["id"]: "be-Latn"}
    assert (await say(library, "/start"))["text"].startswith("Vitaju!")

    await push(library, shown, "Deutsch")
    assert library.records.languages.chosen() == {MEMBER["id"]: "de"}
    await library.deliver(press_update(shown, "la:auto", sender=MEMBER))
    assert library.records.languages.chosen() == {}
    assert (await say(library, "/start"))["text"].startswith(GREETING)


async def test_language_holds_after_a_restart(library: Moderated, telegram: TelegramServer) -> None:
    await push(library, await say(library, "/language"), "Biełaruskaja")
    backing = library.backing
    search = Searcher(backing.store, backing.index, calibration=CALIBRATION)
    again = make_application(telegram, backing, search)
    assert again.bot_data.voices == {MEMBER["id"]: "be-Latn"}
    again.bot_data.close()


async def test_each_chooses_for_themselves(library: Moderated) -> None:
    shown = await say(library, "/language")
    await push(library, shown, "Polski", person(5, "ru"))
    assert library.records.languages.chosen() == {5: "pl"}
    assert (await say(library, "/start"))["text"].startswith(GREETING)


async def test_dates_and_labels_of_answers_follow_the_choice(library: Moderated) -> None:
    await push(library, await say(library, "/language"), "Biełaruskaja")
    text = (await say(library, "swimming course in May"))["text"]
    assert "1 krasavika 2025" in text
    assert "pa-anhlijsku" in text


@pytest.mark.parametrize("command", ["/language", "/privacy"])
async def test_what_is_personal_leads_from_a_group_to_the_private_chat(
    library: Moderated, command: str
) -> None:
    sent = await say(library, command, chat_id=GROUP)
    (button,) = buttons(sent)
    assert button["url"] == f"https://t.me/daviedka_bot?start={command[1:]}"
    assert "What I know of you" not in sent["text"]
    there = await say(library, f"/start {command[1:]}")
    assert there["text"] == (await say(library, command))["text"]


async def test_sources_are_counted_and_files_are_not_named(library: Moderated) -> None:
    text = (await say(library, "/sources"))["text"]
    assert text.split("\n")[2:] == [
        "• library.example · 2 documents, the newest of June 1, 2025",
        "• Files from the moderators · 1 document, of May 1, 2025",
        "• t.me/pool · 1 document, of April 1, 2025",
    ]
    assert "knihi.md" not in text


async def test_latest_has_the_readers_language_first(library: Moderated) -> None:
    text = (await say(library, "/latest"))["text"]
    assert text.split("\n\n")[1:] == [
        "The swimming course\nt.me/pool · April 1, 2025",
        "How do I join the library?\nlibrary.example · March 1, 2025",
        "Jak viarnuć knihu\nlibrary.example · June 1, 2025 · in Belarusian",
        "Як вярнуць кнігу?\nknihi.md · May 1, 2025 · in Belarusian",
    ]


async def test_lists_are_paged_in_the_language_in_which_they_were_asked_for(
    moderated: Moderated,
) -> None:
    for number in range(10):
        moderated.backing.add(f"Text {number}.", title=f"Title {number}", source=f"s{number}")
    first = await say(moderated, "/latest")
    assert labels(first) == ["◀", "1/2", "▶"]
    await push(moderated, first, "▶", person(5, "de"))
    second = moderated.telegram.last_message()
    assert labels(second) == ["◀", "2/2", "▶"]
    assert second["text"].startswith("The newest documents")
    assert second["text"] != first["text"]
    await push(moderated, second, "▶")
    assert moderated.telegram.last_message()["text"] == first["text"]
    await moderated.deliver(press_update(first, "so:sources:999999:en", sender=MEMBER))
    assert moderated.telegram.last_message()["text"].startswith("Where my quotes come from")


@pytest.mark.parametrize("command", ["/sources", "/latest"])
async def test_lists_of_an_empty_corpus_say_so(moderated: Moderated, command: str) -> None:
    assert (await say(moderated, command))["text"] == "There are no documents yet."


async def test_privacy_lists_what_is_known_and_forget_deletes_it(library: Moderated) -> None:
    gaps = library.records.gaps
    day = date(2026, 5, 1)
    for text in ("Where do penguins winter?", "Where do storks winter?"):
        gaps.wish(MEMBER["id"], gaps.keep(text, "en", day), day)
    gaps.wish(5, gaps.keep("Where do swifts winter?", "en", day), day)
    library.records.languages.choose(MEMBER["id"], "en")
    library.application.bot_data.voices[MEMBER["id"]] = "en"

    told = await say(library, "/privacy")
    assert told["text"].split("\n\n")[-1].split("\n") == [
        "What I know of you",
        "Language: English",
        "2 wishes to be told of an answer:",
        "• May 1, 2026: Where do penguins winter?",
        "• May 1, 2026: Where do storks winter?",
    ]
    await push(library, told, "Forget me")
    assert library.telegram.last_message()["text"] == "I have forgotten everything I knew of you."
    assert gaps.wishes_of(MEMBER["id"]) == []
    assert library.records.languages.chosen() == {}
    assert library.application.bot_data.voices == {}
    # Others keep theirs, and the questions stay: nobody is in them.
    assert len(gaps.wishes_of(5)) == 1
    assert len(gaps.questions()) == 3

    told = await say(library, "/privacy")
    assert told["text"].endswith("What I know of you\nNothing.")
    assert buttons(told) == []


async def test_forget_as_a_command_works_in_groups_too(library: Moderated) -> None:
    await push(library, await say(library, "/language"), "Polski")
    sent = await say(library, "/forget", chat_id=GROUP)
    assert (sent["chat"]["id"], library.records.languages.chosen()) == (GROUP, {})


async def test_moderators_are_told_that_their_name_stays(library: Moderated) -> None:
    told = (await say(library, "/privacy", MODERATOR))["text"]
    assert "As a moderator you are named" in told
    assert "As a moderator you are named" in (await say(library, "/forget", MODERATOR))["text"]
    assert library.records.moderators.is_named(MODERATOR["id"])


@pytest.mark.parametrize(
    "forged", ["st:", "st:../x", "la:xx", "la:be-Cyrl", "so:latest:-1:en", "so:x:0:en", "fo:5"]
)
async def test_forged_buttons_change_nothing(library: Moderated, forged: str) -> None:
    shown = await say(library, "/language")
    await library.deliver(press_update(shown, forged, sender=MEMBER))
    (told,) = library.telegram.calls("answerCallbackQuery")
    assert told["text"].startswith("This button is too old.")
    assert library.records.languages.chosen() == {}
    assert library.telegram.last_message() == shown


@pytest.mark.parametrize(
    ("greeting", "code", "reply"),
    [
        ("Pryvitańnie!", "ru", "Vitaju!"),
        ("Прывітанне!", "ru", "Вітаю!"),
        ("👋", "be", "Вітаю!"),
        ("Dzień dobry!", "ru", "Dzień dobry!"),
    ],
)
async def test_greetings_are_returned_in_their_language_and_script(
    moderated: Moderated, greeting: str, code: str, reply: str
) -> None:
    assert (await say(moderated, greeting, person(5, code)))["text"].startswith(reply)


async def test_greetings_are_returned_in_the_language_that_was_chosen(
    moderated: Moderated,
) -> None:
    await push(moderated, await say(moderated, "/language"), "Biełaruskaja")
    assert (await say(moderated, "Hello!"))["text"].startswith("Vitaju!")
