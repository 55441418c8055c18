"""The folder of what can be made again: artifacts, engines, prepared workloads."""

import os
from pathlib import Path


def cache_root() -> Path:
    """`$PLANNER_CACHE`, or `planner` under the user's cache folder."""
    named = os.environ.get("PLANNER_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(named) if named else Path(base) / "planner"
