"""The options of `planner roofline`. Imports nothing heavy."""

import argparse

ROOFLINE_EXAMPLES = """examples:
  planner roofline                                   peaks on one thread, as bench measures
  planner roofline --threads 2
  planner roofline --workload efficientnet-lite0-fashion-mnist
  planner roofline --refresh --json > peaks.json     measured anew, half a minute

Peaks are kept in the cache for each host, processor, thread count and runtime versions. A limit
is a bound: the model's operations at the peak of the fastest precision that ran, or the bytes
beyond what the caches hold at the bandwidth of memory, whichever takes longer. What beats it is a
measuring error.

exit codes:
  0  done       2  usage, bad input, nothing to measure with
  70 a bug in planner · 130 interrupted"""


def add_roofline(parser: argparse.ArgumentParser) -> None:
    """What to find out, and how to tell it."""
    parser.add_argument(
        "--workload", metavar="NAME|FILE", help="its operations, its bytes, and what its latest run here reached"
    )
    parser.add_argument("--threads", type=int, metavar="N", help="threads (default: those of that run, else 1)")
    parser.add_argument("--refresh", action="store_true", help="measure the peaks anew")
    parser.add_argument("--json", action="store_true", help="print as JSON")
    parser.add_argument("--wait", metavar="TIME", default="0s", help="wait so long for a run on this host")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
