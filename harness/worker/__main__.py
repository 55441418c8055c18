"""The outermost door of a worker: channels, the command loop, and its end.

Standard output belongs to the protocol: it is moved to a private descriptor first, and
anything a library prints lands in the log. A worker whose parent is gone ends by itself.
"""

import contextlib
import ctypes
import faulthandler
import os
import re
import signal
import sys
import traceback
from typing import BinaryIO

from harness.errors import HarnessError
from harness.events import PROTOCOL_VERSION, Hello, Quit, Refused, decode_command, encode
from harness.foreign_errors import telling_sentence
from harness.worker.duties import Duties

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_NO_MEMORY = re.compile(r"failed to allocate memory|bad_alloc|bad allocation|(can't|cannot) allocate", re.IGNORECASE)
_LONGEST_LOGGED = 2000
_LONGEST_MESSAGE = 500


def main() -> int:
    """Serve commands until `Quit` or the end of input."""
    _die_with_parent()
    os.register_at_fork(after_in_child=_die_with_parent)  # what a library forks must not outlive the worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to handle
    faulthandler.enable()  # a crash in a runtime's native code leaves in the log where it was
    events = _take_stdout()
    with contextlib.suppress(BrokenPipeError):
        events.write(encode(Hello(version=PROTOCOL_VERSION, pid=os.getpid())))
        events.flush()
        _serve(sys.stdin.buffer, events)
    return 0


def _serve(commands: BinaryIO, events: BinaryIO) -> None:
    duties = Duties()
    for line in commands:
        try:
            command = decode_command(line)
            if isinstance(command, Quit):
                return
            for event in duties.carry_out(command):
                events.write(encode(event))
                events.flush()
        except HarnessError as error:
            _tell(error)
            _refuse(events, error)
        except MemoryError as error:  # numpy raises a private child of it
            traceback.print_exc()
            _refuse(events, error, kind=MemoryError.__name__, message=f"out of memory: {error}".removesuffix(": "))
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001 - the outermost door: whatever a runtime raises becomes a stored failure
            traceback.print_exc()
            if _NO_MEMORY.search(str(error)):
                _refuse(events, error, kind=MemoryError.__name__, message=f"out of memory: {telling_sentence(error)}")
            else:
                _refuse(events, error)


def _tell(error: BaseException) -> None:
    """Into the log: what is refused, after what other libraries said of it. No stack: this is no bug of ours.

    A log's end is shown to the user, so that of other libraries' screens only the telling sentence goes there.
    """
    if error.__cause__ is not None:
        _tell(error.__cause__)
    told = " ".join(str(error).split()) if isinstance(error, HarnessError) else telling_sentence(error)
    sys.stderr.write(f"{type(error).__name__}: {told[:_LONGEST_LOGGED]}\n")


def _refuse(events: BinaryIO, error: BaseException, *, kind: str | None = None, message: str | None = None) -> None:
    kind = kind or type(error).__name__
    told = message or (str(error) if isinstance(error, HarnessError) else telling_sentence(error))
    sentence = _plain(" ".join(told.split())[:_LONGEST_MESSAGE]) or kind
    events.write(encode(Refused(error=kind, message=sentence)))
    events.flush()


def _plain(text: str) -> str:
    """Without what a terminal would obey: runtimes quote the names that a model gives its nodes."""
    return "".join(one if one.isprintable() else "?" for one in text)


def _take_stdout() -> BinaryIO:
    private = os.dup(1)
    os.dup2(2, 1)
    os.environ["PLANNER_EVENT_FD"] = str(private)
    return os.fdopen(private, "wb")


def _die_with_parent() -> None:
    """Ask the kernel for SIGKILL when the parent goes, for the case of a call that never returns."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
