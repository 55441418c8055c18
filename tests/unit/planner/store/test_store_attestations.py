"""What people vouch for is kept with its run: read back, taken back, carried by archives, deleted with it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from helpers.archives import build_archive, edited, entries_of
from helpers.builders import INT8
from helpers.runs import create_run
from helpers.stores import open_store

from planner.errors import ArchiveError, RunNotFoundError, StoreError
from planner.store import Store
from planner.store.archive import export_runs, import_runs
from planner.store.attestations import Attestation

MOMENT = datetime(2026, 11, 3, 9, tzinfo=UTC)


def test_they_are_read_in_the_order_in_which_they_were_given(store: Store) -> None:
    run_id = create_run(store)

    given = [
        store.record_attestation(run_id, "rollback", candidate=one, by="A. Name", note="drill") for one in (None, INT8)
    ]

    assert store.attestations(run_id) == tuple(given)
    assert store.attestations(create_run(store)) == ()
    store.delete(run_id)
    assert store.attestations(run_id) == ()


def test_what_is_taken_back_stays_readable(tmp_path: Path) -> None:
    clock = iter(MOMENT + timedelta(days=day) for day in range(10))
    with open_store(tmp_path / "results.db", now=lambda: next(clock)) as store:
        run_id = create_run(store)
        store.record_attestation(run_id, "ci", candidate=None, by="A. Name", note="green")
        store.record_attestation(run_id, "ci", candidate=INT8, by="B. Name", note="of one arm")

        assert store.withdraw_attestation(run_id, "ci", candidate=None) == 1
        assert store.withdraw_attestation(run_id, "ci", candidate=None) == 0
        assert [one.withdrawn is None for one in store.attestations(run_id)] == [False, True]


def test_an_archive_carries_them_and_a_run_that_is_there_keeps_its_own(tmp_path: Path) -> None:
    with open_store(tmp_path / "a.db") as here, open_store(tmp_path / "b.db") as there:
        run_id = create_run(here)
        here.record_attestation(run_id, "rollback", candidate=None, by="A. Name", note="drill")
        export_runs(here, [run_id], tmp_path / "runs.zip")

        assert import_runs(there, tmp_path / "runs.zip").imported == (run_id,)
        assert there.attestations(run_id) == here.attestations(run_id)

        there.withdraw_attestation(run_id, "rollback", candidate=None)
        assert import_runs(there, tmp_path / "runs.zip").already_present == (run_id,)
        assert there.attestations(run_id)[0].withdrawn is not None


@pytest.mark.parametrize(
    "lie", [{"by": ""}, {"note": "x" * 501}, {"by": "\u202eevil"}, {"moment": "2026-11-03T09:00:00+01:00"}]
)
def test_an_archive_in_which_nobody_could_have_said_so_is_refused(tmp_path: Path, lie: dict[str, str]) -> None:
    with open_store(tmp_path / "a.db") as here, open_store(tmp_path / "b.db") as there:
        run_id = create_run(here)
        here.record_attestation(run_id, "rollback", candidate=None, by="A. Name", note="drill")
        export_runs(here, [run_id], tmp_path / "runs.zip")
        honest = entries_of(tmp_path / "runs.zip")[f"runs/{run_id}.json"]
        lying = edited(honest, lambda document: document["attestations"][0].update(lie))
        build_archive(tmp_path / "lie.zip", {run_id: lying})

        with pytest.raises(ArchiveError, match=r"printable|not in UTC"):
            import_runs(there, tmp_path / "lie.zip")
        assert there.runs() == ()


def test_nobody_vouches_for_a_run_that_is_not_there_nor_in_control_characters(store: Store) -> None:
    with pytest.raises(RunNotFoundError):
        store.record_attestation("abcdef01", "ci", candidate=None, by="A", note="n")
    with pytest.raises(StoreError, match="printable"):
        Attestation(point="ci", candidate=None, by="a\x1b[31m", note="n", moment=MOMENT)
