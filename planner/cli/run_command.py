"""Calls a command's handler and turns whatever it raises into a sentence and an exit code."""

import argparse
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from types import FrameType

from harness.errors import HarnessError
from planner.cli import diagnostics
from planner.errors import PlannerError
from planner.services.exit_codes import ExitCode

Handler = Callable[[argparse.Namespace], int]


def run_command(options: argparse.Namespace) -> int:
    """Run the handler that the parser chose."""
    signal.signal(signal.SIGTERM, _interrupt)
    module, _, name = options.handler.partition(":")
    try:
        handler: Handler = getattr(importlib.import_module(module), name)
        code = handler(options)
        sys.stdout.flush()
    except (HarnessError, PlannerError) as error:
        if options.debug:
            traceback.print_exc()
        diagnostics.error(str(error))
        return ExitCode.USAGE
    except KeyboardInterrupt:
        diagnostics.error("interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read standard output has seen enough: say nothing more, also not at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as error:  # noqa: BLE001 - the outermost door
        traceback.print_exc()
        diagnostics.error(f"a bug in planner: {type(error).__name__}: {error}; please report it with the lines above")
        return ExitCode.OUR_BUG
    return code


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
