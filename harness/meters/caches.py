"""How much of what was read last the caches can hold, for the CPUs that threads are bound to.

Read from sysfs, once. Where the kernel does not tell, a size is assumed and said.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from harness.meters.absence import text_or_none
from harness.vocabulary import CacheSizes

ROOT = Path("/")
ASSUMED_BYTES = 64 * 2**20
"""Of a last level that cannot be read: more than desktop processors have, two chiplets of a server's."""
_SIZE = re.compile(r"(\d{1,9})([KMG])")
_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30}


def read_caches(cpus: Iterable[int], *, root: Path = ROOT) -> CacheSizes:
    """The caches of these CPUs; one that several of them share counts once.

    The last two levels are added, as many processors keep nothing twice: it is the most that could be held.
    """
    found = {one for cpu in cpus for one in _caches_of(root / f"sys/devices/system/cpu/cpu{cpu}/cache")}
    if not found:
        return CacheSizes(
            last_level_bytes=ASSUMED_BYTES,
            total_bytes=ASSUMED_BYTES,
            is_assumed=True,
            told=f"this system does not tell its caches: {ASSUMED_BYTES // 2**20} MiB are assumed",
        )
    last = max(level for level, _, _ in found)
    by_level = {level: sum(size for one, _, size in found if one == level) for level in (last, last - 1)}
    return CacheSizes(
        last_level_bytes=by_level[last],
        total_bytes=sum(by_level.values()),
        is_assumed=False,
        told=" and ".join(f"L{level} {size / 2**20:g} MiB" for level, size in by_level.items() if size),
    )


def _caches_of(folder: Path) -> Iterator[tuple[int, str, int]]:
    """Level, which CPUs share it, and bytes of every cache that holds data."""
    for index in sorted(folder.glob("index*")):
        level, kind, size, shared = (
            (text_or_none(index / name) or "").strip() for name in ("level", "type", "size", "shared_cpu_list")
        )
        match = _SIZE.fullmatch(size)
        if kind != "Instruction" and level.isdecimal() and match and int(match[1]):
            yield int(level), shared, int(match[1]) * _UNITS[match[2]]
