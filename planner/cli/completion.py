"""`planner completion`: a script that lets a shell complete commands, options and files."""

import argparse
from collections.abc import Iterator

import shtab

from planner.cli import output
from planner.cli.parser import build_parser

_FILES = frozenset({"PATH", "PATH|URL", "FILE", "NAME|FILE", "NAME|FOLDER", "FILE|MODULE:FUNCTION", "[VARIANT=]FILE"})
_FOLDERS = frozenset({"DIR"})


def completion(options: argparse.Namespace) -> int:
    """Print the script for a shell."""
    parser = build_parser()
    for action in _actions(parser):
        if action.metavar in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined] # how shtab is told
        elif action.metavar in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined] # likewise
    output.show_text(shtab.complete(parser, shell=options.shell))
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Every option and argument of a parser and of its commands."""
    for action in parser._actions:  # noqa: SLF001 - argparse shows them in no other way
        yield action
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - likewise
            for command in action.choices.values():
                yield from _actions(command)
