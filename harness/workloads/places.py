"""Where planner keeps what it can make again: artifacts, prepared workloads, workloads brought by path."""

from pathlib import Path

from harness.runtimes.places import cache_root

__all__ = ["cache_root", "workload_cache"]


def workload_cache() -> Path:
    """Folders of workloads that were prepared or brought: the one place whose descriptions may name files anywhere."""
    return cache_root() / "workloads"
