"""The command lines of `planner export` and `planner import`. Imports nothing heavy."""

import argparse


def add_export(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`planner export`."""
    parser = commands.add_parser(
        "export",
        help="write runs into one file, to move them to another machine",
        description="Write runs into one file, to move them to another machine.",
        epilog="examples:\n  planner export latest --out runs.zip\n  planner export 3f9a 81bc --out runs.zip",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(handler="planner.cli.archive:export")
    parser.add_argument("runs", metavar="RUN", nargs="+", help="runs, by the start of their names, or `latest`")
    parser.add_argument("--out", metavar="FILE", required=True, help="the file to write")
    parser.add_argument("--overwrite", action="store_true", help="replace the file if it exists")


def add_import(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`planner import`."""
    parser = commands.add_parser(
        "import",
        help="read runs from an exported file; what is already here is skipped",
        description="Read runs from an exported file; what is already here is skipped.",
        epilog="examples:\n  planner import runs.zip\n  planner import gpu-check/gpu-check.json   of `make gpu`",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(handler="planner.cli.archive:import_")
    parser.add_argument("file", metavar="FILE", help="a file that `planner export` wrote, or a GPU check")
