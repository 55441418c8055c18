"""The command line of `planner report`. Imports nothing heavy."""

import argparse

_EXAMPLES = """examples:
  planner report                           newest plan: ./report-PLAN/report.pdf .xlsx .html .md
  planner report --plan 3f9a --format pdf,xlsx --out board/ --title "INT8 on the ranking fleet"
  planner report --currency EUR --rate 0.92      every amount in euros, at the rate that you state
  planner report --format md --out - | gh pr comment 12 --body-file -
  planner report --replay 2025-04-28       the same plan at the prices of another day

forms:
  pdf   typeset pages           xlsx  live formulas: change a price, and the worth follows
  html  one page, no network    md    fits a pull request
  json  with a schema           csv   tables/*.csv, every table whole

A table that is too long for people is cut in pdf, html and md: it lies whole beside them as CSV.
All files are written, or none; what is there already is replaced only with --force.

exit codes:
  0  written        2  usage, no such plan, no price on that day, or it cannot be written there
  70 a bug in planner · 130 interrupted: nothing is left half written"""


def add_report(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `report`: a plan and its evidence as documents."""
    summary = "write a plan and its evidence as PDF, workbook, HTML, Markdown, JSON or CSV"
    parser = commands.add_parser(
        "report",
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(handler="planner.cli.report:report")
    parser.add_argument("--plan", metavar="PLAN", default="latest", help="the start of a plan's name (default: latest)")
    parser.add_argument(
        "--format", metavar="LIST", default=None, help="forms, separated by commas (default: pdf,xlsx,html,md)"
    )
    parser.add_argument(
        "--out", metavar="DIR", help="the folder (default: report-PLAN); - for standard output, of one form"
    )
    parser.add_argument("--title", metavar="TEXT", help="of the report (default: what the plan is about)")
    parser.add_argument("--currency", metavar="CODE", help="tell amounts in this currency, with --rate")
    parser.add_argument("--rate", metavar="NUMBER", help="of it for one unit of the plan's currency, such as 0.92")
    parser.add_argument("--replay", metavar="DATE", help="at the prices of this day, with what changed")
    parser.add_argument(
        "--made-at",
        metavar="WHEN",
        help="the moment that the report bears: plan for the plan's own, so that the same plan gives the same files, "
        "or one such as 2026-11-28T10:00Z (default: now)",
    )
    parser.add_argument("--force", action="store_true", help="replace files that are there")
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
    parser.add_argument("--json", action="store_true", help="print what was written as JSON")
    parser.add_argument("--json-schema", action="store_true", help="print the JSON Schema of --format json, and stop")
