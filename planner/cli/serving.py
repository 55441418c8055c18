"""The server behind `planner serve`: textual-serve's, on a socket of ours, closed to other web pages."""

import asyncio
import shlex
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

_COMMAND = shlex.join((sys.executable, "-m", "planner.tui"))
_GRACE_S = 5.0  # for the pages' processes to end by themselves
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self' data:; img-src 'self' data:; connect-src 'self' ws://{host}; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'"
)
"""Nothing is fetched from elsewhere: the page of textual-serve would ask Google for a font."""
_HEAD = """<title>planner</title>
    <script>
      new MutationObserver((_changes, watch) => {
        const keys = document.querySelector("textarea.xterm-helper-textarea");
        if (keys) { watch.disconnect(); keys.focus(); }
      }).observe(document, {childList: true, subtree: true});
    </script>
  </head>"""
"""Keys go to the app as soon as it is there: textual-serve's page has no title, and takes none before a click."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class PageServer(Server):
    """Serves the app."""

    def __init__(self, *, host: str, port: int, is_loopback: bool) -> None:
        shown = f"[{host}]" if ":" in host else host
        super().__init__(_COMMAND, host=shown, port=port, title="planner", public_url=f"http://{shown}:{port}")
        self._is_loopback = is_loopback
        self._names = {host, "localhost", "127.0.0.1", "::1"}
        self._pages: set[asyncio.Task[Any]] = set()

    def run(self, channel: socket.socket) -> None:
        """Until Ctrl-C or SIGTERM."""
        web.run_app(self._make_app(), sock=channel, print=None, access_log=None, shutdown_timeout=_GRACE_S)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guarded())
        return app

    def _guarded(self) -> Any:  # noqa: ANN401 - aiohttp's decorator has no public type
        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not self._is_asked_for_by_itself(request):
                raise web.HTTPForbidden(text="another page may not use planner\n")
            response = await handler(request)
            if not response.prepared:
                response.headers["Content-Security-Policy"] = _POLICY.format(host=request.host)
                response.headers["Referrer-Policy"] = "no-referrer"
                response.headers["X-Content-Type-Options"] = "nosniff"
            return response

        return guard

    def _is_asked_for_by_itself(self, request: web.Request) -> bool:
        """By its own name, and from no page but its own.

        A page from elsewhere may open a channel to any machine, and may even give this one a name of its own (DNS
        rebinding): the browser says in both cases whose page it is, or by which name it asks.
        """
        try:
            name, page = (_place(text) for text in (f"//{request.host}", request.headers.get("Origin")))
        except ValueError:
            return False
        is_known = not self._is_loopback or (name is not None and name[0] in self._names)
        return is_known and page in {None, name}

    async def on_startup(self, app: web.Application) -> None:
        """Nothing: what there is to say is said on standard error."""

    async def on_shutdown(self, app: web.Application) -> None:
        """End the pages, and with them their processes."""
        del app
        for page in self._pages:
            page.cancel()
        if self._pages:
            await asyncio.wait(self._pages, timeout=_GRACE_S)

    async def handle_index(self, request: web.Request) -> Any:  # noqa: ANN401 - as its own class has it
        """The page, which finds its parts by the name that it was asked for."""
        self.public_url = f"http://{request.host}"
        page = await super().handle_index(request)
        if isinstance(page, web.Response) and page.text is not None:
            page.text = page.text.replace("</head>", _HEAD, 1)
        return page

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """One page."""
        page = asyncio.current_task()
        if page is not None:
            self._pages.add(page)
            page.add_done_callback(self._pages.discard)
        return await super().handle_websocket(request)


def _place(url: str | None) -> tuple[str | None, int | None] | None:
    """Name and port.

    Raises:
        ValueError: if it is no address.
    """
    if url is None:
        return None
    parts = urlsplit(url)
    return parts.hostname, parts.port
