"""Calls a command's handler and turns whatever it raises into a sentence and an exit code."""

import argparse
import errno
import importlib
import signal
import sys
import traceback
from collections.abc import Callable

from harness.errors import HarnessError
from planner import interrupts
from planner.cli import channels, diagnostics
from planner.errors import PlannerError
from planner.services.exit_codes import ExitCode
from pricing.errors import PricingError

Handler = Callable[[argparse.Namespace], int]
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def run_command(options: argparse.Namespace) -> int:
    """Run the handler that the parser chose."""
    interrupts.install()
    channels.replace_closed()
    module, _, name = options.handler.partition(":")
    try:
        with interrupts.deferred():  # a library that is interrupted while it starts calls that an error of its own
            handler: Handler = getattr(importlib.import_module(module), name)
        code = handler(options)
        sys.stdout.flush()
    except (HarnessError, PlannerError, PricingError) as error:
        if options.debug:
            traceback.print_exc()
        diagnostics.error(str(error))
        return ExitCode.USAGE
    except KeyboardInterrupt:
        diagnostics.error("interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        channels.silence()  # whoever read it has seen enough
        return 128 + signal.SIGPIPE
    except Exception as error:  # noqa: BLE001 - the outermost door
        return _unexpected(error)
    return code


def _unexpected(error: Exception) -> ExitCode:
    if isinstance(error, OSError) and error.errno in _NO_SPACE:
        channels.silence()
        diagnostics.error(f"{error.filename or 'standard output'} cannot be written: {error.strerror}")
        return ExitCode.USAGE
    traceback.print_exc()
    diagnostics.error(f"a bug in planner: {type(error).__name__}: {error}; please report it with the lines above")
    return ExitCode.OUR_BUG
