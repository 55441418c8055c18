"""The app in a folder of its own: nothing of the user's is read or written."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CACHE", "STATE", "CONFIG", "HOST_LOCK"):
        monkeypatch.setenv(f"PLANNER_{name}", str(tmp_path / name.lower()))
    monkeypatch.delenv("PLANNER_DB", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
