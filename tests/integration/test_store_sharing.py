"""Several processes and threads with one database."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

from helpers.builders import make_round
from helpers.runs import create_run, open_and_fill

from planner.store import Store


def test_processes_that_create_one_database_at_the_same_time_all_succeed(tmp_path: Path) -> None:
    path = tmp_path / "results.db"
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as processes:
        made = list(processes.map(open_and_fill, [str(path)] * 8, [2] * 8))

    with Store.open(path) as store:
        assert {one.run_id for one in store.runs()} == {run_id for some in made for run_id in some}
        assert len(store.runs()) == 16
    assert [file.name for file in tmp_path.iterdir()] == ["results.db"]


def test_threads_may_share_one_store(tmp_path: Path) -> None:
    with Store.open(tmp_path / "results.db") as store, ThreadPoolExecutor(4) as threads:
        run_id = create_run(store)
        recorded = [threads.submit(store.record_round, run_id, make_round(index=index)) for index in range(40)]
        read = [threads.submit(store.rounds, run_id) for _ in range(10)]

        assert all(one.result() is None for one in recorded)
        assert all(one.result() == tuple(sorted(one.result(), key=lambda each: each.index)) for one in read)
        assert [one.index for one in store.rounds(run_id)] == list(range(40))
