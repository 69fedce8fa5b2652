"""Bad input gets one clear line, and nothing is stored by half."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from corpus.readers import MAX_BYTES
from tests.support.documents import make_encrypted_pdf, make_scanned_pdf

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.end_to_end.conftest import Program

pytestmark = pytest.mark.model

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4

BAD_FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.txt": (lambda: b"", "is empty"),
    "picture.txt": (lambda: PNG, "not text"),
    "scan.pdf": (make_scanned_pdf, "no text layer"),
    "secret.pdf": (make_encrypted_pdf, "password"),
    "broken.docx": (lambda: b"PK\x03\x04 broken", "DOCX"),
    "huge.txt": (lambda: b"word " * (50 * 1024 * 1024 // 5), "MB"),
}


def assert_one_line(done: subprocess.CompletedProcess[str], code: int = 1) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    lines = [line for line in done.stderr.splitlines() if line]
    assert len(lines) == 1, done.stderr


@pytest.fixture(scope="module")
def report(module_program: Program) -> tuple[subprocess.CompletedProcess[str], Program]:
    """All bad files in one folder, with one good."""
    folder = module_program.directory / "folder"
    folder.mkdir()
    for name, (make, _) in BAD_FILES.items():
        (folder / name).write_bytes(make())
    good = "Бібліятэка адчынена па аўторках і чацвяргах, запісацца можна без дакументаў."
    (folder / "good.txt").write_text(good, encoding="utf-8")
    return module_program.run("add", "--json", str(folder)), module_program


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_file_gets_its_reason_and_the_others_go_in(
    report: tuple[subprocess.CompletedProcess[str], Program], name: str
) -> None:
    done, program = report

    result = json.loads(done.stdout)
    (failed,) = (line for line in result["documents"] if line["source"].endswith(name))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert BAD_FILES[name][1] in failed["error"]
    assert "\n" not in failed["error"]
    assert (result["failed"], result["added"]) == (len(BAD_FILES), 1)
    assert len(json.loads(program.run("documents", "list", "--json").stdout)) == 1


def test_limit_is_what_telegram_serves() -> None:
    assert MAX_BYTES == 20 * 1024 * 1024


def test_single_bad_file_is_one_line(program: Program) -> None:
    path = program.directory / "empty.txt"
    path.touch()

    done = program.run("add", str(path))

    assert_one_line(done)
    assert done.stderr.startswith("failed")
    assert program.run("documents").stdout == ""


def test_windows_1251_is_read_with_a_word_about_it(program: Program) -> None:
    text = "Бібліятэка ў Мінску адчынена па аўторках, а запісацца можна без дакументаў."
    path = program.directory / "old.txt"
    path.write_bytes(text.encode("cp1251"))

    done = program.run("add", str(path))

    assert done.returncode == 0
    assert "windows-1251" in done.stderr
    documents = json.loads(program.run("documents", "list", "--json").stdout)
    shown = program.run("documents", "show", "--json", documents[0]["id"])
    assert json.loads(shown.stdout)["text"] == text


def test_path_that_is_not_there(program: Program) -> None:
    done = program.run("add", "nothing.md")

    assert done.returncode == 1
    assert "nothing.md" in done.stderr
    assert "Traceback" not in done.stderr


def test_question_to_an_empty_corpus_says_what_to_do(program: Program) -> None:
    done = program.run("ask", "Што гэта?")

    assert done.returncode == 0
    assert "The corpus is empty" in done.stderr
    assert "daviedka add" in done.stderr


def test_folder_without_documents(program: Program) -> None:
    (program.directory / "folder").mkdir()

    assert_one_line(program.run("add", "folder"))


def test_unknown_setting(program: Program) -> None:
    done = program.run("documents", DAVIEDKA_MODELL="x")

    assert_one_line(done)
    assert "did you mean DAVIEDKA_MODEL?" in done.stderr


def test_token_that_is_none(program: Program) -> None:
    done = program.run("run", DAVIEDKA_TELEGRAM_TOKEN="not-a-token")  # noqa: S106  # it is none

    assert_one_line(done)
    assert "@BotFather" in done.stderr
    assert "not-a-token" not in done.stderr


def test_playground_port_that_is_taken(program: Program) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = program.run("run", DAVIEDKA_PLAYGROUND_PORT=str(port))

    assert_one_line(done)
    assert "DAVIEDKA_PLAYGROUND_PORT" in done.stderr
    assert not program.data_dir.exists()


def test_webhook_without_https(program: Program) -> None:
    settings = {
        "DAVIEDKA_TELEGRAM_TOKEN": "123456789:" + "A" * 35,
        "DAVIEDKA_WEBHOOK_URL": "http://bot.example.org/hook",
    }

    done = program.run("run", **settings)

    assert_one_line(done)
    assert "DAVIEDKA_WEBHOOK_URL" in done.stderr
    assert "https://" in done.stderr


def test_data_directory_that_cannot_be_written(program: Program) -> None:
    blocker = program.directory / "file"
    blocker.touch()

    done = program.run("documents", DAVIEDKA_DATA_DIR=str(blocker / "data"))

    assert_one_line(done)
    assert "DAVIEDKA_DATA_DIR" in done.stderr


def test_data_directory_that_another_process_holds(program: Program, tmp_path: Path) -> None:
    with subprocess.Popen(
        program.command("chat"),
        cwd=program.directory,
        env=program.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        holder.stdin.write("question\n")
        holder.stdin.flush()
        holder.stdout.readline()  # it answers, so it is up

        path = tmp_path / "a.txt"
        path.write_text("Five books may be taken home for four weeks.", encoding="utf-8")
        added = program.run("add", str(path))
        listed = program.run("documents", "list", "--json")

        holder.stdin.close()
        holder.wait()

    assert_one_line(added)
    assert "in use by another daviedka process" in added.stderr
    assert str(holder.pid) in added.stderr
    assert (listed.returncode, json.loads(listed.stdout)) == (0, [])


def test_database_that_is_none(program: Program) -> None:
    program.data_dir.mkdir()
    (program.data_dir / "corpus.db").write_bytes(b"no database" * 1000)

    done = program.run("documents")

    assert_one_line(done)
    assert "corpus.db" in done.stderr


def test_unknown_model(program: Program) -> None:
    done = program.run("sync", DAVIEDKA_MODEL="/nowhere/at/all")

    assert_one_line(done)
    assert "/nowhere/at/all" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["ask"], ["ask", "--k", "0", "question"], ["add"], ["documents", "show"]],
)
def test_wrong_usage_is_exit_code_2(program: Program, arguments: list[str]) -> None:
    done = program.run(*arguments)

    assert done.returncode == 2
    assert "Usage:" in done.stderr
    assert not program.data_dir.exists()


@pytest.mark.parametrize(
    "command",
    [
        [], ["run"], ["ask"], ["chat"], ["add"], ["documents"], ["documents", "list"],
        ["documents", "show"], ["documents", "remove"], ["documents", "restore"],
        ["documents", "purge"], ["documents", "history"], ["sync"], ["verify"], ["rebuild"],
    ],
)  # fmt: skip
def test_every_command_has_help_with_an_example(program: Program, command: list[str]) -> None:
    done = program.run(*command, "--help")

    assert done.returncode == 0
    assert "Example" in done.stdout
    assert "daviedka " in done.stdout.split("Example", maxsplit=1)[1]


def test_refused_token_is_one_line_that_does_not_show_it(program: Program) -> None:
    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            body = b'{"ok": false, "error_code": 401, "description": "Unauthorized"}'
            self.send_response(401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    token = "123456789:" + "A" * 35
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever).start()
        api = f"http://127.0.0.1:{server.server_port}"
        done = program.run("run", DAVIEDKA_TELEGRAM_TOKEN=token, DAVIEDKA_TELEGRAM_API=api)
        server.shutdown()

    assert_one_line(done)
    assert "refuses the token" in done.stderr
    assert token not in done.stderr


def test_telegram_that_cannot_be_reached_is_one_line(program: Program) -> None:
    token = "123456789:" + "A" * 35
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        api = f"http://127.0.0.1:{unused.getsockname()[1]}"
        done = program.run("run", DAVIEDKA_TELEGRAM_TOKEN=token, DAVIEDKA_TELEGRAM_API=api)

    assert_one_line(done)
    assert "cannot be reached" in done.stderr
    assert token not in done.stderr
