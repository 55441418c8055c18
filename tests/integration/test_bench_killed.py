"""`planner bench` is killed at fifty random moments: nothing that was committed is lost, and every run can go on."""

import contextlib
import random
import subprocess
import time
from pathlib import Path

from helpers.committed import Committed
from helpers.fake_bench import FakeBench
from helpers.fake_workload import FP32, PER_CHANNEL, make_int8_script, make_script

from harness.vocabulary import Round, RunState

DATABASES = 10
KILLS = 5  # of each database, in turn while blocks are timed and at any moment from the start on
LATEST_MOMENT_S = 1.2  # a run takes about half a second to its first worker, and another to its first round
MOST_ROUNDS = 12
LOOK_S = 0.01  # a round takes longer to commit, and whoever looks all the time takes the CPU from who measures
LAST_KILLED_WHILE_TIMED = 5  # of the databases; the others begin and end with a kill at any moment
RESUMED = 7
# Calls so long and unsteady that no round settles anything: four minutes of the scripted clock hold 26 rounds.
UNSTEADY = {
    FP32: make_script(latency_us=100_000.0, jitter=2.0),
    PER_CHANNEL: make_int8_script(latency_us=100_000.0, jitter=2.0),
}


def test_fifty_kills_lose_no_committed_round_and_the_runs_can_be_resumed(tmp_path: Path) -> None:
    chance = random.Random(20)
    killed_while_timed = 0
    for number in range(DATABASES):
        fake = FakeBench(folder=tmp_path / str(number))
        fake.write_workload(UNSTEADY)
        for kill in range(KILLS):
            is_timed = (kill % 2 == 0) == (number < LAST_KILLED_WHILE_TIMED)
            least_rounds = chance.randint(1, MOST_ROUNDS) if is_timed else 0
            delay_s = chance.uniform(0, 0.05 if least_rounds else LATEST_MOMENT_S)
            killed_while_timed += _kill(fake, least_rounds=least_rounds, delay_s=delay_s)
        if number < RESUMED:
            _resume(fake)
    assert killed_while_timed >= DATABASES * KILLS // 2


def _kill(fake: FakeBench, *, least_rounds: int, delay_s: float) -> bool:
    """Kill a new run `delay_s` after it has committed so many rounds; whether it was timing blocks."""
    committed = Committed(fake.database)
    before = committed.look()
    with fake.started("--quiet", "--budget", "4m") as process:
        while committed.look() - before < least_rounds:
            assert process.poll() is None, process.communicate()
            time.sleep(LOOK_S)
        _watch(process, committed, seconds=delay_s)
        process.kill()
        process.wait()
    fake.require_no_process()
    seen = len(committed.rounds) - before
    if fake.database.exists():
        committed.require_sound()
        _require_whole(fake)
    return seen > 0


def _watch(process: subprocess.Popen[str], committed: Committed, *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        committed.look()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=LOOK_S)


def _require_whole(fake: FakeBench) -> None:
    """Every stored round can be read, and none before it is missing."""
    with fake.store() as store:
        for run in store.runs():
            rounds = store.rounds(run.run_id)
            assert [one.index for one in rounds] == list(range(len(rounds)))
            assert all(one.turns for one in rounds)


def _resume(fake: FakeBench) -> None:
    before = _rounds(fake)

    answer = fake.planner("resume", "--quiet")

    assert answer.returncode == 3, answer  # nothing could be decided, and that is the run's honest end
    after = _rounds(fake)
    assert after[: len(before)] == before
    assert {one.launch for one in before} <= {0}
    assert {one.launch for one in after[len(before) :]} == ({1} if before else {0})
    with fake.store() as store:
        run = store.load(store.resolve("latest"))
    assert run.state is RunState.COMPLETED
    assert not run.failures


def _rounds(fake: FakeBench) -> tuple[Round, ...]:
    with fake.store() as store:
        return store.rounds(store.resolve("latest"))
