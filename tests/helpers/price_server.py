"""A price service on this machine that is honest, slow, broken or hostile, as a test asks."""

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

Script = Callable[["Handler"], None]


class _Quiet(ThreadingHTTPServer):
    """Says nothing on standard error of clients that leave: what is there belongs to the command under test."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Only what is not about the connection is told."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class PriceServer:
    """Answers on the loopback interface with whatever `script` does; `asked` is every path so far, in order."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.agents: list[str | None] = []
        self.script: Script = lambda handler: handler.send(404, b"")
        self.is_over = threading.Event()
        bound = type("Bound", (Handler,), {"server_of_test": self})
        self._server = _Quiet(("127.0.0.1", 0), bound)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answers(self, script: Script) -> str:
        """Answer so from now on; the address."""
        self.is_over.set()  # what still hangs from before ends
        self.is_over = threading.Event()
        self.asked.clear()
        self.agents.clear()
        self.script = script
        return self.address

    def close(self) -> None:
        """Stop."""
        self.is_over.set()
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server_of_test: ClassVar[PriceServer]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        service = self.server_of_test
        service.asked.append(self.path)
        service.agents.append(self.headers["User-Agent"])
        with contextlib.suppress(OSError):  # the client had enough
            service.script(self)

    def send(self, status: int, body: bytes, *, kind: str = "application/json", **headers: str) -> None:
        """A whole answer; `headers` with underscores for hyphens."""
        self.begin(status, kind=kind, Content_Length=str(len(body)), **headers)
        self.wfile.write(body)

    def begin(self, status: int, *, kind: str = "application/json", **headers: str) -> None:
        """The head of an answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def chunks(self, pieces: Iterator[bytes], *, kind: str, **headers: str) -> None:
        """An answer whose length is not told before."""
        self.begin(200, kind=kind, Transfer_Encoding="chunked", **headers)
        for piece in pieces:
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def hang(self) -> None:
        """Say nothing until the test is over."""
        self.server_of_test.is_over.wait(10)
        self.close_connection = True

    def log_message(self, *_arguments: object) -> None:
        """Nothing on standard error."""
