"""The command line of `planner prices refresh`. Imports nothing heavy."""

import argparse

_EXAMPLES = """examples:
  planner prices refresh --dry-run                  what would change, old → new
  planner prices refresh                            azure and aws, the regions of the book in force
  planner prices refresh --provider azure --region swedencentral
  planner prices refresh --provider aws --accept-changes      after a look at what was refused

Asked are the Azure Retail Prices API and the AWS price list for EC2 in bulk (some hundred MB for
each region, read as it comes). Linux, shared hardware, US dollars, instances that the book knows.
Each provider is taken whole or not at all, as a book that `prices forget` removes; prices that
cannot be right are refused and nothing is replaced. Proxies and certificates are those of the
environment (HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE).

exit codes: 0 every provider asked for is up to date · 1 one is not: it failed, was refused, or
needs a key; the others are kept · 2 a wrong option or database · 130 interrupted: nothing stored"""


def add_refresh(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `prices refresh`."""
    summary = "bring the prices up to date from services that need no key"
    parser = actions.add_parser(
        "refresh",
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(handler="planner.cli.prices_refresh:refresh")
    parser.add_argument(
        "--provider", metavar="NAME", action="append", default=[], help="azure or aws (default: both); may be repeated"
    )
    parser.add_argument(
        "--region",
        metavar="NAME",
        action="append",
        default=[],
        help="only this region (default: those in the book); may be repeated",
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would change, store nothing")
    parser.add_argument(
        "--accept-changes", action="store_true", help="take prices that look wrong; those that are none never"
    )
    parser.add_argument(
        "--source", metavar="URL", help="a mirror of the one provider named: https, or http on this machine"
    )
    parser.add_argument(
        "--timeout", metavar="SECONDS", type=float, help="give up on a provider after this time (default: 1800)"
    )
    parser.add_argument(
        "--targets", metavar="FILE", action="append", default=[], help="with the devices of this .toml file"
    )
    parser.add_argument("--json", action="store_true", help="print as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
