from __future__ import annotations

from bot.memory import MOST, SECONDS, Exchange, Memory

CHAT, USER, OTHER = -100, 77, 78


class Clock:
    """Seconds by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def exchange(question_id: int = 1, answer_id: int = 2) -> Exchange:
    return Exchange("q", "q", "q", 5, "d1", "be", question_id, answer_id)


def test_what_was_asked_last_is_known_by_asker_question_and_answer() -> None:
    memory = Memory()
    first, second = exchange(), exchange(3, 4)
    for said in (first, second):
        memory.remember(said, chat_id=CHAT, user_id=USER)
    assert memory.last(chat_id=CHAT, user_id=USER) == second
    assert memory.of_question(CHAT, 1) == first
    assert memory.of_answer(CHAT, 4) == second


def test_others_chats_and_topics_are_kept_apart() -> None:
    memory = Memory()
    memory.remember(exchange(), chat_id=CHAT, user_id=USER, thread_id=9)
    assert memory.last(chat_id=CHAT, user_id=USER, thread_id=9) == exchange()
    assert memory.last(chat_id=CHAT, user_id=USER) is None
    assert memory.last(chat_id=CHAT, user_id=OTHER, thread_id=9) is None
    assert memory.last(chat_id=-101, user_id=USER, thread_id=9) is None
    assert memory.of_question(-101, 1) is None
    assert memory.of_answer(CHAT, 1) is None


def test_after_ten_minutes_nothing_is_known() -> None:
    clock = Clock()
    memory = Memory(clock)
    memory.remember(exchange(), chat_id=CHAT, user_id=USER)
    clock.now = SECONDS - 1
    assert memory.last(chat_id=CHAT, user_id=USER) == exchange()
    clock.now = SECONDS
    assert memory.last(chat_id=CHAT, user_id=USER) is None
    assert memory.of_answer(CHAT, 2) is None
    assert len(memory) == 0


def test_asking_again_begins_ten_minutes_anew() -> None:
    clock = Clock()
    memory = Memory(clock)
    memory.remember(exchange(), chat_id=CHAT, user_id=USER)
    clock.now = SECONDS - 1
    memory.remember(exchange(3, 4), chat_id=CHAT, user_id=USER)
    clock.now = SECONDS + 1
    assert memory.last(chat_id=CHAT, user_id=USER) == exchange(3, 4)
    assert memory.of_question(CHAT, 1) is None


def test_memory_is_bounded_and_forgets_the_oldest_first() -> None:
    memory = Memory()
    for number in range(0, 2 * MOST, 2):
        memory.remember(exchange(number, number + 1), chat_id=CHAT, user_id=number)
    assert len(memory) == MOST
    assert memory.of_question(CHAT, 0) is None
    assert memory.of_question(CHAT, 2 * MOST - 2) is not None


def test_who_is_forgotten_is_not_known_anywhere() -> None:
    memory = Memory()
    memory.remember(exchange(), chat_id=CHAT, user_id=USER)
    memory.remember(exchange(), chat_id=USER, user_id=USER)
    memory.remember(exchange(3, 4), chat_id=CHAT, user_id=OTHER)
    memory.forget(USER)
    assert memory.last(chat_id=CHAT, user_id=USER) is None
    assert memory.of_answer(USER, 2) is None
    assert memory.last(chat_id=CHAT, user_id=OTHER) == exchange(3, 4)
    memory.clear()
    assert len(memory) == 0
