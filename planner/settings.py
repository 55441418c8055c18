"""Where things lie unless somebody says otherwise. Reads the environment, nothing else."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

DEFAULT_DATABASE = "results.db"


def database_address(named: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """`--db`, else `PLANNER_DB`, else `results.db` of the current folder."""
    return named or environment.get("PLANNER_DB") or DEFAULT_DATABASE


def log_folder(run_id: str, environment: Mapping[str, str] = os.environ) -> Path:
    """Where the workers of a run write what their libraries say: under `PLANNER_STATE` or the user's state folder."""
    named = environment.get("PLANNER_STATE")
    if named:
        return Path(named) / "logs" / run_id
    base = environment.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "planner" / "logs" / run_id


def is_interactive() -> bool:
    """Whether somebody watches standard error."""
    return sys.stderr.isatty()
