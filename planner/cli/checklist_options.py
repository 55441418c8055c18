"""The command line of `planner checklist`. Imports nothing heavy."""

import argparse

_EXAMPLES = """examples:
  planner checklist                        of the latest run
  planner checklist 3f9a --plan latest     is it tested where the plan would serve?
  planner checklist 3f9a --attest rollback --by "A. Name" --note "drill of 3 November"
  planner checklist 3f9a --withdraw rollback

points:
  fp32-accuracy calibration target-hardware accuracy-loss per-class latency memory
  monitoring ci rollback

A point is evidenced or refuted by what is stored, attested by a named person where nothing stored
can show it, or open. An attestation of what was refuted stands beside it and changes nothing. It is
of one candidate; of monitoring, ci and rollback of the whole run, unless --candidate is named.

exit codes:
  0  every point is evidenced or attested; or an attestation was kept or taken back
  1  a point is refuted, whoever attests it       3  a point is open, and none refuted
  2  usage, no such run, plan, candidate or point"""


def add_checklist(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `checklist`: the ten points, vouching for one, taking that back."""
    summary = "the ten points before deployment: evidenced, attested, open or refuted"
    parser = commands.add_parser(
        "checklist",
        help=summary,
        description="Show the ten points before deployment, each with what it rests on or what to do.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(handler="planner.cli.checklist:checklist")
    parser.add_argument(
        "run", metavar="RUN", nargs="?", default="latest", help="the start of a run's name (default: latest)"
    )
    parser.add_argument("--plan", metavar="PLAN", help="hold it against the targets of this plan (or: latest)")
    parser.add_argument(
        "--candidate", metavar="ARM", help="what would be deployed (default: the plan's, else the run's best)"
    )
    word = parser.add_mutually_exclusive_group()
    word.add_argument("--attest", metavar="POINT", help="vouch for a point; needs --by and --note")
    word.add_argument("--withdraw", metavar="POINT", help="take back what stands of a point")
    parser.add_argument("--by", metavar="NAME", help="of --attest: who vouches")
    parser.add_argument("--note", metavar="TEXT", help="of --attest: what is known, and since when")
    parser.add_argument("--json", action="store_true", help="print as JSON")
