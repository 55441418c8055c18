"""The outermost door: no arguments on a terminal open the app, elsewhere print the help; a command loads what it needs.

Every error becomes one sentence on standard error and a documented exit code.
"""

import sys
from collections.abc import Sequence

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    try:
        return _main(arguments)
    except KeyboardInterrupt:  # while what a command needs is loaded; later the command itself tells of it
        sys.stderr.write("planner: interrupted\n")
        return _INTERRUPTED


def _main(arguments: Sequence[str] | None) -> int:
    from planner.cli.parser import build_parser  # noqa: PLC0415 - late, like everything here

    parser = build_parser()
    options = parser.parse_args(arguments)
    if options.version:
        from planner.version import planner_version  # noqa: PLC0415 - reads package metadata

        sys.stdout.write(f"planner {planner_version()}\n")
        return 0
    if options.command is None:
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            parser.print_help()
            return 0
        options.handler = "planner.tui.opening:open_app"
    from planner.cli.run_command import run_command  # noqa: PLC0415 - loads what commands need

    return run_command(options)


if __name__ == "__main__":
    sys.exit(main())
