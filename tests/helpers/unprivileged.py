"""Runs code as a user without privileges: permissions do not stop root."""

import os
import traceback
from collections.abc import Callable

_NOBODY = 65534


def as_nobody(action: Callable[[], str]) -> str:
    """What `action` returns in a child process that is not root, or the error that it raised, as text."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _answer(action, writer)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return text


def _answer(action: Callable[[], str], writer: int) -> None:
    try:
        if os.getuid() == 0:
            os.setgroups([])
            os.setresgid(_NOBODY, _NOBODY, _NOBODY)
            os.setresuid(_NOBODY, _NOBODY, _NOBODY)
        text = action()
    except Exception as error:  # noqa: BLE001 - the parent judges whatever it was
        text = f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
    os.write(writer, text.encode())
    os._exit(0)
