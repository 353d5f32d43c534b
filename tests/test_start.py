"""The sandbox from the command line: it comes up, it ends, and what is wrong is a sentence without a stack trace."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.slack import wait_until

HOUSE = Path(__file__).parent.parent
HEAD = "slack_id,name,department,role,region,tz\n"


def start(folder: Path, *words: str) -> subprocess.Popen[str]:
    """`python -m bot sandbox` in a folder of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "bot", "sandbox", *words],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(HOUSE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which something listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


def test_it_comes_up_with_the_app_in_it_and_ends_at_once(tmp_path: Path) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    program = start(tmp_path, "--port", str(port))

    def is_up() -> bool:
        try:
            seen = httpx.get(f"http://127.0.0.1:{port}/_sandbox/see", params={"user": "UE50DGOK6"})
        except httpx.TransportError:
            return False
        return bool(seen.json()["app"]["connected"])

    wait_until(is_up, "the app is connected", patience=60)
    assert "<!doctype html>" in httpx.get(f"http://127.0.0.1:{port}/").text
    program.send_signal(signal.SIGINT)
    out, wrong = program.communicate(timeout=30)
    assert (program.returncode, wrong) == (0, "")
    assert f"http://127.0.0.1:{port}/" in out


def test_a_taken_port_is_a_sentence(tmp_path: Path, taken: int) -> None:
    program = start(tmp_path, "--port", str(taken))
    _, wrong = program.communicate(timeout=60)
    assert program.returncode == 2
    assert wrong.startswith(f"Something listens on port {taken} already")
    assert wrong.count("\n") == 1


@pytest.mark.parametrize(
    ("people", "said"),
    [
        (None, "people.csv is missing."),
        (HEAD + "U0123ABCD,Ada,sales,boss,DACH,Europe/Berlin\n", "people.csv, line 2: “boss” is no role"),
    ],
)
def test_a_wrong_company_is_a_sentence(tmp_path: Path, people: str | None, said: str) -> None:
    if people is not None:
        (tmp_path / "people.csv").write_text(people, encoding="utf-8")
    program = start(tmp_path, "--port", "0", "--company", str(tmp_path))
    _, wrong = program.communicate(timeout=60)
    assert (program.returncode, wrong.count("\n")) == (2, 1), wrong
    assert said in wrong
