"""Keeps a brought workload where every process finds it by name: a description in the cache, named by its content.

The same request gives the same name, so that runs of it belong together and a run can be resumed.
"""

import hashlib
import itertools
import shutil
import tempfile
import tomllib
from pathlib import Path

from harness.errors import WorkloadError
from harness.workloads.bringing import Brought
from harness.workloads.description import DESCRIPTION_FILE, Description, read_description
from harness.workloads.places import workload_cache
from harness.workloads.strictness import faults_in, refusal
from harness.workloads.writing import description_text

_DIGITS = (8, 16, 64)  # more where another description has the same start
_UNFINISHED = ".unfinished-"
_HEAD = (
    "Written by planner for files named on the command line; what it assumed stands in the comments.",
    "To change it, copy it beside your files, name them without their folder, and start with --workload FILE.",
)


def keep(brought: Brought) -> str:
    """Write the description, unless it is there already, and return the name under which it can be opened.

    Raises:
        WorkloadError: it says something that no description may say, or the cache cannot be written.
    """
    described = brought.described
    comments: dict[str, list[str]] = {}
    for note in brought.notes:
        comments.setdefault(note.table, []).append(note.sentence)
    content = description_text(described, head=_HEAD, comments=comments).encode()
    faults = itertools.chain(faults_in(tomllib.loads(content.decode()), Description), described.faults())
    if (fault := refusal(Path(described.name), faults)) is not None:
        raise fault
    digest = hashlib.sha256(description_text(described).encode()).hexdigest()  # comments may be worded anew
    root = workload_cache()
    try:
        root.mkdir(parents=True, exist_ok=True)
        for digits in _DIGITS:
            name = f"{described.name}@{digest[:digits]}"
            if _placed(root / name, described, content):
                return name
    except OSError as error:
        raise WorkloadError(
            f"{root} cannot be written: {error.strerror or error}; set PLANNER_CACHE to another folder"
        ) from error
    raise WorkloadError(f"{root / name} holds another description: remove that folder")


def _placed(folder: Path, described: Description, content: bytes) -> bool:
    """Whether the folder holds this description, made whole in one step where it did not exist."""
    if not folder.exists():
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=_UNFINISHED))
        try:
            (temporary / DESCRIPTION_FILE).write_bytes(content)
            temporary.chmod(0o755)
            temporary.rename(folder)
        except OSError:
            if not folder.exists():  # else another process was first
                raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    try:
        return read_description(folder / DESCRIPTION_FILE) == described
    except WorkloadError:  # somebody changed it
        return False
