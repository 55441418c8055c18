"""A process that records rounds for ever and says so after each commit; tests kill it.

Usage: python recorder.py DATABASE RUN_ID
"""

import sys
from itertools import count

from helpers.builders import FP32, INT8, make_realistic_round

from harness.vocabulary import Round
from planner.store import Store


def recorded_round(index: int) -> Round:
    """The round that is recorded under this index."""
    return make_realistic_round((FP32, INT8), index=index)


def main() -> None:
    """Record and report until killed."""
    with Store.open(sys.argv[1]) as store:
        for index in count():
            store.record_round(sys.argv[2], recorded_round(index))
            sys.stdout.write(f"{index}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
