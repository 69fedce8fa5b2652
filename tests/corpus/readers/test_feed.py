from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ReadingError
from corpus.readers.feed import MAX_BYTES, Feed, FeedEntry, parse_feed, read_entry

URL = "https://site.example/feed/"

RSS_2 = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Навіны &amp; парады</title><link>https://site.example/</link>
<item>
  <title>Новая школа</title><link>/school</link><guid isPermaLink="false">n-1</guid>
  <pubDate>Thu, 11 Sep 2025 00:30:00 +0300</pubDate>
  <description>Коратка.</description>
  <content:encoded><![CDATA[<p>Школа адчынілася.</p><p>Яна бясплатная.</p>]]></content:encoded>
</item>
<item>
  <title>Старая школа</title><guid>https://site.example/old</guid>
  <pubDate>Mon, 01 Sep 2025 10:00:00 GMT</pubDate>
  <description>&lt;p&gt;Школа &lt;b&gt;зачынілася&lt;/b&gt;.&lt;/p&gt;</description>
</item>
</channel></rss>"""

ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<title type="html">News &amp;amp; &lt;i&gt;advice&lt;/i&gt;</title>
<entry>
  <id>tag:site.example,2025:1</id><title>One</title><link href="one.html"/>
  <published>2025-09-11T23:30:00-05:00</published><updated>2025-10-01T00:00:00Z</updated>
  <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>First.</p></div></content>
</entry>
<entry>
  <id>tag:site.example,2025:2</id><title>Two</title>
  <link rel="self" href="https://site.example/two.atom"/>
  <link rel="alternate" href="https://site.example/two"/>
  <updated>2025-09-12T10:00:00Z</updated>
  <content type="text">First &lt;paragraph&gt;.

Second paragraph.</content>
</entry>
</feed>"""

RSS_1 = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://site.example/"><title>Seite</title></channel>
<item rdf:about="https://site.example/eins"><title>Eins</title>
<link>https://site.example/eins</link><dc:date>2025-09-11</dc:date></item></rdf:RDF>"""

RSS_091 = """<rss version="0.91"><channel><title>Strona</title>
<item><title>Pierwszy</title><link>https://site.example/1</link>
<description>Tekst.</description></item></channel></rss>"""


def parse(text: str, media_type: str = "") -> Feed:
    return parse_feed(text.encode(), URL, media_type=media_type)


def item(title: str = "", link: str = "", guid: str = "", when: str = "", text: str = "") -> str:
    """An item of RSS; what is empty is left out."""
    parts = {"title": title, "link": link, "guid": guid, "pubDate": when, "description": text}
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in parts.items() if value)
    return f"<item>{inside}</item>"


def rss(*items: str, title: str = "Feed") -> str:
    return f'<rss version="2.0"><channel><title>{title}</title>{"".join(items)}</channel></rss>'


def refusal(content: bytes) -> str:
    with pytest.raises(ReadingError) as refused:
        parse_feed(content, URL)
    assert refused.value.source == URL
    assert "\n" not in str(refused.value)
    return refused.value.reason


def test_rss_is_read_with_its_longest_texts() -> None:
    assert parse(RSS_2) == Feed(
        title="Навіны & парады",
        entries=(
            FeedEntry(
                id="n-1",
                url="https://site.example/school",
                title="Новая школа",
                published=datetime(2025, 9, 11, 0, 30, tzinfo=timezone(timedelta(hours=3))),
                html="<p>Школа адчынілася.</p><p>Яна бясплатная.</p>",
            ),
            FeedEntry(
                id="https://site.example/old",
                url="https://site.example/old",
                title="Старая школа",
                published=datetime(2025, 9, 1, 10, tzinfo=UTC),
                html="<p>Школа <b>зачынілася</b>.</p>",
            ),
        ),
    )


def test_atom_is_read_the_newest_first() -> None:
    feed = parse(ATOM)
    assert feed.title == "News & advice"
    assert [(entry.id, entry.url) for entry in feed.entries] == [
        ("tag:site.example,2025:2", "https://site.example/two"),
        ("tag:site.example,2025:1", "https://site.example/feed/one.html"),
    ]
    assert [read_entry(entry).text for entry in feed.entries] == [
        "First <paragraph>.\n\nSecond paragraph.",
        "First.",
    ]


@pytest.mark.parametrize(
    ("text", "title", "entry"),
    [
        (RSS_1, "Seite", ("https://site.example/eins", "Eins", date(2025, 9, 11))),
        (RSS_091, "Strona", ("https://site.example/1", "Pierwszy", None)),
    ],
)
def test_older_versions_are_read(
    text: str, title: str, entry: tuple[str, str, date | None]
) -> None:
    feed = parse(text)
    (only,) = feed.entries
    raw = read_entry(only)
    assert feed.title == title
    assert (raw.url, raw.title, raw.published) == entry
    assert only.id == only.url


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("Thu, 11 Sep 2025 00:30:00 +0300", date(2025, 9, 11)),
        ("Thu, 11 Sep 2025 23:30:00 -0800", date(2025, 9, 11)),
        ("Thu, 11 Sep 2025 23:30:00 GMT", date(2025, 9, 11)),
        ("11 Sep 2025", date(2025, 9, 11)),
        ("2025-09-11T00:30:00+03:00", date(2025, 9, 11)),
        ("2025-09-11", date(2025, 9, 11)),
        ("учора", None),
        ("Thu, 99 Sep 2025 00:30:00 +0300", None),
        ("", None),
    ],
)
def test_day_is_that_of_the_zone_that_the_feed_names(when: str, day: date | None) -> None:
    (entry,) = parse(rss(item("One", guid="1", when=when))).entries
    assert read_entry(entry).published == day
    assert entry.published is None or entry.published.tzinfo is not None


def test_entry_without_an_id_goes_by_its_link_or_title_and_without_any_is_left_out() -> None:
    feed = parse(rss(item("One", link="https://site.example/1"), item("Two"), item(text="Three")))
    assert [(entry.id, entry.url) for entry in feed.entries] == [
        ("https://site.example/1", "https://site.example/1"),
        ("Two", None),
    ]


def test_duplicates_are_dropped_and_the_first_kept() -> None:
    feed = parse(rss(item("One", guid="1"), item("Two", guid="2"), item("Three", guid="1")))
    assert [entry.title for entry in feed.entries] == ["One", "Two"]


def test_entries_without_dates_keep_their_order() -> None:
    old = item("Old", guid="1", when="Mon, 01 Sep 2025 10:00:00 GMT")
    new = item("New", guid="2", when="Thu, 11 Sep 2025 10:00:00 GMT")
    assert [entry.title for entry in parse(rss(old, new)).entries] == ["New", "Old"]
    undated = rss(old, new, item("None", guid="3"))
    assert [entry.title for entry in parse(undated).entries] == ["Old", "New", "None"]


def test_links_to_anything_but_the_web_are_no_addresses() -> None:
    feed = parse(
        rss(item("One", link="file:///etc/passwd"), item("Two", link="javascript:alert(1)"))
    )
    assert [entry.url for entry in feed.entries] == [None, None]


def test_feed_without_entries_or_title_is_a_feed() -> None:
    assert parse('<rss version="2.0"><channel></channel></rss>') == Feed(title=URL, entries=())


def test_title_is_one_plain_line() -> None:
    (entry,) = parse(rss(item("&lt;b&gt;One&lt;/b&gt;\n two 🎉", guid="1"))).entries
    assert entry.title == "One two 🎉"


def test_encoding_of_the_server_or_of_the_file_is_used() -> None:
    declared = '<?xml version="1.0" encoding="windows-1251"?>' + rss(title="Навіны")
    assert parse_feed(declared.encode("cp1251"), URL).title == "Навіны"
    undeclared = rss(title="Навіны").encode("cp1251")
    media_type = "application/rss+xml; charset=windows-1251"
    assert parse_feed(undeclared, URL, media_type=media_type).title == "Навіны"


def test_damaged_feed_is_read_as_far_as_it_goes() -> None:
    broken = RSS_2.replace("Старая", "Старая &nbsp; & новая")[:-30]
    assert [(entry.id, entry.title) for entry in parse(broken).entries] == [
        ("n-1", "Новая школа"),
        ("https://site.example/old", "Старая & новая школа"),
    ]


def test_files_of_this_machine_are_not_read_into_a_feed() -> None:
    text = (
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
        + rss(title="&secret;")
    )
    assert parse(text).title in {URL, "&secret;"}


PAGE = "<!DOCTYPE html><html><head>{}</head><body><p>Words.</p></body></html>"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is no feed: it must be RSS or Atom"),
        (b"words", "is no feed: it must be RSS or Atom"),
        (b"\x89PNG\x00", "is no feed: it must be RSS or Atom"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "is no feed: it must be RSS or Atom"),
        (b'<?xml version="1.0"?><note>a</note>', "is no feed: it must be RSS or Atom"),
        (
            PAGE.format('<link rel="Alternate" type="application/rss+xml" href="../rss">').encode(),
            "is a page and no feed; its feed is at https://site.example/rss",
        ),
        (
            PAGE.format(
                '<link rel="alternate" hreflang="be" href="/be">'
                '<link rel="alternate" type="application/atom+xml" href="https://x.example/a">'
            ).encode(),
            "is a page and no feed; its feed is at https://x.example/a",
        ),
        (
            PAGE.format('<link rel="stylesheet" href="a.css">').encode(),
            "is a page and no feed, and names none: look on it for a link to RSS or Atom",
        ),
        (b" " * (MAX_BYTES + 1), "is too large for a feed (over 5 MB)"),
    ],
)
def test_what_is_no_feed_is_refused_with_what_to_do(content: bytes, reason: str) -> None:
    assert refusal(content) == reason


@given(st.text(max_size=200))
def test_entry_of_any_text_gives_no_markup(text: str) -> None:
    entry = FeedEntry("1", None, "", None, text)
    assert isinstance(read_entry(entry).text, str)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_feed_or_refused(content: bytes) -> None:
    with suppress(ReadingError):
        assert parse_feed(RSS_2.encode()[:200] + content, URL).title
