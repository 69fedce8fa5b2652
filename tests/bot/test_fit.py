"""Every word of the bot fits where it is shown, in every language.

Which messages stand on buttons and in notices is read from the code, so none can be forgotten.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from telegram.constants import BotCommandLimit, BotDescriptionLimit, BotNameLimit

import bot
from bot.composing import utf16_length
from bot.handlers.presses import NOTICE_LENGTH
from bot.member_cards import LABEL_LENGTH
from bot.menus import group_commands, member_commands, moderator_commands
from bot.messages import Messages
from bot.profile import bot_name, description, short_description
from bot.voices import NAMES, VOICES, Voice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MESSAGES = Messages()
MODULES = [
    ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(Path(bot.__file__).parent.rglob("*.py"))
]
FUNCTIONS = [
    node
    for module in MODULES
    for node in ast.walk(module)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
]
BUTTONS = {"InlineKeyboardButton", "InlineQueryResultsButton", "button", "_button"}

# The English message of a call of gettext, or both of one of ngettext.
Said = tuple[str, ...]


def said_in(node: ast.AST, scope: ast.AST, seen: frozenset[str] = frozenset()) -> Iterator[Said]:
    """The messages that may become part of an expression, followed through names and calls."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            if part.func.attr in {"gettext", "ngettext"}:
                texts = [text.value for text in part.args if isinstance(text, ast.Constant)]
                yield tuple(text for text in texts if isinstance(text, str))
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            for called in FUNCTIONS:
                if called.name == part.func.id and called.name not in seen:
                    yield from returned_by(called, seen | {called.name})
        elif isinstance(part, ast.Name) and part.id not in seen:
            for value in values_of(part.id, scope):
                yield from said_in(value, scope, seen | {part.id})


def returned_by(
    function: ast.FunctionDef | ast.AsyncFunctionDef, seen: frozenset[str] = frozenset()
) -> Iterator[Said]:
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield from said_in(node.value, function, seen)


def values_of(name: str, scope: ast.AST) -> Iterator[ast.AST]:
    """What a name is given somewhere in a function."""
    for node in ast.walk(scope):
        targets: list[ast.expr] = []
        value: ast.AST | None = None
        match node:
            case ast.Assign():
                targets, value = node.targets, node.value
            case ast.AnnAssign() | ast.NamedExpr():
                targets, value = [node.target], node.value
            case ast.For() | ast.comprehension():
                targets, value = [node.target], node.iter
        names = {
            part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)
        }
        if name in names and value is not None:
            yield value


@cache
def labels() -> frozenset[Said]:
    """The messages on buttons."""
    return frozenset(
        said
        for function in FUNCTIONS
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in BUTTONS
        for label in [*call.args[:1], *(word.value for word in call.keywords if word.arg == "text")]
        for said in said_in(label, function)
    )


@cache
def notices() -> frozenset[Said]:
    """The messages that pop up where a button was pressed."""
    found: set[Said] = set()
    for function in FUNCTIONS:
        if [argument.arg for argument in function.args.args][-1:] == ["parts"]:
            found.update(returned_by(function))
        for call in ast.walk(function):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "answer"
            ):
                found.update(said for text in call.args[:1] for said in said_in(text, function))
    return frozenset(found)


def spoken(said: Iterable[Said], voice: Voice) -> set[str]:
    """Messages in every plural form, with numbers of three digits in the place of names."""
    words = MESSAGES.for_voice(voice)
    return {
        re.sub(r"\{\w+\}", "999", words.ngettext(*one, count) if len(one) == 2 else text)
        for one in said
        if one
        for count in (1, 2, 5)
        for text in [words.gettext(one[0])]
    }


def test_buttons_and_notices_are_found() -> None:
    assert {("Forget me",), ("As in Telegram",), ("Undo",)} <= labels()
    assert ("From now on I speak like this.",) in notices()
    assert ("I have forgotten your wish.",) in notices()


@pytest.mark.parametrize("voice", VOICES)
def test_labels_of_buttons_fit_on_a_phone(voice: Voice) -> None:
    long = [text for text in spoken(labels(), voice) if utf16_length(text) > LABEL_LENGTH]
    assert long == []
    assert all(utf16_length(f"✓ {name}") <= LABEL_LENGTH / 2 for name in NAMES.values())


@pytest.mark.parametrize("voice", VOICES)
def test_notices_fit(voice: Voice) -> None:
    long = [text for text in spoken(notices(), voice) if utf16_length(text) > NOTICE_LENGTH]
    assert long == []


@pytest.mark.parametrize("voice", VOICES)
def test_commands_fit(voice: Voice) -> None:
    words = MESSAGES.for_voice(voice)
    for commands in (
        member_commands(words),
        group_commands(words, administrator=True),
        moderator_commands(words, owner=True),
    ):
        assert len({command.command for command in commands}) == len(commands) <= 100
        for command in commands:
            assert re.fullmatch(r"[a-z0-9_]{1,32}", command.command)
            assert utf16_length(command.description) >= BotCommandLimit.MIN_DESCRIPTION
            assert utf16_length(command.description) <= BotCommandLimit.MAX_DESCRIPTION


@pytest.mark.parametrize("voice", VOICES)
def test_name_and_descriptions_fit(voice: Voice) -> None:
    words = MESSAGES.for_voice(voice)
    assert 1 <= utf16_length(bot_name(words)) <= BotNameLimit.MAX_NAME_LENGTH
    assert (
        utf16_length(short_description(words)) <= BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH
    )
    assert utf16_length(description(words)) <= BotDescriptionLimit.MAX_DESCRIPTION_LENGTH
