from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.records.judgements import Receipt
from bot.thumbs import Thumb, judged_passages, mark, thumb_of

if TYPE_CHECKING:
    from bot.records.judgements import Verdict

RECEIPT = Receipt(12, "0123456789abcdef")
KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("◀", callback_data="h1AAAA")],
        [
            InlineKeyboardButton("👍", callback_data="fb:+:7:2"),
            InlineKeyboardButton("👎", callback_data="fb:-:7:2"),
        ],
        [InlineKeyboardButton("Open", url="https://example.org")],
    ]
)

thumbs = st.builds(
    Thumb,
    st.sampled_from([1, -1]),
    st.integers(0, 2**32 - 1),
    st.integers(0, 255),
    st.none()
    | st.builds(
        Receipt,
        st.integers(1, 10**18 - 1),
        st.text("0123456789abcdef", min_size=16, max_size=16),
    ),
)


@given(thumbs)
def test_thumb_travels_in_a_button(thumb: Thumb) -> None:
    data = thumb.encode()
    assert 1 <= len(data.encode()) <= 64
    assert Thumb.decode(data) == thumb


def test_thumb_that_was_not_pressed_has_the_form_that_answers_give() -> None:
    assert Thumb(1, 7, 2).encode() == "fb:+:7:2"
    assert Thumb(-1, 7, 2).encode() == "fb:-:7:2"


@pytest.mark.parametrize(
    "data",
    [
        "",
        "-",
        "fb",
        "fb:+:7",
        "fb:*:7:2",
        "fb:+:-7:2",
        "fb:+:7:2:",
        "fb:+:7:2:12",
        "fb:+:7:2:12:0123456789abcde",
        "fb:+:7:2:0:0123456789abcdef",
        "fb:+:7:2:12:0123456789ABCDEF",
        "fb:+:٧:2",
        "fb:+:7:2\n",
        "fb:+:99999999999:2",
    ],
)
def test_what_no_thumb_carries_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match="callback data"):
        Thumb.decode(data)


def test_other_buttons_are_no_thumbs() -> None:
    assert [thumb_of(button) for row in KEYBOARD.inline_keyboard for button in row] == [
        None,
        Thumb(1, 7, 2),
        Thumb(-1, 7, 2),
        None,
    ]


def test_passages_are_read_from_the_thumbs_alone() -> None:
    assert judged_passages(KEYBOARD) == {(7, 2)}
    assert judged_passages(None) == set()
    assert judged_passages(InlineKeyboardMarkup([])) == set()


@pytest.mark.parametrize(("verdict", "labels"), [(1, ["👍 ✓", "👎"]), (-1, ["👍", "👎 ✓"])])
def test_pressed_thumb_is_marked_and_both_carry_the_receipt(
    verdict: Verdict, labels: list[str]
) -> None:
    rows = mark(KEYBOARD, RECEIPT, verdict).inline_keyboard
    assert [button.text for button in rows[1]] == labels
    assert [button.callback_data for button in rows[1]] == [
        "fb:+:7:2:12:0123456789abcdef",
        "fb:-:7:2:12:0123456789abcdef",
    ]
    assert (rows[0], rows[2]) == (KEYBOARD.inline_keyboard[0], KEYBOARD.inline_keyboard[2])


def test_mark_moves_to_the_other_thumb_and_goes() -> None:
    judged = mark(KEYBOARD, RECEIPT, 1)
    assert mark(judged, RECEIPT, -1) == mark(KEYBOARD, RECEIPT, -1)
    assert mark(judged, RECEIPT, 1) == judged
    assert mark(judged, None, None) == KEYBOARD
