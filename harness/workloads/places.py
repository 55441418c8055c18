"""Where planner keeps what it can make again: artifacts, prepared workloads, workloads brought by path."""

import os
from pathlib import Path


def cache_root() -> Path:
    """`$PLANNER_CACHE`, or `planner` under the user's cache folder."""
    named = os.environ.get("PLANNER_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(named) if named else Path(base) / "planner"


def workload_cache() -> Path:
    """Folders of workloads that were prepared or brought: the one place whose descriptions may name files anywhere."""
    return cache_root() / "workloads"
