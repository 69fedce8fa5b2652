from __future__ import annotations

from datetime import date

import pytest

from corpus.errors import ReadingError
from corpus.readers.html import read

PARAGRAPHS = (
    "Дзясяткі палітвязняў вызвалілі з беларускіх турмаў, пра што паведамілі ўчора ў Менску.",
    "Кароткі абзац.",
    "Польшча зачыняе мяжу праз вучэнні, якія працягнуцца да аўторка, паведаміла міністэрства.",
    "Гэта датычыцца ўсіх пераходаў, у тым ліку чыгуначных, кажуць у памежнай службе краіны.",
    "«Мы не маем іншага выйсця», — сказаў прэс-сакратар.",
    "Апошні абзац: вынікі стануць вядомыя ў наступны чацвер.",
)


def page(article: str, *, head: str = "") -> str:
    """A page with what stands around an article."""
    return f"""<!DOCTYPE html>
<html lang="be-BY"><head><title>Вызваленне</title>{head}</head><body>
<header><nav><ul><li><a href="/">Галоўная</a></li><li><a href="/p">Палітыка</a></li></ul></nav>
</header><main>{article}</main>
<aside><h3>Папулярнае</h3><ul><li><a href="/1">Іншая навіна</a></li></ul></aside>
<footer><p>© 2025 Рэдакцыя. Усе правы абаронены.</p></footer></body></html>"""


def tagged(tag: str, *paragraphs: str) -> str:
    return "".join(f"<{tag}>{paragraph}</{tag.split(maxsplit=1)[0]}>" for paragraph in paragraphs)


LAYOUTS = {
    "paragraphs": "<article><h1>Вызваленне</h1>" + tagged("p", *PARAGRAPHS) + "</article>",
    "divisions": "<div class='content'><h1>Вызваленне</h1>" + tagged("div", *PARAGRAPHS) + "</div>",
    "breaks": "<div class='post-body'>" + "<br><br>".join(PARAGRAPHS) + "</div>",
    "sections": "<article>" + tagged("section", *(f"<div><p>{p}</p></div>" for p in PARAGRAPHS)),
    "interrupted": (
        "<article>"
        + tagged("p", *PARAGRAPHS[:2])
        + "<div class='ad'>Рэклама</div><section>"
        + tagged("p", *PARAGRAPHS[2:5])
        + "</section><div class='related'><a href=/x>Чытайце таксама</a></div>"
        + tagged("p", PARAGRAPHS[5])
        + "</article>"
    ),
    "last is a link": (
        "<article>"
        + tagged("p", *PARAGRAPHS[:5], f"<a href='/z'>{PARAGRAPHS[5]}</a>")
        + "</article>"
    ),
    "last has a footer's class": (
        "<article>"
        + tagged("p", *PARAGRAPHS[:5])
        + tagged("p class='footer-note'", PARAGRAPHS[5])
        + "</article>"
    ),
    "one component each": "<article>"
    + tagged("div data-component='text-block'", *(f"<div><p>{p}</p></div>" for p in PARAGRAPHS))
    + "</article>",
    "table for layout": (
        "<table><tr><td>Меню</td><td>" + tagged("p", *PARAGRAPHS) + "</td></tr></table>"
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_paragraph_of_the_article_is_read_in_order(layout: str) -> None:
    text = read(page(LAYOUTS[layout]).encode(), "a.html").text
    places = [text.find(paragraph) for paragraph in PARAGRAPHS]
    assert -1 not in places
    assert places == sorted(places)
    for around in ("Галоўная", "Папулярнае", "Усе правы"):
        assert around not in text


def test_headings_lists_tables_and_quotes_keep_their_shape() -> None:
    article = (
        f"<article><h1>Вызваленне</h1><p>{PARAGRAPHS[0]}<br>Новы радок.</p><h2>Раздзел</h2>"
        f"<ul><li>Адзін <b>тлусты</b></li><li>Два <a href='/x'>спасылка</a></li></ul>"
        f"<ol><li>Першы</li><li>Другі</li></ol><blockquote><p>{PARAGRAPHS[4]}</p></blockquote>"
        "<table><tr><th>Год</th><th>Лік</th></tr><tr><td>2024</td><td>10</td></tr></table>"
        f"<p>{PARAGRAPHS[5]}</p></article>"
    )
    assert read(page(article).encode(), "a.html").text.split("\n\n") == [
        "# Вызваленне",
        f"{PARAGRAPHS[0]}\nНовы радок.",
        "## Раздзел",
        "- Адзін тлусты\n- Два спасылка",
        "1. Першы\n2. Другі",
        PARAGRAPHS[4],
        "Год | Лік\n2024 | 10",
        PARAGRAPHS[5],
    ]


def test_metadata_of_the_page_are_found() -> None:
    head = (
        '<meta property="og:title" content="Вызваленне вязняў">'
        '<link rel="canonical" href="https://x.example/a">'
        '<meta property="article:published_time" content="2025-09-11T10:00:00+03:00">'
    )
    raw = read(page(LAYOUTS["paragraphs"], head=head).encode(), "a.html")
    assert raw.title == "Вызваленне вязняў"
    assert raw.published == date(2025, 9, 11)
    assert (raw.url, raw.language) == ("https://x.example/a", "be")


def test_date_in_the_text_is_not_taken_for_the_date_of_publication() -> None:
    article = LAYOUTS["paragraphs"].replace("Кароткі абзац.", "Так было 3 траўня 2019 года.")
    raw = read(page(article).encode(), "a.html")
    assert (raw.published, raw.url) == (None, None)


@pytest.mark.parametrize("declaration", ['<meta charset="windows-1251">', "",
    '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">'])  # fmt: skip
def test_page_in_windows_1251_is_read(declaration: str) -> None:
    content = page(LAYOUTS["paragraphs"], head=declaration).encode("cp1251")
    raw = read(content, "a.html")
    assert PARAGRAPHS[0] in raw.text
    assert bool(raw.notes) == (declaration == "")


def test_xhtml_with_an_xml_declaration_is_read() -> None:
    content = '<?xml version="1.0" encoding="UTF-8"?>\n' + page(LAYOUTS["paragraphs"])
    assert PARAGRAPHS[5] in read(content.encode(), "a.xhtml").text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"just words", "is not HTML"),
        (b"<html><body><script>x()</script></body></html>", "no article was found"),
        (b"<html></html>", "no article was found"),
        (b"\x89PNG\r\n\x1a\n", "is not text"),
        (b"  ", "is empty"),
    ],
)
def test_page_without_an_article_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ReadingError, match=reason):
        read(content, "a.html")
