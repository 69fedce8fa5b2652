from __future__ import annotations

import logging
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.models import DetectedLanguage
from index.second_reading import ApertiumReading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CYRILLIC = DetectedLanguage("be", "Cyrl", 0.9)
LATIN = DetectedLanguage("be", "Latn", 0.9)

# A stage of the pipeline: replaces a word in each text that ends with NUL, and flushes. Texts
# with some words make it end, or never answer. As in Apertium, it must be told to flush (-z).
STAGE = """#!{python} -SE
import sys
_, flush, old, new, *_ = sys.argv
assert flush == "-z"
text = b""
while byte := sys.stdin.buffer.read(1):
    text += byte
    if byte == b"\\0":
        words = text.decode()
        if "канец" in words:
            sys.exit(1)
        if "цішыня" not in words:
            sys.stdout.buffer.write(words.replace(old, new).encode())
            sys.stdout.buffer.flush()
        text = b""
"""


def install(root: Path, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    """Put a program "apertium" with a pair of languages where `find` looks."""
    (root / "bin").mkdir()
    modes = root / "share" / "apertium" / "modes"
    modes.mkdir(parents=True)
    for name in ("apertium", "stage"):
        program = root / "bin" / name
        program.write_text(STAGE.format(python=sys.executable), encoding="utf-8")
        program.chmod(0o755)
    (modes / "bel-rus.mode").write_text(mode, encoding="utf-8")
    monkeypatch.setenv("PATH", str(root / "bin"))


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApertiumReading]:
    """A pipeline of two stages that each know one word."""
    install(tmp_path, monkeypatch, "stage 'дом' 'здание' $2 | stage як как $1")
    found = ApertiumReading.find()
    assert found is not None
    with closing(found):
        yield found


@pytest.fixture(scope="module")
def real() -> Iterator[ApertiumReading]:
    found = ApertiumReading.find()
    if found is None:
        pytest.skip("apertium and apertium-bel-rus are not installed, and need not be")
    with closing(found):
        yield found


def test_question_goes_through_all_stages(fake: ApertiumReading) -> None:
    assert fake("як прадаць дом?", CYRILLIC) == "как прадаць здание?"
    assert fake("дом", CYRILLIC) == "здание"


def test_latin_script_becomes_cyrillic_first(fake: ApertiumReading) -> None:
    assert fake("jak pradać dom?", LATIN) == "как прадаць здание?"


@pytest.mark.parametrize("language", ["ru", "uk", "pl", "lt", "en", "de"])
def test_other_languages_are_not_read(fake: ApertiumReading, language: str) -> None:
    assert fake("як", DetectedLanguage(language, "Cyrl", 0.9)) is None  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize("query", ["", "  \n", "[]{}", "без перамен"])
def test_nothing_new_is_no_reading(fake: ApertiumReading, query: str) -> None:
    assert fake(query, CYRILLIC) is None


def test_signs_of_the_stream_format_do_no_harm(fake: ApertiumReading) -> None:
    assert fake("^як$ [дом]\\ {a} <b> @ /\0 \n👍🏽 שלום", CYRILLIC) == "как здание a b 👍🏽 שלום"
    assert fake("як \ud83d", CYRILLIC) == "как ?"  # half of a surrogate pair


def test_long_question_is_read(fake: ApertiumReading) -> None:
    assert fake("дом " * 1024, CYRILLIC) == ("здание " * 1024).strip()
    assert fake("дом " * 100_000, CYRILLIC) == ("здание " * 1024).strip()


def test_askers_at_once_get_their_own_readings(fake: ApertiumReading) -> None:
    queries = [f"як {number}" for number in range(50)]

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda query: fake(query, CYRILLIC), queries))

    assert found == [f"как {number}" for number in range(50)]


@pytest.mark.parametrize("query", ["канец дом", "цішыня дом"])
def test_failure_is_no_reading_and_the_next_question_is_read(
    fake: ApertiumReading, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    fake._timeout = 0.5

    with caplog.at_level(logging.DEBUG):
        assert fake(query, CYRILLIC) is None

    assert "Apertium fails" in caplog.text
    assert "дом" not in caplog.text
    fake._timeout = 10
    assert fake("як", CYRILLIC) == "как"


def test_closed_reading_leaves_no_process_and_starts_again(fake: ApertiumReading) -> None:
    fake("як", CYRILLIC)
    processes = fake._processes

    fake.close()

    assert len(processes) == 2
    assert all(process.returncode is not None for process in processes)
    assert fake("як", CYRILLIC) == "как"


@pytest.mark.parametrize("mode", ["", "|", "stage 'open", "absent-program $1"])
def test_installation_that_cannot_be_used_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    install(tmp_path, monkeypatch, mode)

    assert ApertiumReading.find() is None


def test_no_program_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert ApertiumReading.find() is None


def test_program_without_the_pair_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, monkeypatch, "stage a b")
    shutil.rmtree(tmp_path / "share")

    assert ApertiumReading.find() is None


def test_program_itself_reads_both_scripts(real: ApertiumReading) -> None:
    assert real("Дзе абмяняць пашпарт?", CYRILLIC) == "Где обменять паспорт?"
    assert real("Dzie abmianiać pašpart?", LATIN) == "Где обменять паспорт?"


def test_program_itself_leaves_unknown_words_without_marks(real: ApertiumReading) -> None:
    assert real("дзе мой песель?", CYRILLIC) == "где мой песель?"


@given(query=st.text(max_size=200) | st.text("абв дом^$[]{}<>@/\\*#+~&;\0\n", max_size=60))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_program_itself_survives_any_text(real: ApertiumReading, query: str) -> None:
    real(query, CYRILLIC)

    assert real("Дзе абмяняць пашпарт?", CYRILLIC) == "Где обменять паспорт?"
