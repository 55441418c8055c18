"""A function from `package.module:function`: imports it, calls it, and says in a sentence what went wrong, and where.

This runs code of the user's: only what Python finds on its path (`PYTHONPATH`, installed packages), or in
the current folder, which comes last so that nothing there can stand in for a package.
"""

import difflib
import importlib
import inspect
import os
import re
import sys
import sysconfig
import traceback
from collections.abc import Callable
from types import ModuleType

from harness.errors import WorkloadError
from harness.foreign_errors import telling_sentence

_REFERENCE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_MOST_NAMED = 8
_NOT_THE_USERS = tuple({*(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")), __file__, "<"})


def import_function(reference: str) -> Callable[[], object]:
    """The function of that name.

    Raises:
        WorkloadError: no such module or function.
    """
    if not _REFERENCE.fullmatch(reference):
        raise WorkloadError(
            f'[model] torch = "{reference}" is no function: write package.module:function, such as nets:build'
        )
    name, _, attribute = reference.partition(":")
    here = os.getcwd()  # noqa: PTH109 - what Python's path holds are strings
    if here not in sys.path:
        sys.path.append(here)
    try:
        module = importlib.import_module(name)
    except (Exception, SystemExit) as error:  # a module may do anything when it is imported
        raise WorkloadError(f"{name} cannot be imported: {_told(error)}: {_remedy(error, name)}") from error
    function = getattr(module, attribute, None)
    if not callable(function):
        raise WorkloadError(f"{name} ({_file_of(module)}) has no function {attribute!r}{_others(module, attribute)}")
    return function  # type: ignore[no-any-return] # whatever is callable may be tried


def call_function(function: Callable[[], object], reference: str) -> object:
    """What the function gives.

    Raises:
        WorkloadError: it fails.
    """
    try:
        return function()
    except (Exception, SystemExit) as error:  # the user's own code: it may raise anything
        raise WorkloadError(f"{reference} failed: {_told(error)}: call it in a Python shell to see why") from error


def _remedy(error: BaseException, name: str) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name is not None and f"{name}.".startswith(f"{error.name}."):
        return "set PYTHONPATH to the folder that holds it, or start there"
    return "import it in a Python shell to see why"


def _others(module: ModuleType, attribute: str) -> str:
    """The functions that it has of its own, of which one may be meant."""
    names = [
        name for name, one in vars(module).items() if inspect.isfunction(one) and one.__module__ == module.__name__
    ]
    close = difflib.get_close_matches(attribute, names, n=1)
    meant = f" (did you mean {close[0]}?)" if close else ""
    more = ", …" if len(names) > _MOST_NAMED else ""
    return f"{meant}: it has {', '.join(names[:_MOST_NAMED])}{more}" if names else ": define it there"


def _file_of(module: ModuleType) -> str:
    return str(getattr(module, "__file__", None) or "built in")


def _told(error: BaseException) -> str:
    """What was raised, and at which line of the user's own code."""
    told = f"{type(error).__name__}: {telling_sentence(error)}" if str(error) else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if not one.filename.startswith(_NOT_THE_USERS)]
    return f"{told} ({own[-1].filename}, line {own[-1].lineno})" if own else told
