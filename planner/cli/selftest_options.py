"""The options of `planner selftest`, and what its help says. Imports nothing heavy."""

import argparse

SELFTEST_EXAMPLES = """examples:
  planner selftest --quick              under a minute
  planner selftest                      at least 1,000 trials; says first how long it takes
  planner selftest --runtime openvino --json

Three processes of one FP32 model are measured as in `planner bench`: the model, the same
again, and the same slowed down by 3 % of every call. The certificate says how often the
first two are called different, how often the third is found, whether bounds of quantiles
hold, what the memory peak sees, and what timing itself costs. It is stored, and shown with
every run of this machine. --quick times blocks of 5 ms in place of 20 and promises less.

exit codes:
  0  every promise is kept           3  some could not be told: noise, load, too few trials
  1  some promise is not kept        130 interrupted: what was recorded is shown, not stored
  2  usage, a missing runtime, or a worker that failed"""


def add_selftest(parser: argparse.ArgumentParser) -> None:
    """How much is measured, with what, and how it is told."""
    parser.add_argument("--quick", action="store_true", help="under a minute, with fewer trials and promises")
    parser.add_argument("--runtime", metavar="NAME", help="measure with this one (default: the first that is here)")
    parser.add_argument("--workload", metavar="NAME|FILE", help="whose FP32 model is measured (default: the flagship)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the order of turns (default: 1)")
    parser.add_argument("--wait", metavar="TIME", default="0s", help="wait so long for another run on this host")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    parser.add_argument("--json", action="store_true", help="print the certificate as JSON")
