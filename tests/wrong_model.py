"""A language model's server of ours: it answers what a test hands it, or wrong in one of many ways."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Claims = dict[str, Any]


def point(text: str, *messages: int, quote: str = "") -> Claims:
    """One claim as a model gives it."""
    return {"text": text, "messages": list(messages), "quote": quote}


def claims(**parts: Any) -> Claims:
    """A summary as a model gives it; parts that are not given are empty."""
    return {"key_points": [], "decisions": [], "open_questions": [], "dissent": None, "asks": []} | parts


class WrongModel:
    """The server; `fault` names how it is wrong ("" is right), `said` is the summary that it gives, or a function that
    makes one of the messages that it is asked about. `asked` keeps every question.
    """

    def __init__(self) -> None:
        self.fault, self.said = "", claims()
        self.answer: Callable[[list[dict[str, Any]]], Claims] | None = None
        self.asked: list[dict[str, Any]] = []
        self.stopped = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close it; whoever waits gets nothing."""
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def summary(self, question: dict[str, Any]) -> Claims:
        """What a right answer says."""
        data = json.loads(question["messages"][-1]["content"])
        return self.answer(data) if self.answer else self.said


@contextmanager
def wrong_model() -> Iterator[WrongModel]:
    """A server that lives until the block ends."""
    server = WrongModel()
    try:
        yield server
    finally:
        server.stop()


def completion(content: str, **more: Any) -> bytes:
    """A chat completion with that content."""
    message = {"role": "assistant", "content": content}
    told = {
        "id": "c1", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000},
    }  # fmt: skip
    return json.dumps(told | more).encode()


# What each fault sends instead: a status, and a body.
BODIES: dict[str, tuple[int, bytes]] = {
    "401": (401, b'{"error": {"message": "wrong key", "code": "invalid_api_key"}}'),
    "404": (404, b'{"error": {"message": "no such model"}}'),
    "429": (429, b'{"error": {"message": "slow down"}}'),
    "quota": (429, b'{"error": {"message": "pay first", "code": "insufficient_quota"}}'),
    "500": (500, b"oh no"),
    "400": (400, b'{"error": {"message": "what is json_schema?"}}'),
    "redirect": (302, b""),
    "html": (200, b"<html>Log in to the hotel's network</html>"),
    "empty": (200, b""),
    "null": (200, b"null"),
    "no choices": (200, json.dumps({"id": "1", "choices": []}).encode()),
    "broken JSON": (200, completion('{"key_points": [{"text": "a", ')),
    "another shape": (200, completion('{"summary": "All is well."}')),
    "prose": (200, completion("Sure! Here is the summary: all is well.")),
    "wrong types": (200, completion(json.dumps(claims(key_points="all is well")))),
    "deep": (200, completion("[" * 50_000)),
    "cut off": (200, completion('{"key', choices=[{"index": 0, "finish_reason": "length",
                                                     "message": {"role": "assistant", "content": '{"key'}}])),
    "refusal": (200, completion("", choices=[{"index": 0, "finish_reason": "stop", "message": {
        "role": "assistant", "content": None, "refusal": "I would rather not."}}])),
    "a megabyte": (200, completion("x" * 1_000_000)),
}  # fmt: skip
TIMED = ("never", "late", "drip", "drip header", "hang up", "gzip")


def _handler(server: WrongModel) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            if server.fault:
                return self._fail()
            self._send(200, json.dumps({"object": "list", "data": [{"id": "m", "object": "model"}]}).encode())

        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["content-length"])))
            server.asked.append(question)
            if server.fault:
                return self._fail()
            self._send(200, completion(json.dumps(server.summary(question))))

        def _fail(self) -> None:
            fault = server.fault
            if fault in BODIES:
                return self._send(*BODIES[fault])
            with suppress(OSError):
                if fault == "never":
                    server.stopped.wait(60)
                elif fault == "late":
                    server.stopped.wait(3)
                    self._send(200, completion(json.dumps(server.said)))
                elif fault == "hang up":
                    self.connection.close()
                elif fault == "gzip":
                    self._send(200, b"\x1f\x8b nonsense", encoding="gzip")
                elif fault == "drip header":
                    self._drip(b"HTTP/1.1 200 OK\r\nX-Long: ")
                else:
                    self._drip(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")

        def _drip(self, first: bytes) -> None:
            self.wfile.write(first)
            while not server.stopped.is_set():
                self.wfile.write(b"a")
                self.wfile.flush()
                time.sleep(0.05)

        def _send(self, status: int, body: bytes, encoding: str = "") -> None:
            with suppress(OSError):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                if encoding:
                    self.send_header("Content-Encoding", encoding)
                if status == 302:
                    self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.end_headers()
                self.wfile.write(body)

    return Handler
