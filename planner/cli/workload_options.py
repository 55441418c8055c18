"""The command line of `planner workloads`: its four commands and their options. Imports nothing heavy."""

import argparse

_RAW = argparse.RawDescriptionHelpFormatter
_KINDS = ("image", "text", "none", "random")


def add_workloads(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `workloads list`, `show`, `prepare` and `new`."""
    summary = "list, show, prepare and describe what can be measured"
    parser = commands.add_parser(
        "workloads",
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        formatter_class=_RAW,
        epilog="""examples:
  planner workloads list
  planner workloads show efficientnet-lite0-fashion-mnist
  planner workloads prepare resnet50                   once, into the cache
  planner workloads new mine.toml --model model.onnx --data images/
  planner workloads show mine.toml                     every fault of your file, at once""",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    _add_list(actions)
    _add_show(actions)
    _add_prepare(actions)
    _add_new(actions)


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, *, summary: str, examples: str
) -> argparse.ArgumentParser:
    description = f"{summary[0].upper()}{summary[1:]}."
    return actions.add_parser(name, help=summary, description=description, epilog=examples, formatter_class=_RAW)


def _add_list(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _action(
        actions,
        "list",
        summary="list the built-in workloads and those brought before",
        examples="examples:\n  planner workloads list\n  planner workloads list --check",
    )
    parser.set_defaults(handler="planner.cli.workloads:list_")
    parser.add_argument("--check", action="store_true", help="hash every file of those prepared, to find damage")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def _add_show(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _action(
        actions,
        "show",
        summary="show what a workload is, and everything that is wrong with it",
        examples="""examples:
  planner workloads show text-encoder
  planner workloads show mine.toml        checks your file: its keys, files, hashes, labels, inputs

exit codes: 0 nothing is wrong · 2 something is""",
    )
    parser.set_defaults(handler="planner.cli.workloads:show")
    parser.add_argument("workload", metavar="NAME|FILE", help="a workload's name, its .toml file or its folder")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def _add_prepare(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _action(
        actions,
        "prepare",
        summary="make a built-in workload in the cache, once; it is used from there without a network",
        examples="examples:\n  planner workloads prepare text-encoder\n  planner workloads prepare resnet50 --refresh",
    )
    parser.set_defaults(handler="planner.cli.workloads:prepare_")
    parser.add_argument("name", metavar="NAME", help="a built-in workload: see `planner workloads list`")
    parser.add_argument("--refresh", action="store_true", help="make it again even if it is there")


def _add_new(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _action(
        actions,
        "new",
        summary="write a commented workload file to fill in: every key, its meaning, its default",
        examples="""examples:
  planner workloads new mine.toml
  planner workloads new mine.toml --model model.onnx --data images/    fills in what they tell
  planner workloads new speed.toml --kind random --model model.onnx    speed and memory alone""",
    )
    parser.set_defaults(handler="planner.cli.workloads:new")
    parser.add_argument("file", metavar="FILE", help="the .toml file to write")
    parser.add_argument("--kind", choices=_KINDS, help="what the model reads (default: by model and data, else image)")
    parser.add_argument("--model", metavar="FILE|MODULE:FUNCTION", help="the model, beside FILE or below")
    parser.add_argument("--data", metavar="PATH", help="the test data, beside FILE or below")
    parser.add_argument("--overwrite", action="store_true", help="replace FILE if it exists")
