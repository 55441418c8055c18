"""The options of the cheapest mix. Imports nothing heavy."""

import argparse
from typing import TYPE_CHECKING

from harness.errors import UsageError

if TYPE_CHECKING:
    from planner.services.plans.optimise_request import OptimiseRequest


def add_optimise(parser: argparse.ArgumentParser) -> None:
    """Whether it is wanted, and what it may be chosen from."""
    group = parser.add_argument_group(
        "cheapest mix", "whole instances of one or more offers in one region that hold the SLO at least cost"
    )
    group.add_argument("--optimise", action="store_true", help="find it, and say why it won and what comes next")
    group.add_argument("--targets", metavar="LIST", help="of these devices: t4,l4,a10g (default: all that are priced)")
    group.add_argument("--anywhere", action="store_true", help="at every provider and in every region of the prices")
    group.add_argument(
        "--purchases",
        metavar="LIST",
        help="on_demand,spot,committed_1y or all (default: --purchase); spot may be taken back",
    )
    group.add_argument("--most-kinds", type=int, metavar="N", help="how many offers one mix may have (default: 2)")


def optimise_of(options: argparse.Namespace) -> "OptimiseRequest | None":
    """What was asked for.

    Raises:
        UsageError: if something narrows a mix that is not asked for, a list is empty, or a file stands for devices.
    """
    from planner.services.plans.optimise_request import OptimiseRequest  # noqa: PLC0415 - not for --help

    given = {
        "--targets": options.targets,
        "--anywhere": options.anywhere or None,
        "--purchases": options.purchases,
        "--most-kinds": options.most_kinds,
    }
    if not options.optimise:
        named = [name for name, value in given.items() if value is not None]
        if named:
            raise UsageError(f"{named[0]} is about the cheapest mix: add --optimise{_of_file(options.targets)}")
        return None
    if _of_file(options.targets):
        raise UsageError(f"--targets takes devices, such as t4,l4{_of_file(options.targets)}")
    return OptimiseRequest(
        targets=_words(options.targets, "--targets"),
        purchases=_words(options.purchases, "--purchases"),
        is_anywhere=options.anywhere,
        most_kinds=2 if options.most_kinds is None else options.most_kinds,
    )


def _words(text: str | None, name: str) -> tuple[str, ...]:
    if text is None:
        return ()
    words = tuple(word.strip() for word in text.split(","))
    if not all(words):
        raise UsageError(f"{name} {text!r:.60}: write names with a comma between, such as t4,l4")
    return words


def _of_file(text: str | None) -> str:
    """What whoever means a file must write."""
    return "; a file of your own devices is given by --target-file" if text and text.endswith(".toml") else ""
