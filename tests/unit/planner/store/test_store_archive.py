"""Runs leave one store and arrive in another as they were."""

import zipfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from helpers.archives import build_archive, edited, entries_of
from helpers.builders import FP32, INT8, make_memory, make_realistic_round
from helpers.runs import create_full_run, create_run
from helpers.server import make_level

from harness.vocabulary import RunState
from planner.errors import ArchiveError, RunNotFoundError, StoreError
from planner.store import Store
from planner.store.archive import export_runs, import_runs
from planner.store.container import Manifest
from planner.store.document import RunDocument


def test_a_run_arrives_with_everything_that_was_recorded(store: Store, other: Store, tmp_path: Path) -> None:
    run_id = create_full_run(store)
    store.record_round(run_id, make_realistic_round((FP32, INT8), index=5))
    export_runs(store, [run_id], tmp_path / "runs.zip")

    outcome = import_runs(other, tmp_path / "runs.zip")

    assert (outcome.imported, outcome.already_present) == ((run_id,), ())
    assert other.load(run_id) == store.load(run_id)
    assert other.rounds(run_id) == store.rounds(run_id)
    assert other.runs() == store.runs()


@pytest.mark.parametrize("state", list(RunState))
def test_a_run_in_any_state_arrives_in_that_state(store: Store, other: Store, tmp_path: Path, state: RunState) -> None:
    run_id = create_run(store)
    store.finish(run_id, state, None)
    export_runs(store, [run_id], tmp_path / "runs.zip")

    import_runs(other, tmp_path / "runs.zip")

    assert other.load(run_id) == store.load(run_id)


def test_exporting_the_same_runs_again_gives_the_same_bytes(store: Store, other: Store, tmp_path: Path) -> None:
    first, second = create_full_run(store), create_full_run(store)

    export_runs(store, [first, second], tmp_path / "one.zip")
    export_runs(store, [second, first, first], tmp_path / "two.zip")
    import_runs(other, tmp_path / "one.zip")
    export_runs(other, [first, second], tmp_path / "three.zip")

    one = (tmp_path / "one.zip").read_bytes()
    assert one == (tmp_path / "two.zip").read_bytes() == (tmp_path / "three.zip").read_bytes()


def test_an_archive_is_a_plain_zip_whose_manifest_lists_it(store: Store, tmp_path: Path) -> None:
    run_id = create_full_run(store)
    export_runs(store, [run_id], tmp_path / "runs.zip")

    entries = entries_of(tmp_path / "runs.zip")

    manifest = msgspec.json.decode(entries["manifest.json"], type=Manifest)
    assert set(entries) == {"manifest.json", f"runs/{run_id}.json"}
    assert (manifest.format_version, [entry.name for entry in manifest.files]) == (1, [f"runs/{run_id}.json"])
    document = msgspec.json.decode(entries[f"runs/{run_id}.json"], type=RunDocument)
    assert document.run == store.load(run_id)
    with zipfile.ZipFile(tmp_path / "runs.zip") as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_importing_twice_changes_nothing(store: Store, other: Store, tmp_path: Path) -> None:
    run_id = create_full_run(store)
    export_runs(store, [run_id], tmp_path / "runs.zip")
    import_runs(other, tmp_path / "runs.zip")
    before = (other.load(run_id), other.rounds(run_id))

    outcome = import_runs(other, tmp_path / "runs.zip")

    assert (outcome.imported, outcome.already_present) == ((), (run_id,))
    assert (other.load(run_id), other.rounds(run_id)) == before


def test_a_run_that_is_there_with_other_content_stops_the_whole_import(
    store: Store, other: Store, tmp_path: Path
) -> None:
    new, changed = create_full_run(store), create_full_run(store)
    export_runs(store, [changed], tmp_path / "one.zip")
    import_runs(other, tmp_path / "one.zip")
    other.record_memory(changed, FP32, make_memory(peak_bytes=1))
    export_runs(store, [new, changed], tmp_path / "both.zip")
    before = other.load(changed)

    with pytest.raises(ArchiveError, match=rf"run {changed} is already in the database with other content"):
        import_runs(other, tmp_path / "both.zip")

    assert [one.run_id for one in other.runs()] == [changed]
    assert other.load(changed) == before


def test_one_bad_run_among_good_ones_stops_the_whole_import(store: Store, other: Store, tmp_path: Path) -> None:
    good = create_full_run(store)
    export_runs(store, [good], tmp_path / "runs.zip")
    document = entries_of(tmp_path / "runs.zip")[f"runs/{good}.json"]
    archive = build_archive(tmp_path / "bad.zip", {good: document, "ffffffff": b"{}"})

    with pytest.raises(ArchiveError, match="run ffffffff makes no sense"):
        import_runs(other, archive)

    assert other.runs() == ()


def test_an_archive_of_before_outputs_were_kept_is_imported(store: Store, other: Store, tmp_path: Path) -> None:
    run_id = create_full_run(store)
    export_runs(store, [run_id], tmp_path / "runs.zip")
    document = edited(entries_of(tmp_path / "runs.zip")[f"runs/{run_id}.json"], _forget_what_0003_added)

    import_runs(other, build_archive(tmp_path / "older.zip", {run_id: document}))

    run = other.load(run_id)
    assert (run.agreements, run.pipelines, run.calibration_findings) == ((), (), ())
    assert run.verdicts == store.load(run_id).verdicts


def test_an_archive_of_before_limits_were_kept_is_imported(store: Store, other: Store, tmp_path: Path) -> None:
    run_id = create_full_run(store)
    export_runs(store, [run_id], tmp_path / "runs.zip")
    document = edited(entries_of(tmp_path / "runs.zip")[f"runs/{run_id}.json"], _forget_limits)

    import_runs(other, build_archive(tmp_path / "older.zip", {run_id: document}))

    assert other.load(run_id).limits == ()


def _forget_limits(document: Any) -> None:  # noqa: ANN401 - JSON
    del document["run"]["limits"]


def _forget_what_0003_added(document: Any) -> None:  # noqa: ANN401 - JSON
    for name in ("agreements", "pipelines", "calibration_findings"):
        del document["run"][name]
    for arm in document["run"]["arms"]:
        for name in ("outputs", "output_samples", "change"):
            del arm["prediction"][name]


def test_an_existing_file_is_only_replaced_when_asked(store: Store, tmp_path: Path) -> None:
    run_id = create_full_run(store)
    target = tmp_path / "runs.zip"
    target.write_text("precious")

    with pytest.raises(ArchiveError, match=r"runs\.zip exists: choose another path"):
        export_runs(store, [run_id], target)
    assert target.read_text() == "precious"

    export_runs(store, [run_id], target, overwrite=True)
    assert zipfile.is_zipfile(target)


def test_the_database_itself_is_never_overwritten(store: Store, tmp_path: Path) -> None:
    run_id = create_full_run(store)
    (tmp_path / "link.zip").symlink_to(tmp_path / "results.db")

    for target in (tmp_path / "results.db", tmp_path / "link.zip"):
        with pytest.raises(ArchiveError, match="is the database itself"):
            export_runs(store, [run_id], target, overwrite=True)


def test_exporting_what_is_not_there_leaves_no_file(store: Store, tmp_path: Path) -> None:
    present = create_full_run(store)

    with pytest.raises(RunNotFoundError):
        export_runs(store, [present, "ffffffff"], tmp_path / "runs.zip")
    with pytest.raises(ArchiveError, match="nothing to export"):
        export_runs(store, [], tmp_path / "runs.zip")

    assert not list(tmp_path.glob("*runs.zip*"))


def test_a_target_that_cannot_be_is_named(store: Store, tmp_path: Path) -> None:
    run_id = create_full_run(store)

    with pytest.raises(ArchiveError, match=r"is a folder: name a file in it, for example .*runs\.zip"):
        export_runs(store, [run_id], tmp_path)
    with pytest.raises(ArchiveError, match=r"the folder .*nowhere does not exist"):
        export_runs(store, [run_id], tmp_path / "nowhere" / "runs.zip")


def test_more_runs_than_an_import_takes_are_not_exported(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="export fewer runs at a time"):
        export_runs(store, [f"{number:08x}" for number in range(10_000)], tmp_path / "runs.zip")


def test_an_archive_that_is_not_there_is_an_error(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"runs\.zip cannot be read \(No such file or directory\)"):
        import_runs(store, tmp_path / "runs.zip")
    with pytest.raises(ArchiveError, match="cannot be read"):
        import_runs(store, tmp_path)


def test_an_import_into_a_database_that_cannot_be_written_is_an_error(store: Store, tmp_path: Path) -> None:
    run_id = create_full_run(store)
    export_runs(store, [run_id], tmp_path / "runs.zip")
    store.is_writable = False

    with pytest.raises(StoreError, match="can only be read here"):
        import_runs(store, tmp_path / "runs.zip")


def test_a_provenance_may_hold_any_names_and_numbers(store: Store, other: Store, tmp_path: Path) -> None:
    run_id = create_run(store)
    store.record_artifact(
        run_id, FP32, "ab" * 32, 1, {"index": -1, "offset_s": -0.5, "accuracy": 97.5, "deep": [[[{}]]]}
    )
    export_runs(store, [run_id], tmp_path / "runs.zip")

    import_runs(other, tmp_path / "runs.zip")

    assert other.load(run_id) == store.load(run_id)


def test_an_interval_of_a_mean_wait_that_once_reached_below_zero_is_imported(
    store: Store, other: Store, tmp_path: Path
) -> None:
    recorded = create_run(store)
    store.record_server_level(recorded, make_level(index=7, mean_wait_lower_s=-1e-5))
    export_runs(store, [recorded], tmp_path / "runs.zip")

    import_runs(other, tmp_path / "runs.zip")

    assert -1e-5 in {one.mean_wait_lower_s for one in other.server_levels(recorded)}
