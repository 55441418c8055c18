"""The options of `planner what-next`. Imports nothing heavy."""

import argparse

WHAT_NEXT_EXAMPLES = """examples:
  planner what-next                  of the latest plan
  planner what-next 3f9a --json      by the start of a plan's name

What would it be worth to know one figure before deciding? What decides without a price comes first,
then what is worth most over the horizon, then what would narrow p10 to p90 of the worth most. A
value of nothing means that the decision would be the same whatever the figure turned out to be.
It is read from the plan as it is stored: nothing is reckoned anew.

exit codes:
  0  told, whatever it says     2  usage, no such plan, or one that was made without draws"""


def add_what_next(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`planner what-next`."""
    parser = commands.add_parser(
        "what-next",
        help="which single measurement would change or narrow a plan's answer most",
        description="Rank what could be measured by what it would be worth to know it before deciding.",
        epilog=WHAT_NEXT_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(handler="planner.cli.what_next:what_next")
    parser.add_argument(
        "plan", metavar="PLAN", nargs="?", default="latest", help="the start of a plan's name (default: latest)"
    )
    parser.add_argument("--json", action="store_true", help="print as JSON")
