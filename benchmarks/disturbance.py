"""7. What the measuring parent itself takes of the machine while a child measures: CPU seconds a second.

Ours waits for a worker's block as in every run; the peer is optimum-benchmark's process launcher. Turns alternate.
"""

import sys
import time
from functools import partial

from benchmarks import peers
from benchmarks.arms import block, flagship_sides, serving
from benchmarks.comparison import Context, Found
from benchmarks.figures import of_repeats, ratio_of
from benchmarks.peers import Answer
from benchmarks.result import Outcome, Row, Unit
from benchmarks.runner import run_alone
from benchmarks.targets import at_most
from harness.supervisor.process import WorkerProcess

_MOST = 0.01
_PEER = "optimum-benchmark's process launcher"


def run(context: Context) -> Found:
    """Turns of so many seconds."""
    found = Found()
    seconds, turns = context.sized(10.0, 0.5), context.times(3, 2)
    side, _ = flagship_sides(context.folder("flagship"))
    ours, theirs = [], []
    with serving([side]) as workers:
        for turn in range(turns):
            context.narrate(f"turn {turn + 1} of {turns}")
            ours.append(_own_share(workers[side.arm.name], seconds))
            if _PEER not in found.absent:
                answer = found.ask(_PEER, partial(_ask, seconds))
                theirs.extend([answer.told["cpu_s"] / answer.told["wall_s"]] if answer else [])
    share = of_repeats(ours, Unit.SECONDS)
    found.rows.append(
        Row(
            what="CPU time of the parent a second of measuring",
            ours=share,
            peer=of_repeats(theirs, Unit.SECONDS) if theirs else None,
            peer_name=_PEER,
            ratio=ratio_of(ours, theirs),
            target="≤ 10 ms",
            outcome=at_most(max(ours), _MOST) if theirs else Outcome.PEER_ABSENT,
            in_readme=True,
        )
    )
    return found


def _ask(seconds: float) -> Answer:
    return peers.ask(peers.HUGGING_FACE, "process_launcher.py", {"seconds": seconds})


def _own_share(worker: WorkerProcess, seconds: float) -> float:
    """This process's CPU time over the wall time of one block."""
    before, began = time.process_time(), time.monotonic()
    block(worker, seconds)
    return (time.process_time() - before) / (time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(run_alone(__file__))
