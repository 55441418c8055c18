"""Whether a workload that planner made is still as it was made: by the sizes of its files, or by their hashes."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from harness.errors import WorkloadError
from harness.workloads.description import DESCRIPTION_FILE, Description, File, Texts, read_description
from harness.workloads.files import digest_of

_SIZES = "sizes.json"


def note_sizes(folder: Path) -> None:
    """Write down how large every file of a workload that was just made is."""
    sizes = {one.relative_to(folder).as_posix(): one.stat().st_size for one in folder.rglob("*") if one.is_file()}
    (folder / _SIZES).write_bytes(msgspec.json.encode(sizes))


def damage_by_size(folder: Path) -> str | None:
    """What is missing or of another size than it was made with; `None` where nothing is, or nothing was noted."""
    try:
        sizes = msgspec.json.decode((folder / _SIZES).read_bytes(), type=dict[str, int])
    except (OSError, msgspec.MsgspecError):  # made by an earlier planner: hashes tell, where they are asked for
        return None
    for name, size in sizes.items():
        try:
            found = (folder / name).stat().st_size
        except OSError:
            return f"{name} is missing"
        if found != size:
            return f"{name} has {found:,} of {size:,} bytes"
    return None


def damage_by_hash(folder: Path) -> str | None:
    """What is missing, or is not what the description pins; `None` where everything is."""
    if (damage := damage_by_size(folder)) is not None:
        return damage
    try:
        for file in _files_of(read_description(folder / DESCRIPTION_FILE)):
            if digest_of(folder / file.file) != (file.sha256 or digest_of(folder / file.file)):
                return f"{file.file} has changed"
    except WorkloadError as error:
        return str(error)
    return None


def _files_of(described: Description) -> Iterator[File]:
    model, data = described.model, described.data
    if model.file is not None:
        yield File(file=model.file, sha256=model.sha256)
    yield from model.weights
    if isinstance(described.preprocessing, Texts):
        yield File(file=described.preprocessing.tokenizer, sha256=described.preprocessing.sha256)
    for source in (data.test, data.calibration, data.search):
        if isinstance(source, File):
            yield source
