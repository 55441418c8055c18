"""Messages as JSON lines, one a line, versioned. A line that is no message of this version is a `WorkerError`."""

from typing import TypeVar, get_args

import msgspec

from harness.errors import HarnessError, WorkerError
from harness.events.answers import Event
from harness.events.commands import Command

PROTOCOL_VERSION = 1
LINE_LIMIT_BYTES = 64 * 2**20  # predictions of millions of samples fit; a runaway worker does not
# What msgspec raises for bytes that are no JSON of the type: also for broken UTF-8 and for nesting without end.
_MALFORMED = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)

Message = TypeVar("Message", bound=Command | Event)

_COMMANDS: dict[str, type[Command]] = {kind.__name__: kind for kind in get_args(Command)}
_EVENTS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}


def encode(message: Command | Event) -> bytes:
    """One line, newline included."""
    return msgspec.json.encode([type(message).__name__, message]) + b"\n"


def decode_command(line: bytes) -> Command:
    """Read a line from the supervisor.

    Raises:
        WorkerError: the line is not a command of this version.
    """
    kind, body = _split(line)
    if kind not in _COMMANDS:
        raise WorkerError(f"unknown command {kind[:40]!r}: supervisor and worker differ in version")
    return _convert(body, _COMMANDS[kind])


def decode_event(line: bytes) -> Event:
    """Read a line from a worker.

    Raises:
        WorkerError: the line is not an event of this version.
    """
    kind, body = _split(line)
    if kind not in _EVENTS:
        raise WorkerError(f"the worker said something that is no event: {line[:80]!r}")
    return _convert(body, _EVENTS[kind])


def _split(line: bytes) -> tuple[str, msgspec.Raw]:
    try:
        kind, body = msgspec.json.decode(line, type=tuple[str, msgspec.Raw])
    except _MALFORMED as error:
        raise WorkerError(f"a line that is no message: {line[:80]!r}") from error
    return kind, body


def _convert(body: msgspec.Raw, kind: type[Message]) -> Message:
    try:
        return msgspec.json.decode(body, type=kind)
    except (*_MALFORMED, HarnessError) as error:  # ours: a value that cannot be built
        raise WorkerError(f"a {kind.__name__} message that is malformed: {error}") from error
