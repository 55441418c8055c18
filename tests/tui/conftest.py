"""The app in a folder of its own: nothing of the user's is read or written. Snapshots of its screens are pictures."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation


class Picture(SingleFileSnapshotExtension):
    """One SVG a state, in `snapshots`, which any browser shows."""

    _write_mode = WriteMode.TEXT
    file_extension = "svg"

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """A folder for each file of tests."""
        return str(Path(test_location.filepath).parent / "snapshots" / test_location.basename)


@pytest.fixture
def pictures(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """What screens looked like, by name.

    In a test: `assert snapshot_of(app) == pictures(name="results-light")`.

    A change that is wanted is kept with `pytest tests/tui --snapshot-update`, after looking at the new pictures. A
    state is worth a picture if people will meet it and words alone would not show that it broke: keep them few, and at
    80 columns.
    """
    return snapshot.use_extension(Picture)


@pytest.fixture(autouse=True)
def _of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CACHE", "STATE", "CONFIG", "HOST_LOCK"):
        monkeypatch.setenv(f"PLANNER_{name}", str(tmp_path / name.lower()))
    monkeypatch.delenv("PLANNER_DB", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
