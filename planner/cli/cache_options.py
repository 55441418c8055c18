"""The command line of `planner cache`. Imports nothing heavy."""

import argparse

_EXAMPLES = "examples:\n  planner cache list\n  planner cache prune --older-than 30d\n  planner cache prune --all"


def add_cache(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `cache list` and `cache prune`."""
    summary = "list or prune quantised artifacts and engines"
    parser = commands.add_parser(
        "cache",
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(handler="planner.cli.cache:cache")
    parser.add_argument("action", choices=("list", "prune"))
    parser.add_argument("--older-than", metavar="TIME", help="prune what was made longer ago, e.g. 30d")
    parser.add_argument("--all", action="store_true", help="prune everything")
    parser.add_argument("--json", action="store_true", help="print as JSON")
