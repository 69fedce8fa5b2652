from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.cleaning import clean, find_title, mend_hyphenation
from corpus.models import RawDocument
from corpus.readers import read_file

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

PARAGRAPHS = (
    "Dozens of people waited at the border for three days before the crossing was opened again.",
    "Учора ў горадзе адкрылася новая школа, у якой будуць вучыцца дзеці з дванаццаці розных краін.",
    "Učora ŭ horadzie adčyniłasia novaja škoła, u jakoj buduć vučycca dzieci z roznych krain.",
    "Вчера в городе открылась новая школа, в которой будут учиться дети из двенадцати стран.",
    "Учора в місті відкрилася нова школа, у якій навчатимуться діти з дванадцяти країн.",
    "Wczoraj w mieście otwarto nową szkołę, w której będą uczyły się dzieci z dwunastu krajów.",
    "Vakar mieste atidaryta nauja mokykla, kurioje kartu mokysis vaikai iš dvylikos šalių.",
    "Gestern wurde in der Stadt eine neue Schule eröffnet, in der Kinder aus zwölf Ländern lernen.",
)
MENTIONS = (
    "The photo was published by Reuters three days ago and shows the same man near the border.",
    "Read more about it in the guide, which explains how to fill in the form step by step.",
    "It happened 3 hours ago, said the minister, and nobody has yet explained what it means.",
    "Share the link with friends on Facebook, Twitter and Telegram, and ask them to share it too.",
    "Follow us on the map to the office, where our volunteers meet people each Monday at six.",
    "Минск принимает гостей: в субботу на главной площади города соберутся те, кто любит Минск.",
    "Reuters said that the prisoners were freed on Thursday, as had been said before by Reuters.",
)
LEFTOVERS = (
    "3 hours ago",
    "3 hours ago 2",
    "an hour ago",
    "2 days ago · 14 comments",
    "2 гадзіны таму",
    "гадзіну таму",
    "3 часа назад",
    "5 минут назад 12",
    "5 хвилин тому",
    "2 godziny temu",
    "prieš 3 valandas",
    "vor 3 Stunden",
    "vor einer Stunde",
    "Photo: Reuters",
    "Photo by Jane Doe / Getty Images",
    "Фота: Радыё Свабода",
    "Фото: личный архив",
    "Фото: пресс-служба посольства",
    "Fot. Jan Kowalski / PAP",
    "Foto: Anna Müller/dpa",
    "Bild: picture alliance / dpa",
    "Nuotr. Vardenis Pavardenis",
    "Getty Images",
    "AFP via Getty Images",
    "Reuters",
    "© 2025 Рэдакцыя",
    "All rights reserved.",
    "Read more",
    "Read more »",
    "Read Entire Article",
    "Чытайце таксама: У Вільні адкрылі новую школу",
    "Читайте также: Что изменится в сентябре",
    "Читайте також",
    "Czytaj także: Nowe zasady od września",
    "Skaityk daugiau",
    "Mehr lesen",
    "Lesen Sie auch: Neue Regeln ab September",
    "Share",
    "Share this article",
    "Facebook Twitter Telegram WhatsApp",
    "Facebook | X | Telegram | Copy link",
    "Падзяліцца",
    "Поделиться",
    "Поширити",
    "Udostępnij",
    "Dalintis",
    "Teilen",
    "Copy link",
    "Print",
    "Subscribe to our Telegram",
    "Падпісвайцеся на наш тэлеграм-канал",
    "Подписывайтесь на наш Telegram",
    "Підписуйтесь на наш канал",
    "Subskrybuj nasz newsletter",
    "Prenumeruokite mūsų naujienlaiškį",
    "Abonnieren Sie unseren Newsletter",
    "Sign up for our newsletter",
    "We use cookies.",
    "Accept all cookies",
    "Мы используем файлы cookie",
    "Advertisement",
    "Рэклама",
    "EPA/ Shutterstock A big man in a blue jacket on the leftEPA/ Shutterstock",
    "@somebody/X A man sits on a wall @somebody/X",
    "Reuters A woman speaks to the press in JuneReuters",
)
KEPT = (
    "Photo: 35 × 45 mm, in colour",
    "Фото: 3,5 × 4,5 см",
    "Photo: what it must show",
    "Minsk talks to Minsk",
    "Two years ago",
    "Telegram",
    "- Telegram\n- WhatsApp\n- Viber",
    "- Photo: Two Copies",
    "Телефон | Адрес | Foto",
    "Share of women in parliament",
    "Print the form and sign it",
    "Read more about the visa",
    "Reuters reports",
    "Facebook and the law",
    "Что делать дальше",
    "Подробнее о визах",
    "Follow us to the office",
    "# Reuters",
    "- Реклама",
    "- Паспорт\n- Печать\n- Подпись",
    "Печать",
    "Copyright law in Poland",
    "Related documents",
    "Присоединяйтесь к нам в Telegram:",
    "Sign up for our language course",
    "Подробнее: ZUS-каникулы",
)


@pytest.mark.parametrize("leftover", LEFTOVERS)
def test_what_a_scraper_leaves_behind_goes(leftover: str) -> None:
    text = f"{PARAGRAPHS[0]}\n\n{leftover}\n\n{PARAGRAPHS[1]}"
    assert clean(text) == f"{PARAGRAPHS[0]}\n\n{PARAGRAPHS[1]}"


@pytest.mark.parametrize("line", KEPT)
def test_what_only_resembles_a_leftover_stays(line: str) -> None:
    text = f"{PARAGRAPHS[0]}\n\n{line}\n\n{PARAGRAPHS[1]}"
    assert clean(text) == text


@given(
    st.lists(st.sampled_from(PARAGRAPHS + MENTIONS), min_size=1, max_size=8),
    st.lists(st.sampled_from(LEFTOVERS), max_size=20),
    st.randoms(),
)
def test_leftovers_between_paragraphs_go_and_every_paragraph_stays(
    paragraphs: list[str], leftovers: list[str], order: Random
) -> None:
    mixed = list(paragraphs)
    for leftover in leftovers:
        mixed.insert(order.randint(0, len(mixed)), leftover)
    assert clean("\n\n".join(mixed)) == "\n\n".join(paragraphs)
    assert clean("\n".join(mixed)).split("\n") == paragraphs


WILD_LINES = st.one_of(
    st.sampled_from(
        [*LEFTOVERS, *KEPT, *PARAGRAPHS, "", " ", "# Title", "Title", "- ", "infor-", "mation", "|"]
    ),
    st.text(max_size=40),
    st.text(alphabet="aбŁ -\n\r\t#.|\xad\u200b\u200d\u2028\xa0👩💻ﬁ\u0301", max_size=30),
)


@given(st.lists(WILD_LINES, max_size=12).map("\n".join), st.one_of(st.none(), WILD_LINES))
@example("a-\nb-\nc", None)
@example("Title\nTitle\nTitle\ntext", "Title")
@example("EPA x y EPA\n\nEPA x y EPA\n\na b c d", None)
def test_cleaning_twice_is_cleaning_once(text: str, title: str | None) -> None:
    once = clean(text, title=title)
    assert clean(once, title=title) == once


@given(st.lists(WILD_LINES, max_size=12).map("\n".join))
def test_cleaned_text_has_one_form(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == unicodedata.normalize("NFC", cleaned)
    assert cleaned == cleaned.strip()
    assert "\n\n\n" not in cleaned
    assert "  " not in cleaned
    assert not set(cleaned) & set("\r\t\xa0\xad\u200b\ufeff\u2028\x85\x00")


@given(
    st.lists(
        st.text(st.characters(categories=["Ll", "Lu"], max_codepoint=0x52F), min_size=1),
        min_size=12,
        max_size=30,
    ),
    st.lists(WILD_LINES, max_size=6),
    st.lists(WILD_LINES, max_size=6),
)
def test_no_paragraph_is_ever_lost(words: list[str], before: list[str], after: list[str]) -> None:
    paragraph = unicodedata.normalize("NFC", " ".join(words) + ".")
    # A broken word above would take its first word.
    text = "\n".join(line.rstrip("- \n") for line in before) + f"\n\n{paragraph}\n\n"
    cleaned = clean(text + "\n".join(after), title=words[0])
    assert paragraph in cleaned.split("\n")


def test_words_and_lines_of_any_length_are_cleaned() -> None:
    word = "я" * 1_000_000
    assert clean(word) == word
    assert clean("a-\n" * 100_000) == "a" * 100_000 + "-"
    assert clean(f"Photo: {word}\n\nEPA {word}EPA") == f"Photo: {word}\n\nEPA {word}EPA"
    assert clean("я" * 4096 + "\n\nShare") == "я" * 4096


def test_caption_goes_only_directly_under_a_credit_that_stands_twice() -> None:
    credit = "EPA A man on the leftEPA"
    caption = "The president met the envoy before the releases"
    assert clean(f"{credit}\n\n{caption}\n\n{PARAGRAPHS[0]}") == PARAGRAPHS[0]
    assert clean(f"{caption}\n\n{PARAGRAPHS[0]}") == f"{caption}\n\n{PARAGRAPHS[0]}"
    assert clean(f"{credit}\n\n{PARAGRAPHS[0]}\n\n{caption}") == f"{PARAGRAPHS[0]}\n\n{caption}"
    assert clean(f"{credit}\n\n## What follows next in it\n\n{PARAGRAPHS[0]}") == (
        f"## What follows next in it\n\n{PARAGRAPHS[0]}"
    )


def test_scraps_below_the_last_link_to_the_article_go() -> None:
    text = f"{PARAGRAPHS[0]}\n\nRead Entire Article\nSome Name| CHANNEL | | |\nAnother"
    assert clean(text) == PARAGRAPHS[0]
    kept = f"{PARAGRAPHS[0]}\n\nSome Name| CHANNEL | | |"
    assert clean(kept) == kept


@pytest.mark.parametrize(
    ("first", "title"),
    [
        ("Borders are closed", "Borders are closed"),
        ("# Borders are closed", "Borders are closed"),
        ("BORDERS ARE CLOSED!", "“Borders are closed”"),
        ("Межы зачыненыя — усе", "Межы зачыненыя: усе"),
        ("3 hours ago\n\n# Borders are closed", "Borders are closed"),
    ],
)
def test_title_repeated_at_the_top_goes(first: str, title: str) -> None:
    assert clean(f"{first}\n\n{PARAGRAPHS[0]}", title=title) == PARAGRAPHS[0]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"{PARAGRAPHS[0]}\n\nBorders are closed", "Borders are closed"),
        (f"# Borders are open\n\n{PARAGRAPHS[0]}", "Schools are closed"),
        (f"{PARAGRAPHS[0]}\n\n{PARAGRAPHS[1]}", PARAGRAPHS[0]),
        (f"Minsk is large.\n\n{PARAGRAPHS[1]}", "Minsk is large"),
        ("Borders are closed", "Borders are closed"),
        (PARAGRAPHS[0], ""),
    ],
)
def test_what_is_no_repeated_title_stays(text: str, title: str) -> None:
    assert clean(text, title=title) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \n\t\r\n ", ""),
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("  a \xa0\u2009 b\t", "a b"),
        ("\ufeffin\xadfor\u200bma\u2060tion", "information"),
        ("infor\xad\nmation", "information"),
        ("ﬁnd the ﬂat oﬃce", "find the flat office"),
        ("e\u0301", "é"),
        ("👩\u200d💻 and 👨‍👩‍👧, ❤️\u200d🔥", "👩\u200d💻 and 👨‍👩‍👧, ❤️\u200d🔥"),
        ("a\u200db", "ab"),
        ("\u202bשלום\u202c עולם", "שלום עולם"),
        ("a\x00\x07b\x1b[0m", "ab[0m"),
        ("half \ud800 of a pair", "half of a pair"),
        ("𝔘𝔫𝔦 🎉", "𝔘𝔫𝔦 🎉"),
    ],
)
def test_characters_get_one_form(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("infor-\nmation", "information"),
        ("инфор-\nмация", "информация"),
        ("Aufent-\nhaltserlaubnis", "Aufenthaltserlaubnis"),
        ("северо-\nзападный", "северо-западный"),
        ("паўночна-\nзаходні", "паўночна-заходні"),
        ("по-\nрусски", "по-русски"),
        ("по-\nлитика", "политика"),
        ("па-\nбеларуску", "па-беларуску"),
        ("кто-\nто", "кто-то"),
        ("мес-\nто", "место"),
        ("well-\nknown", "well-known"),
        ("so-\ncalled", "so-called"),
        ("Hans-\nPeter", "Hans-Peter"),
        ("COVID-\n19", "COVID-19"),
        ("20-\nletni", "20-letni"),
        ("Ein-\nund Ausgang", "Ein- und Ausgang"),
        ("biało-\nczerwono-\nbiały", "biało-czerwono-biały"),
        ("long-\nterm plan", "long-term plan"),
        ("the re-entry; re-\nentry", "the re-entry; re-entry"),
        ("a dash -\nnext", "a dash -\nnext"),
        ("one-\n\ntwo", "one-\n\ntwo"),
        ("list-\n- next", "list-\n- next"),
        ("", ""),
    ],
)
def test_words_broken_at_a_line_end_are_mended(broken: str, mended: str) -> None:
    assert mend_hyphenation(broken) == mended


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        (RawDocument(text="# Heading\n\nText.", title=" Declared \n title "), "Declared title"),
        (RawDocument(text="# Heading\n\nText."), "Heading"),
        (RawDocument(text="3 hours ago\n\n# Heading\n\nText."), "Heading"),
        (RawDocument(text="## Part\n\nText."), "Part"),
        (RawDocument(text=f"Borders are closed\n\n{PARAGRAPHS[0]}"), "Borders are closed"),
        (RawDocument(text="Minsk is large."), "Minsk is large"),
        (
            RawDocument(text=PARAGRAPHS[0]),
            "Dozens of people waited at the border for three days before the crossing was…",
        ),
        (RawDocument(text="word " * 100), "word " * 15 + "word…"),
        (RawDocument(text="я" * 300), "я" * 80 + "…"),
        (RawDocument(text=""), None),
        (RawDocument(text=" \n", title=" "), None),
    ],
)
def test_title_is_declared_or_found_at_the_top(raw: RawDocument, title: str | None) -> None:
    assert find_title(raw) == title


@given(st.lists(WILD_LINES, max_size=6).map("\n".join))
def test_title_is_one_short_line(text: str) -> None:
    title = find_title(RawDocument(text=text))
    assert (title is None) == (clean(text) == "")
    if title is not None:
        assert "\n" not in title
        assert 0 < len(title) <= 200


def test_real_article_keeps_each_paragraph_to_the_letter_and_nothing_else(shared: Path) -> None:
    path = shared / "real" / "000_7ba2dbd60e781874.txt"
    raw = read_file(path)
    title = find_title(raw)
    text = clean(raw.text, title=title)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert title == lines[0]
    needles = (
        "Shutterstock",
        "hours ago",
        "Read Entire",
        "ESPN",
        "@Tsihanouskaya/X",
        "JuneReuters",
    )
    assert [needle for needle in needles if needle in text] == []
    captions = ("Alexander Lukashenko met the US", "Mikola Statkevich refused to leave his",
                "Belarus opposition figure Sergei")  # fmt: skip
    assert [caption for caption in captions if caption in text] == []
    # Every line that ends as a sentence does is a paragraph of it.
    paragraphs = [line for line in lines if line.endswith((".", '".'))]
    assert len(paragraphs) == 25
    assert text.split("\n\n") == paragraphs


def test_guide_loses_no_line_but_repeated_titles(shared: Path) -> None:
    lost = {}
    for path in sorted((shared / "eval" / "guide" / "docs").glob("*.md")):
        raw = read_file(path)
        cleaned = clean(raw.text, title=find_title(raw)).split("\n")
        words = [" ".join(line.split()) for line in raw.text.split("\n")]
        missing = [line for line in words if line and line not in cleaned]
        if missing and missing != [raw.text.split("\n")[0]]:
            lost[path.name] = missing
    assert lost == {}
