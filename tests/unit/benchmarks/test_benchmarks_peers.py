"""What is told of a peer that failed: its own last words, and never a command line of this machine."""

import sys
from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.comparison import Found
from benchmarks.end_to_end import result_rows
from benchmarks.peers import Answer, PeerAbsentError
from benchmarks.percentiles import percentile_ns
from benchmarks.result import Outcome

DOCUMENT = {"verdicts": [{"gate": "accepted"}], "comparisons": [{"ratio": 2.0}], "arms": []}


def failing(script: str) -> list[str | Path]:
    return [sys.executable, "-c", script]


def test_a_failed_program_is_absent_for_the_reason_it_gave_last_without_folders() -> None:
    said = "import sys; print('loading'); sys.exit('no /home/me/models/int8.xml: shape [1,3] does not fit\\n')"

    with pytest.raises(PeerAbsentError, match=r"^peer failed here, exit code 1: no int8\.xml: shape \[1,3\]") as told:
        peers.output_of(failing(said), name="peer")

    assert "/home" not in str(told.value)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("print('out of memory'); raise SystemExit(3)", "exit code 3: out of memory"),
        ("raise SystemExit(4)", "exit code 4: it said nothing"),
        ("import time; time.sleep(60)", "no answer after 0 s"),
    ],
)
def test_a_program_that_says_little_or_hangs_still_has_a_reason(script: str, reason: str) -> None:
    with pytest.raises(PeerAbsentError, match=reason):
        peers.output_of(failing(script), name="peer", timeout_s=0.3)


def test_a_program_that_is_not_there_could_not_be_started() -> None:
    with pytest.raises(PeerAbsentError, match="peer could not be started: No such file"):
        peers.output_of(["/nowhere/peer"], name="peer")


def test_the_reason_of_an_absent_peer_stands_where_the_table_reads_it() -> None:
    found = Found()

    assert found.ask("peer", lambda: peers.ask_python(Path(sys.executable), "no_such_script.py", {})) is None
    assert "No such file" in found.absent["peer"]


def test_benchmark_app_tells_microseconds_below_a_millisecond() -> None:
    assert percentile_ns("[ INFO ]    Median:           925.12 us") == pytest.approx(925_120.0)
    assert percentile_ns("[ INFO ]    99 percentile:     2.31 ms") == pytest.approx(2.31e6)
    with pytest.raises(PeerAbsentError, match="named no percentile, but 'Count: 5'"):
        percentile_ns("Count: 5")


def test_what_a_peer_leaves_untold_is_not_said_where_it_was_not_there() -> None:
    answer = Answer(told={"speed_up": 2.0, "fp32_accuracy": 0.9, "int8_accuracy": 0.8}, versions={}, wall_s=50.0)

    absent, there = result_rows(30.0, DOCUMENT, {"by hand": None, "Olive": answer})

    assert (absent.peer, absent.outcome) == (None, Outcome.MET)
    assert "without" not in (absent.note or "")
    assert (there.note or "").endswith("Olive came to 2.00× and 90.00 % → 80.00 %, without a gate, an interval, "
                                       "memory or a proof")  # fmt: skip
