"""`planner serve`: the app in a browser. A process of its own for every page; it ends with the page.

There is no login. What keeps strangers out is that only this machine is listened to, and that no other web page may
talk to it: a page from elsewhere in the same browser could otherwise open the very same channel.
"""

import argparse
import ipaddress
import os
import socket

from harness.errors import UsageError
from planner.cli import diagnostics
from planner.errors import PlannerError
from planner.settings import database_address

_MOST_PORT = 65_535
_WAITING = 16
_WARNING = (
    "there is no login: whoever can open this page can do all that you can do in the app, also start runs and write "
    "files"
)


def serve(options: argparse.Namespace) -> int:
    """Serve the app until Ctrl-C.

    Raises:
        UsageError: if the address cannot be had, or is other machines' too and that was not said to be known.
        PlannerError: if the package that serves is missing.
    """
    if not 0 <= options.port <= _MOST_PORT:
        raise UsageError(f"--port {options.port}: write a number from 1 to {_MOST_PORT}, or 0 for any that is free")
    channel, is_loopback = _channel(options)
    with channel:
        try:
            from planner.cli.serving import PageServer  # noqa: PLC0415 - an extra, and slow to load
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("planner"):
                raise  # it is ours, and a fault
            raise PlannerError(
                f"the package {error.name} is missing: pip install 'planner[serve]' lets planner serve the app"
            ) from error
        os.environ["PLANNER_DB"] = database_address(options.db)  # the pages' processes read it there
        port = channel.getsockname()[1]
        server = PageServer(host=options.host, port=port, is_loopback=is_loopback)
        diagnostics.note(f"the app is at {server.public_url} (Ctrl-C ends it)")
        diagnostics.note(f"! {_WARNING}")
        if not is_loopback:
            diagnostics.note("! it is open to other machines")
        server.run(channel)
    return 0


def _channel(options: argparse.Namespace) -> tuple[socket.socket, bool]:
    """A bound socket, and whether only this machine reaches it."""
    told = f"{options.host}:{options.port}"
    try:
        found = socket.getaddrinfo(options.host or None, options.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UsageError(f"--host {options.host!r:.100} is no address of this machine") from error
    family, _, _, _, address = found[0]
    is_loopback = ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback
    if not options.host or (not is_loopback and not options.knows_no_login):
        raise UsageError(
            f"--host {options.host!r:.100} lets other machines in, and there is no login: add "
            "--i-know-it-has-no-login, or go through ssh -L"
        )
    channel = socket.socket(family, socket.SOCK_STREAM)
    try:
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        channel.bind(address)
        channel.listen(_WAITING)
    except OSError as error:
        channel.close()
        raise UsageError(f"{told} cannot be had: {error.strerror or error}; name another with --port") from error
    return channel, is_loopback
