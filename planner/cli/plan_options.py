"""The options of `planner plan` and `planner plans`. Imports nothing heavy."""

import argparse

from planner.cli.plan_llm_options import add_language_model
from planner.cli.plan_optimise import add_optimise

PLAN_EXAMPLES = """examples:
  planner plan                       published rates, A100 to T4, and the latest run of the flagship
  planner plan --model resnet50 --from a100-sxm4-40 --baseline fp32 --to t4 --qps 5000
  planner plan --run 3f9a --qps 2000 --slo p99=50ms       on instances with the CPU that it ran on
  planner plan --run 3f9a --run 81bc --from a100-sxm4-40 --to t4        a run a card, once imported
  planner plan --template > fleet.toml
  planner plan --assumptions fleet.toml --json            every assumption in one file
  planner plan --traffic requests.csv                     daily curve, peak and mean of a log
  planner plan --prices contract.toml --as-of 2025-04-28  your own prices; prices of another day
  planner plan --replay 2025-04-28                        the same at that day's prices
  planner plan --llm llama-2-13b --context 2048 --concurrency 64 --variants fp16,int4-weight-only
  planner plan --optimise --targets t4,l4,a10g,a100-sxm4-40    the cheapest mix that holds the SLO
  planner plan --optimise --anywhere --purchases on_demand,committed_1y

Three fleets at equal throughput, SLO and quality: stay as is, stay and quantise, quantise and move.
Every figure is measured, published, projected or assumed, and says so. What is only bounded
("at least") is planned with its bound. A plan is stored with the prices, runs and assumptions that
it rests on: `planner plans reproduce` makes it again.

exit codes:
  0  a plan was made, whatever it says
  2  usage, bad input, no price, no evidence: nothing is stored
  70 a bug in planner                      130 interrupted"""

PLANS_EXAMPLES = """examples:
  planner plans list
  planner plans show [PLAN] [--assumptions]
  planner plans reproduce 3f9a      make it again from what it rests on, and compare to the cent
  planner plans replay 2025-04-28 [PLAN]      at the prices of another day, and what changed
  planner plans delete 3f9a

exit codes:
  0  done     1  reproduce: something differs     2  usage, no such plan, a run that is gone"""


def add_plan(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`planner plan`."""
    parser = commands.add_parser(
        "plan",
        help="what a fleet costs, and what quantising or moving it saves",
        description="Turn measurements and dated prices into what a fleet costs, and what a change would save.",
        epilog=PLAN_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(handler="planner.cli.plan:plan")
    _add_question(parser)


def add_plans(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`planner plans`."""
    parser = commands.add_parser(
        "plans",
        help="list, show, reproduce, replay or delete stored plans",
        description="List, show, reproduce, replay or delete stored plans.",
        epilog=PLANS_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(handler="planner.cli.plan:plans")
    _add_actions(parser)


def _add_question(parser: argparse.ArgumentParser) -> None:
    evidence = parser.add_argument_group("evidence")
    evidence.add_argument("--run", metavar="RUN", action="append", default=[], help="a run; several: one for each card")
    evidence.add_argument("--model", metavar="NAME", help="a model with published rates, such as resnet50 or bert-99")
    fleet = parser.add_argument_group("fleet")
    fleet.add_argument("--from", dest="origin", metavar="TARGET", help="what serves today (default: a100-sxm4-40)")
    fleet.add_argument("--to", dest="destination", metavar="TARGET", help="what to move to (default: t4)")
    fleet.add_argument(
        "--baseline", metavar="PRECISION", help="what it runs in today: fp32, tf32, bf16 or fp16 (default: tf32)"
    )
    fleet.add_argument("--variant", metavar="NAME", help="what to change to: int8, or a variant of the runs")
    fleet.add_argument("--instances", type=int, metavar="N", help="how many run today (default: as many as needed)")
    load = parser.add_argument_group("load")
    load.add_argument("--qps", metavar="RATE", help="requests per second in the busiest hour (default: 50000)")
    load.add_argument("--slo", metavar="QUANTILE=TIME", help="the promise, such as p99=50ms")
    load.add_argument("--traffic", metavar="FILE", help="a CSV of time stamps, or of times and rates")
    add_language_model(parser)
    prices = parser.add_argument_group("prices")
    prices.add_argument("--provider", metavar="NAME", help="aws, gcp, azure, … (default: aws)")
    prices.add_argument("--region", metavar="NAME", help="of that provider (default: the one with the most rows)")
    prices.add_argument("--purchase", metavar="NAME", help="on_demand, spot, committed_1y, … (default: on_demand)")
    prices.add_argument("--as-of", metavar="DATE", help="the day whose prices are taken (default: today)")
    prices.add_argument(
        "--replay", metavar="DATE", help="the same plan at the prices of another day, and what changed; not stored"
    )
    prices.add_argument("--prices", metavar="FILE", action="append", default=[], help="prices of your own, CSV or TOML")
    prices.add_argument("--target-file", metavar="FILE", action="append", default=[], help="targets of your own, TOML")
    add_optimise(parser)
    parser.add_argument("--assumptions", metavar="FILE", help="every assumption in one file; options overrule it")
    parser.add_argument("--template", action="store_true", help="print that file, commented, and stop")
    parser.add_argument("--seed", type=int, metavar="N", help="of simulations and draws (default: 1)")
    parser.add_argument(
        "--draws",
        type=int,
        metavar="N",
        help="of every uncertain figure, 100 to 1,000,000 (default: 10000)",
    )
    parser.add_argument("--sobol", action="store_true", help="Sobol indices beside the tornado")
    parser.add_argument("--no-store", action="store_true", help="do not keep the plan")
    parser.add_argument("--json", action="store_true", help="print as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _add_actions(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="the plans, newest first")
    listing.add_argument("--limit", type=int, default=20, metavar="N", help="how many (default: 20; 0 for all)")
    shown = actions.add_parser("show", help="one plan, as it was made")
    _add_name(shown)
    shown.add_argument("--assumptions", action="store_true", help="with the whole register of assumptions")
    again = actions.add_parser("reproduce", help="make it again from what it rests on, and compare to the cent")
    _add_name(again)
    replayed = actions.add_parser("replay", help="at the prices of another day, and what changed; nothing is stored")
    replayed.add_argument("day", metavar="DATE", help="such as 2025-04-28; no later price is ever borrowed")
    _add_name(replayed)
    gone = actions.add_parser("delete", help="delete one")
    gone.add_argument("plan", metavar="PLAN", help="the plan, by the start of its name")
    for action in (listing, shown, again, replayed):
        action.add_argument("--json", action="store_true", help="print as JSON")


def _add_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "plan", metavar="PLAN", nargs="?", default="latest", help="the start of a plan's name (default: latest)"
    )
