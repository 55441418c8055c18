"""The command lines of `planner prices` and `planner targets`. Imports nothing heavy."""

import argparse

from planner.cli.refresh_options import add_refresh

_RAW = argparse.RawDescriptionHelpFormatter
_PURCHASES = "on_demand, spot, committed_1y, …"


def add_prices(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `prices list`, `show`, `compare`, `diff`, `lint`, `import`, `forget` and `refresh`."""
    actions = _group(
        commands,
        "prices",
        summary="what machines cost: dated prices with their sources, and your own",
        examples="""examples:
  planner prices list --target t4 --provider aws
  planner prices show g4dn.xlarge                   every price of it, and of which day
  planner prices compare a100-sxm4-40 t4            by device-hour, by market, over time
  planner prices lint contract.toml                 what looks wrong in a price file
  planner prices import contract.toml               for plans, from now on
  planner prices refresh --dry-run                  what changed since, by the providers' own word""",
    )
    _add_list(actions)
    _add_show(actions)
    _add_compare(actions)
    _add_diff(actions)
    _add_lint(actions)
    _add_import(actions)
    _add_forget(actions)
    add_refresh(actions)


def add_targets(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `targets list` and `show`."""
    actions = _group(
        commands,
        "targets",
        summary="the devices that can be priced, by their data sheets",
        examples="examples:\n  planner targets list\n  planner targets show t4",
    )
    parser = _action(
        actions,
        "list",
        summary="list the devices with their peak rates, memory and power",
        examples="examples:\n  planner targets list\n  planner targets list --target-file mine.toml --json",
        handler="planner.cli.targets:list_",
    )
    _add_common(parser, has_prices=False)
    parser = _action(
        actions,
        "show",
        summary="show one device, with where its figures come from",
        examples="""examples:
  planner targets show t4
  planner targets show "NVIDIA A100-SXM4-40GB"
  planner targets show a100                 is ambiguous, and the answer lists the choices""",
        handler="planner.cli.targets:show",
    )
    parser.add_argument("name", metavar="TARGET", help="an id, an alias, or the driver's name of a device")
    _add_common(parser, has_prices=False)


def _group(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, *, summary: str, examples: str
) -> "argparse._SubParsersAction[argparse.ArgumentParser]":
    parser = commands.add_parser(
        name, help=summary, description=_sentence(summary), formatter_class=_RAW, epilog=examples
    )
    return parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    *,
    summary: str,
    examples: str,
    handler: str,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(
        name, help=summary, description=_sentence(summary), epilog=examples, formatter_class=_RAW
    )
    parser.set_defaults(handler=handler)
    return parser


def _sentence(summary: str) -> str:
    return f"{summary[0].upper()}{summary[1:]}."


def _add_common(parser: argparse.ArgumentParser, *, has_prices: bool = True, has_own: bool = True) -> None:
    if has_prices:
        parser.add_argument("--as-of", metavar="DAY", help="the prices of this day, as 2026-07-20 (default: today)")
    if has_prices and has_own:
        parser.add_argument(
            "--prices", metavar="FILE", action="append", default=[], help="with this price file of yours on top"
        )
    parser.add_argument(
        "--target-file", metavar="FILE", action="append", default=[], help="with the devices of this .toml file"
    )
    parser.add_argument("--json", action="store_true", help="print as JSON")


def _add_list(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _action(
        actions,
        "list",
        summary="list the prices of a day: of each the latest that is not later",
        examples="""examples:
  planner prices list --target t4
  planner prices list --provider aws --purchase on_demand --as-of 2025-06-01
  planner prices list --provider gcp --csv > gcp.csv       a table to edit and import""",
        handler="planner.cli.prices:list_",
    )
    parser.add_argument("--provider", metavar="NAME", help="only of this provider")
    parser.add_argument("--region", metavar="NAME", help="only in this region")
    parser.add_argument("--target", metavar="TARGET", help="only of this device (planner targets list)")
    parser.add_argument("--purchase", metavar="OPTION", help=f"only with this option: {_PURCHASES}")
    parser.add_argument("--csv", action="store_true", help="print as a price table, safe to open in a spreadsheet")
    _add_common(parser)


def _add_show(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _action(
        actions,
        "show",
        summary="show every price of an instance, or what a device costs in every market",
        examples="""examples:
  planner prices show p4d.24xlarge
  planner prices show t4 --as-of 2026-07-20""",
        handler="planner.cli.prices:show",
    )
    parser.add_argument("name", metavar="INSTANCE|TARGET", help="an instance as its provider names it, or a device")
    _add_common(parser)


def _add_compare(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _action(
        actions,
        "compare",
        summary="set two devices side by side: price per device-hour by market, ratio, changes",
        examples="""examples:
  planner prices compare a100-sxm4-40 t4
  planner prices compare a100-sxm4-40 t4 --as-of 2025-06-01       the answer may flip

The ratio is where the answer flips: the dearer device is the cheaper one for work of which it
does more than so many times as much as the other.""",
        handler="planner.cli.prices:compare",
    )
    parser.add_argument("one", metavar="TARGET", help="a device")
    parser.add_argument("other", metavar="TARGET", help="the device to compare it with")
    parser.add_argument("--purchase", metavar="OPTION", default="on_demand", help=f"{_PURCHASES} (default: on_demand)")
    _add_common(parser)


def _add_diff(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _action(
        actions,
        "diff",
        summary="set two price books side by side: what was added, removed, and changed by how much",
        examples="""examples:
  planner prices diff                                      the shipped book and what is in force
  planner prices diff in-force contract.toml               what a file would change
  planner prices diff 3f9a81bc 77d0c2e4                    two imported books

A book is `shipped`, `in-force`, a .csv or .toml file, or the start of an imported one's digest.""",
        handler="planner.cli.prices_diff:diff",
    )
    parser.add_argument("one", metavar="BOOK", nargs="?", default="shipped", help="what was known (default: shipped)")
    parser.add_argument("other", metavar="BOOK", nargs="?", default="in-force", help="the other (default: in-force)")
    _add_common(parser, has_own=False)


def _add_lint(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _action(
        actions,
        "lint",
        summary="look for prices that are probably wrong, or old",
        examples="""examples:
  planner prices lint                      the book in force
  planner prices lint contract.toml        a file, beside the book in force

exit codes: 0 nothing was found · 1 something was · 2 the file is no price book""",
        handler="planner.cli.prices:lint",
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help="a .csv or .toml file (default: the book in force)")
    parser.add_argument(
        "--older-than", metavar="DAYS", type=int, default=400, help="tell of prices older than this (default: 400)"
    )
    _add_common(parser)


def _add_import(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _action(
        actions,
        "import",
        summary="keep a price file in the database; its prices stand over the shipped ones",
        examples="""examples:
  planner prices import contract.toml
  planner prices import prices-2026-12.csv --label december

A .csv file has the columns of `planner prices list --csv`. A .toml file has tables with units:

  [[offers]]                              [[owned]]
  provider = "our contract"               name = "rack 7"
  region = "fra1"                         target = "a100-pcie-80"
  instance = "4 x A100"                   capex = "15000 USD"
  target = "a100-sxm4-40"                 life = "4 years"
  devices = 4                             residual = "1500 USD"
  price = "1.90 USD/h"                    as_of = 2026-11-01
  price_per = "device"                    source = "invoice 4711"
  as_of = 2026-11-01
  source = "contract of November\"""",
        handler="planner.cli.prices:import_",
    )
    parser.add_argument("file", metavar="FILE", help="a .csv or .toml file")
    parser.add_argument("--label", metavar="TEXT", help="how the list names it (default: the file's name)")
    parser.add_argument(
        "--target-file", metavar="FILE", action="append", default=[], help="with the devices of this .toml file"
    )


def _add_forget(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _action(
        actions,
        "forget",
        summary="remove an imported price book from the database; plans keep what they used",
        examples="examples:\n  planner prices forget 3f9a81bc",
        handler="planner.cli.prices:forget",
    )
    parser.add_argument("digest", metavar="DIGEST", help="the start of its digest, as `prices list` prints it")
