from __future__ import annotations

import pytest

from corpus.readers.markup import html_to_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("<p></p>", ""),
        ("plain", "plain"),
        ("<p>one</p><p>two <b>bold</b>\n and  <i>more</i></p>", "one\n\ntwo bold and more"),
        ("<h1>A</h1><h3>B <small>c</small></h3>text", "# A\n\n### B c\n\ntext"),
        ("<p>a<br>b<br/><br> c</p>", "a\nb\nc"),
        ("<h2>a<br>b</h2>", "## a b"),
        ("<ul><li>a</li><li><p>b</p></li></ul><p>c</p>", "- a\n- b\n\nc"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ('<ol start="3"><li>a</li><li value="7">b</li><li>c</li></ol>', "3. a\n7. b\n8. c"),
        ("<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "- a\n- b\n- c"),
        ("<ul><li>a<p>more</p></li><li>b</li></ul>", "- a\n\nmore\n\n- b"),
        ("<ul><li></li><li>b</li></ul>", "- b"),
        ("<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n- b"),
        (
            "<table><caption>T</caption><tr><th>A<th>B<tr><td>1<td><p>2</p><p>3</p><tr><td><td></table>",
            "T\n\nA | B\n1 | 2 3",
        ),
        ("<table><tr><td><p>a</p><p>b</p></td></tr></table>", "a\n\nb"),
        ("<table><tr><td>a</td><td></td><td>c</td></tr></table>", "a |  | c"),
        ("<blockquote><p>a</p><p>b</p></blockquote>", "a\n\nb"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "a\n\nb"),
        ('<p>a <a href="x">label</a><img src="x" alt="no"><!-- no --></p>', "a label"),
        ("<p>a</p><script>no</script><style>no</style><p>b</p>", "a\n\nb"),
        ('<p>a<sup><a href="#n1">[1]</a></sup> b <a href="#r1">↩︎</a></p>', "a b"),
        ('<p>a <a href="#part">the part</a></p>', "a the part"),
        ('<ul><li><input type="checkbox" checked>a</li><li><input type="checkbox">b</li></ul>',
         "- ☑ a\n- ☐ b"),
        ("<details><summary>a</summary>b</details>", "a\n\nb"),
        ("<p>&lt;b&gt; &amp; 🎉 שלום</p>", "<b> & 🎉 שלום"),
        ("<p>unclosed <b>a<p>next", "unclosed a\n\nnext"),
    ],
)  # fmt: skip
def test_html_becomes_blocks_of_text(markup: str, text: str) -> None:
    assert html_to_text(markup) == text
