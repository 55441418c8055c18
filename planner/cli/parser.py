"""Every command and option, with help and examples. Imports nothing heavy: `--help` is instant."""

import argparse
from collections.abc import Callable
from typing import NoReturn

from planner.cli.archive_options import add_export, add_import
from planner.cli.audit_options import AUDIT_EXAMPLES, add_audit
from planner.cli.bench_options import BENCH_EXAMPLES, EXIT_CODES, add_measuring, add_running
from planner.cli.cache_options import add_cache
from planner.cli.checklist_options import add_checklist
from planner.cli.compare_options import COMPARE_EXAMPLES, add_compare
from planner.cli.engine_options import add_engine
from planner.cli.file_options import add_files
from planner.cli.plan_options import add_plan, add_plans
from planner.cli.price_options import add_prices, add_targets
from planner.cli.quantize_options import QUANTIZE_EXAMPLES, add_quantize
from planner.cli.regress_options import REGRESS_EXAMPLES, add_regress
from planner.cli.report_options import add_report
from planner.cli.roofline_options import ROOFLINE_EXAMPLES, add_roofline
from planner.cli.sanity_options import add_sanity
from planner.cli.selftest_options import SELFTEST_EXAMPLES, add_selftest
from planner.cli.serve_options import add_serve
from planner.cli.what_next_options import add_what_next
from planner.cli.workload_options import add_workloads
from planner.wording.text import plain

_LONGEST_ERROR = 600  # characters: argparse names every command, and repeats every argument
_RAW = argparse.RawDescriptionHelpFormatter


class _Parser(argparse.ArgumentParser):
    """Repeats what was typed neither whole nor raw; its sub-parsers are of this kind, too."""

    def error(self, message: str) -> NoReturn:
        """Usage, what is wrong, and exit code 2."""
        told = message if len(message) <= _LONGEST_ERROR else f"{message[:_LONGEST_ERROR]}…"
        super().error(plain(told))


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser: argparse.ArgumentParser = _Parser(
        prog="planner",
        description="Measure FP32 against INT8 on this machine, judge whether INT8 may be used, keep the evidence.",
        epilog="Begin with:  planner doctor   then:  planner bench",
        formatter_class=_RAW,
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument(
        "--db", metavar="PATH|URL", help="the database (default: $PLANNER_DB, else results.db in this folder)"
    )
    parser.add_argument("--debug", action="store_true", help="show tracebacks of errors")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for add in _COMMANDS:
        add(commands)
    for command in commands.choices.values():
        _add_late_forms(command)
    return parser


def _add_late_forms(command: argparse.ArgumentParser) -> None:
    """Let the options of every command stand behind it and behind its actions, too, where many look for them first."""
    command.add_argument("--db", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    command.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    for actions in command._actions:  # noqa: SLF001 - argparse tells of its sub-parsers in no other way
        if isinstance(actions, argparse._SubParsersAction):  # noqa: SLF001
            for action in actions.choices.values():
                _add_late_forms(action)


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    *,
    summary: str,
    examples: str,
    handler: str,
) -> argparse.ArgumentParser:
    description = f"{summary[0].upper()}{summary[1:]}."
    parser = commands.add_parser(name, help=summary, description=description, epilog=examples, formatter_class=_RAW)
    parser.set_defaults(handler=handler)
    return parser


def _add_bench(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _command(
        commands,
        "bench",
        summary="measure variants against their baseline, judge them, store everything",
        handler="planner.cli.bench:bench",
        examples=BENCH_EXAMPLES,
    )
    parser.add_argument(
        "--workload", metavar="NAME|FILE", help="a workload by name (planner workloads list), its .toml file or folder"
    )
    add_files(parser)
    add_measuring(parser)
    add_running(parser)


def _add_runs(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _command(
        commands,
        "runs",
        summary="list stored runs, newest first",
        handler="planner.cli.runs:runs",
        examples="examples:\n  planner runs\n  planner runs --limit 5 --json",
    )
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many (default: 20; 0 for all)")
    parser.add_argument("--workload", metavar="NAME", help="only runs of this workload")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def _add_show(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _command(
        commands,
        "show",
        summary="show one run: figures, verdicts with reasons, classes, proof, memory, machine",
        handler="planner.cli.show:show",
        examples="examples:\n  planner show           the latest run\n  planner show 3f9a      by the start of a name",
    )
    _add_run_name(parser)
    parser.add_argument("--json", action="store_true", help="print as JSON (see `planner schema`)")


def _add_compare(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _command(
        commands,
        "compare",
        summary="set two runs side by side, or one beside what others published of its model",
        handler="planner.cli.compare:compare",
        examples=COMPARE_EXAMPLES,
    )
    add_compare(parser)


def _add_regress(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _command(
        commands,
        "regress",
        summary="compare a run with its history: what regressed, and since when",
        handler="planner.cli.regress:regress",
        examples=REGRESS_EXAMPLES,
    )
    add_regress(parser)


def _add_resume(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _command(
        commands,
        "resume",
        summary="go on with a run that was interrupted; what is measured is kept",
        handler="planner.cli.bench:resume",
        examples=f"examples:\n  planner resume              the latest run\n  planner resume 3f9a\n\n{EXIT_CODES}",
    )
    _add_run_name(parser)
    add_running(parser)


def _add_delete(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _command(
        commands,
        "delete",
        summary="delete a run and everything measured in it",
        handler="planner.cli.runs:delete",
        examples="examples:\n  planner delete 3f9a\n  planner delete 3f9a --yes     without asking",
    )
    parser.add_argument("run", metavar="RUN", help="the run, by the start of its name")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _add_doctor(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _command(
        commands,
        "doctor",
        summary="what this machine can measure, and how noisy it is now",
        handler="planner.cli.doctor:doctor",
        examples="examples:\n  planner doctor\n  planner doctor --no-noise     without measuring",
    )
    parser.add_argument("--no-noise", action="store_true", help="leave out the noise measurement")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def _add_selftest(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _command(
        commands,
        "selftest",
        summary="measure the harness's own error rates on this machine, as a certificate",
        handler="planner.cli.selftest:selftest",
        examples=SELFTEST_EXAMPLES,
    )
    add_selftest(parser)


def _add_audit(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _command(
        commands,
        "audit",
        summary="look for faults in calibration data: size, overlap, classes, likeness, saturation, spread",
        handler="planner.cli.audit:audit",
        examples=AUDIT_EXAMPLES,
    )
    add_audit(parser)


def _add_quantize(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _command(
        commands,
        "quantize",
        summary="make INT8 files of a model, with their provenance, without measuring them",
        handler="planner.cli.quantize:quantize",
        examples=QUANTIZE_EXAMPLES,
    )
    add_quantize(parser)


def _add_roofline(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _command(
        commands,
        "roofline",
        summary="this machine's peak rates, and how near a workload's latest run came to them",
        handler="planner.cli.roofline:roofline",
        examples=ROOFLINE_EXAMPLES,
    )
    add_roofline(parser)


def _add_schema(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    _command(
        commands,
        "schema",
        summary="print the JSON Schema of `bench --json` and `show --json`",
        handler="planner.cli.show:schema",
        examples="examples:\n  planner schema > planner-run.schema.json",
    )


def _add_completion(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = _command(
        commands,
        "completion",
        summary="print a completion script for your shell",
        handler="planner.cli.completion:completion",
        examples='examples:\n  eval "$(planner completion bash)"\n  planner completion zsh > ~/.zfunc/_planner',
    )
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"))


def _add_run_name(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "run", metavar="RUN", nargs="?", default="latest", help="the start of a run's name (default: latest)"
    )


_COMMANDS: tuple[Callable[["argparse._SubParsersAction[argparse.ArgumentParser]"], None], ...] = (
    _add_bench,
    _add_runs,
    _add_show,
    _add_compare,
    _add_regress,
    _add_resume,
    _add_delete,
    _add_doctor,
    _add_selftest,
    add_workloads,
    _add_audit,
    _add_quantize,
    add_engine,
    _add_roofline,
    add_plan,
    add_plans,
    add_what_next,
    add_report,
    add_checklist,
    add_prices,
    add_targets,
    add_sanity,
    add_serve,
    add_cache,
    add_export,
    add_import,
    _add_schema,
    _add_completion,
)
