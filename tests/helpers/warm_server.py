"""A Python that has imported planner and forks for every command: run as a script with the number of its socket.

A command runs as `python -m planner` runs it: the same module, as `__main__`, to the interpreter's own end, in a
process of its own with the environment, folder and channels that it was sent. Only the imports are there already.
"""

import gc
import importlib
import json
import os
import pkgutil
import runpy
import socket
import sys
from collections.abc import Iterable

_LONGEST_MESSAGE = 1 << 17
_RUNTIMES = ("onnx", "onnxruntime", "openvino", "nncf", "torch")


def main(descriptor: int) -> None:
    """Answer one command after another; return in each command's process, and at the end of the socket."""
    channel = socket.socket(fileno=descriptor)
    _import_all(["planner.cli", "planner.services", "planner.services.plans", "planner.store"])
    _import_all(["harness.supervisor", "pricing"])
    for name in ("alembic.command", "alembic.config", "alembic.script", "sqlalchemy.dialects.sqlite"):
        importlib.import_module(name)
    gc.freeze()  # or each child, at its end, takes apart a heap that it shares: five times what the rest takes
    while _answer_one(channel):
        pass


def _import_all(packages: Iterable[str]) -> None:
    for package in packages:
        path = importlib.import_module(package).__path__
        for found in pkgutil.iter_modules(path, f"{package}."):
            importlib.import_module(found.name)
    loaded = [name for name in _RUNTIMES if name in sys.modules]
    if loaded:
        raise RuntimeError(f"no command may find {loaded} imported already")


def _answer_one(channel: socket.socket) -> bool:
    """False where nothing more is to be answered here; the caller then goes to its end."""
    message, channels, _, _ = socket.recv_fds(channel, _LONGEST_MESSAGE, 3)
    if not message:
        os._exit(0)
    child = os.fork()
    if not child:
        channel.close()
        _become(json.loads(message), channels)
        return False
    for one in channels:
        os.close(one)
    channel.send(str(child).encode())
    _, status = os.waitpid(child, 0)
    channel.send(str(os.waitstatus_to_exitcode(status)).encode())
    return True


def _become(command: dict[str, object], channels: Iterable[int]) -> None:
    for number, one in enumerate(channels):
        os.dup2(one, number)
        os.close(one)
    folder, environment, arguments = command["folder"], command["environment"], command["arguments"]
    assert isinstance(folder, str)
    assert isinstance(environment, dict)
    assert isinstance(arguments, list)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["planner", *arguments]


if __name__ == "__main__":
    main(int(sys.argv[1]))
    runpy.run_module("planner", run_name="__main__", alter_sys=True)
