"""Which planner this is. Looked up on demand: reading package metadata takes longer than all of `--help`."""

import importlib.metadata


def planner_version() -> str:
    """The installed version, or `unknown` where the code runs without being installed."""
    try:
        return importlib.metadata.version("planner")
    except importlib.metadata.PackageNotFoundError:
        return "unknown"
