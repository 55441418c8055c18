"""The outermost door: no command on a terminal opens the app, elsewhere prints the help; a command loads what it needs.

Every error becomes one sentence on standard error and a documented exit code.
"""

import os
import sys
from collections.abc import Sequence

_INTERRUPTED = 130
_NO_SCREENS = {"", "dumb", "unknown"}  # terminals that cannot place a cursor: editors' shells, logs


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
        if not _is_on_a_screen():
            parser.print_help()
            return 0
        options.handler = "planner.tui.opening:open_app"
    from planner.cli.run_command import run_command  # noqa: PLC0415 - loads what commands need

    return run_command(options)


def _is_on_a_screen() -> bool:
    """Whether keys come from a terminal, and all that is written goes to one that can be drawn on."""
    channels = (sys.stdin, sys.stdout, sys.stderr)
    is_terminal = all(channel is not None and channel.isatty() for channel in channels)
    return is_terminal and os.environ.get("TERM", "") not in _NO_SCREENS


if __name__ == "__main__":
    sys.exit(main())
