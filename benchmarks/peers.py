"""Other tools, each in an environment of its own: found, asked by script, or absent with the reason.

A script of `peer_scripts/` is run by its environment's Python with one JSON argument, and answers with one JSON object
on its last line of standard output. It imports nothing of ours.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.result import BenchmarkError

HERE = Path(__file__).resolve().parent
SCRIPTS = HERE / "peer_scripts"
MOST_S = 900.0  # the longest peer takes three minutes on two quiet cores
_TOLD = 300
_FOLDERS = re.compile(r"(?<![\w.:/])/(?:[^\s'\"/:]+/)+")
_QUIET = {
    "CI": "true",
    "HF_HUB_OFFLINE": "1",
    "LOG_TO_FILE": "0",
    "NNCF_CI": "1",
    "OLIVE_DISABLE_TELEMETRY": "1",
    "ORT_DISABLE_TELEMETRY": "1",
}

LOADGEN, NEURAL_COMPRESSOR, HUGGING_FACE = "peers", "neural-compressor", "torch"
"""LoadGen and pyperf; Neural Compressor 2.6 with an old NumPy; Olive and optimum-benchmark with PyTorch."""


class PeerAbsentError(BenchmarkError):
    """A peer that is not installed, or that failed on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a peer's script said, the versions it named, and what asking cost."""

    told: dict[str, Any]
    versions: dict[str, str]
    wall_s: float


def environment(name: str) -> Path:
    """The folder of a peers' environment: `.venv-NAME` beside this file, or below `$BENCHMARKS_PEERS`."""
    return Path(os.environ.get("BENCHMARKS_PEERS") or HERE) / f".venv-{name}"


def python_of(name: str) -> Path:
    """The Python of a peers' environment.

    Raises:
        PeerAbsentError: it has not been made.
    """
    python = environment(name).absolute() / "bin" / "python"
    if not python.exists():
        raise PeerAbsentError(f"{environment(name).name} has not been made here: `make benchmarks` makes it")
    return python


def ask(name: str, script: str, arguments: dict[str, Any], *, timeout_s: float = MOST_S) -> Answer:
    """Run a script in a peers' environment and read its answer.

    Raises:
        PeerAbsentError: the environment is not here, or the script failed, hung or gave no answer.
    """
    return ask_python(python_of(name), script, arguments, timeout_s=timeout_s)


def ask_python(python: Path, script: str, arguments: dict[str, Any], *, timeout_s: float = MOST_S) -> Answer:
    """The same with any Python, as with our own for what is installed beside us.

    Raises:
        PeerAbsentError: the script failed, hung or gave no answer; in the words of whatever failed.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:  # some leave files where they are run
        command: list[str | Path] = [python, "-P", SCRIPTS / script, json.dumps(arguments)]
        said = output_of(command, name=script, timeout_s=timeout_s, cwd=folder, env=_variables())
    wall_s = time.monotonic() - began
    *_, answer = ["", *said.strip().splitlines()]
    try:
        told = json.loads(answer)
        versions = {str(key): str(value) for key, value in told.pop("versions").items()}
    except (ValueError, KeyError, AttributeError) as error:
        raise PeerAbsentError(f"{script} gave no answer but {answer[:_TOLD]!r}") from error
    return Answer(told=told, versions=versions, wall_s=wall_s)


def output_of(
    command: Sequence[str | Path],
    *,
    name: str,
    timeout_s: float = MOST_S,
    cwd: str | None = None,
    env: Mapping[str, str] | None = None,
) -> str:
    """What a peer's program writes on standard output.

    Raises:
        PeerAbsentError: it cannot be started, hung, or failed; with the last of what it said about it.
    """
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=timeout_s, check=False, cwd=cwd, env=env
        )
    except subprocess.TimeoutExpired as error:
        raise PeerAbsentError(f"{name} had no answer after {timeout_s:.0f} s") from error
    except OSError as error:
        raise PeerAbsentError(f"{name} could not be started: {error.strerror}") from error
    if done.returncode:
        said = last_words(done.stderr) or last_words(done.stdout) or "it said nothing"
        raise PeerAbsentError(f"{name} failed here, exit code {done.returncode}: {said}")
    return done.stdout


def program(name: str) -> str:
    """A peer that is a program on the path.

    Raises:
        PeerAbsentError: it is not installed.
    """
    found = shutil.which(name)
    if found is None:
        raise PeerAbsentError(f"{name} is not on the path: install the Debian package of that name")
    return found


def last_words(text: str) -> str:
    """The last line that says something, cut, with folders left out: it goes into a table that others read."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return _FOLDERS.sub("", lines[-1])[:_TOLD] if lines else ""


def _variables() -> dict[str, str]:
    """Ours, less what leads to our own packages."""
    return {key: value for key, value in quietly().items() if key not in {"PYTHONPATH", "PYTHONHOME"}}


def quietly() -> dict[str, str]:
    """This process's variables, with those by which tools are told to fetch nothing and to report to nobody."""
    return {**os.environ, **_QUIET}
