"""The command line of `planner sanity`. Imports nothing heavy."""

import argparse

_EXAMPLES = """examples:
  planner sanity                           the example: an article of June 2025 on INT8
  planner sanity claims.toml --as-of 2026-07-20
  planner sanity --template > claims.toml  a file to fill in, every key explained
  planner sanity waive t4-annual-cost --by "A. Name" --note "our contract's price"
  planner sanity waivers                   who waived what, when and why

Verdicts, the worst first; of a claim the worst finding decides:
  impossible     the device, the memory or the sum of money does not allow it
  wrong          its own figures come to something else
  premise-fails  the arithmetic may hold, what it rests on does not
  implausible    possible, but far from everything known
  incomplete     a unit or what it depends on is missing
  unverifiable   nothing here can tell
  holds          checked, and so
A waived claim keeps its verdict. A changed claim loses its waiver.

exit codes:
  0  every claim holds, is waived, or merely cannot be checked    2  usage, or a file cannot be read
  1  a claim is impossible, wrong, implausible or incomplete, or its premise fails"""


def add_sanity(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `sanity`: judging claims, waiving them, and listing waivers."""
    summary = "hold claims about speed, size, power and savings against physics, prices and sums"
    parser = commands.add_parser(
        "sanity",
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        usage="planner sanity [FILE | waive ID [FILE] | waivers] [options]",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(handler="planner.cli.sanity:sanity")
    parser.add_argument(
        "words", metavar="FILE|ACTION", nargs="*", help="a .toml file of claims, `waive ID [FILE]` or `waivers`"
    )
    parser.add_argument("--by", metavar="NAME", help="of waive: who accepts the claim")
    parser.add_argument("--note", metavar="TEXT", help="of waive: why")
    parser.add_argument("--template", action="store_true", help="print a commented file of claims and exit")
    parser.add_argument("--as-of", metavar="DAY", help="with the prices of this day (default: the file's, else today)")
    parser.add_argument(
        "--prices", metavar="FILE", action="append", default=[], help="with this price file of yours on top"
    )
    parser.add_argument(
        "--target-file", metavar="FILE", action="append", default=[], help="with the devices of this .toml file"
    )
    parser.add_argument("--json", action="store_true", help="print as JSON")
