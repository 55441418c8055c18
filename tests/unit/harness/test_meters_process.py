"""Counters of this very process around a piece of work."""

import subprocess
import sys
import threading

from harness.meters.process import BlockCounters, read_block_counters


def test_work_within_a_block_is_counted_in_all_threads() -> None:
    before = read_block_counters()
    worker = threading.Thread(target=sum, args=(range(1_000_000),))
    worker.start()
    worker.join()

    added = read_block_counters().since(before)

    assert added.cpu_ns > 0
    assert added.voluntary_switches >= 0
    assert added.involuntary_switches >= 0


def test_a_block_that_waits_gives_up_its_core_voluntarily() -> None:
    before = read_block_counters()

    subprocess.run([sys.executable, "-c", ""], check=True)

    assert read_block_counters().since(before).voluntary_switches >= 1


def test_what_a_block_added_is_the_difference_of_every_counter() -> None:
    before = BlockCounters(cpu_ns=10, voluntary_switches=2, involuntary_switches=1)
    after = BlockCounters(cpu_ns=110, voluntary_switches=5, involuntary_switches=1)

    assert after.since(before) == BlockCounters(cpu_ns=100, voluntary_switches=3, involuntary_switches=0)
