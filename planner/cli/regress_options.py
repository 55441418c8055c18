"""The options of `planner regress`. Imports nothing heavy."""

import argparse

REGRESS_EXAMPLES = """examples:
  planner regress                           the latest run against the like runs before it
  planner regress 3f9a --last 50
  planner regress --against 81bc            all runs since 81bc against those up to it
  planner regress --tolerance 3%            speed-ups and p50; or speed-up=3%,accuracy=0.5%
  planner bench && planner regress --junit regress.xml

A history holds completed runs of the same model, data and input on the same machine, with as many
threads. Each figure is steady, improved, regressed, suspected (seen once: measure again),
not-enough-history (times need 5 runs; accuracy, size and gate need 1) or unlike (other machines, or
this one unfit while it was timed: foreign load or noise; such times are no history either).
Times scatter from launch to launch: a change counts if it is more than chance would do to any of
all figures (5 %), larger than its tolerance, and there in --confirm runs in a row.

default tolerances: speed-up 2 % (what bench calls equivalent) · p50 and memory 5 % (identical code
differs so much between launches) · int8-time 5 points · accuracy 0.1 point · worst-class 1 point ·
size 1 %

exit codes:
  0  steady or improved        3  suspected, not enough history, or only unlike runs
  1  something regressed       70 a bug in planner · 130 interrupted
  2  usage, an unlike --against, a run that is not completed
Where 1 and 3 apply, 1: what has regressed is certain."""


def add_regress(parser: argparse.ArgumentParser) -> None:
    """Which run, against which, and what matters."""
    parser.add_argument(
        "run", metavar="RUN", nargs="?", default="latest", help="the run to judge, by the start of its name"
    )
    history = parser.add_mutually_exclusive_group()
    history.add_argument("--against", metavar="RUN", help="the history ends with this run: all later ones are judged")
    history.add_argument("--last", type=int, metavar="N", help="runs of history to look at (default: 30; at most 200)")
    parser.add_argument("--confirm", type=int, default=2, metavar="N", help="runs in a row that confirm (default: 2)")
    parser.add_argument("--tolerance", metavar="SHARE|LIST", help="the change that matters, e.g. 3%% or speed-up=3%%")
    parser.add_argument("--any-host", action="store_true", help="runs of other machines, too: compares speed-ups alone")
    parser.add_argument("--json", action="store_true", help="print as JSON")
    parser.add_argument("--junit", metavar="FILE", help="write a test case for each figure there, for build servers")
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 when it was compared, whatever came of it")
