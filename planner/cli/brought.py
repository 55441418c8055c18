"""Reads the options that bring a model and data, and tells what was assumed."""

import argparse
import difflib
from dataclasses import dataclass
from pathlib import Path

from harness.errors import UsageError
from harness.vocabulary import Method
from harness.workloads.limits import MOST_CLASSES
from harness.workloads.naming import BringRequest, CandidateFile
from harness.workloads.presets import read_preset
from planner.cli import diagnostics
from planner.services.bringing import bring_workload
from planner.services.looking import Tell

_MOST_BYTES = 2**22  # 32,767 names of 100 letters
_TOLD_BY_FILES = ("model: ", "workload: ")
_METHODS = tuple(str(method) for method in Method)
_OWN_MODEL = {Method.FP32, Method.TF32}  # which nobody makes elsewhere: the precision is a setting


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedWorkload:
    """The name to open a workload by, and what was assumed of the files that it is made of."""

    reference: str
    assumed: tuple[str, ...] = ()


def named_workload(options: argparse.Namespace, *, default: str) -> NamedWorkload:
    """The workload to open: the one named, or one made of the files that were named.

    Raises:
        UsageError: what was named cannot be meant together.
        WorkloadError: a file cannot be used.
    """
    request = read_request(options)
    if request.is_empty:
        return NamedWorkload(reference=options.workload or default)
    brought = bring_workload(request, base=options.workload, tell=teller(options))
    if not options.quiet:
        for note in brought.notes:
            diagnostics.note(note)
        diagnostics.note(f"to see or keep it: planner workloads show {brought.reference}")
    assumed = tuple(note for note in brought.notes if not note.startswith(_TOLD_BY_FILES))
    return NamedWorkload(reference=brought.reference, assumed=assumed)


def teller(options: argparse.Namespace) -> Tell:
    """Says on standard error what is being waited for, unless nothing is to be said."""
    return diagnostics.note if not options.quiet else lambda _sentence: None


def read_request(options: argparse.Namespace) -> BringRequest:
    """What `--model`, `--data` and the others name.

    Raises:
        UsageError: a word that does not exist, or a list of classes that cannot be read.
    """
    return BringRequest(
        model=options.model,
        data=options.data,
        calibration=options.calibration,
        candidates=tuple(_candidate(text) for text in options.candidate),
        preset=read_preset(options.preprocess) if options.preprocess is not None else None,
        classes=_classes(Path(options.classes)) if options.classes is not None else None,
        tokenizer=options.tokenizer,
        output=options.output,
    )


def _candidate(text: str) -> CandidateFile:
    """`FILE`, or `VARIANT=FILE`; a file whose own name holds `=` is one still."""
    variant, has_variant, path = text.partition("=")
    if not has_variant or Path(text).exists():
        return CandidateFile(path=text)
    if variant not in _METHODS or variant in _OWN_MODEL:
        close = difflib.get_close_matches(variant, _METHODS, n=1)
        nearest = f" (did you mean {close[0]}?)" if close else ""
        known = ", ".join(one for one in _METHODS if one not in _OWN_MODEL)
        raise UsageError(f"--candidate {text}: no variant {variant!r}{nearest}; there are: {known}")
    return CandidateFile(path=path, variant=variant)


def _classes(path: Path) -> tuple[str, ...]:
    try:
        if path.exists() and not path.is_file():  # a pipe or a device never ends
            raise UsageError(f"--classes {path} is not a file: give one with one name a line")
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(
                f"--classes {path} is larger than any list of {MOST_CLASSES:,} names: give one name a line"
            )
        names = [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise UsageError(f"--classes {path} cannot be read: {told}") from error
    while names and not names[-1]:
        names.pop()
    if not names or "" in names:
        where = f"line {names.index('') + 1} is" if names else "it is"
        raise UsageError(f"--classes {path}: {where} empty; give one name a line")
    twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    if twice is not None:
        raise UsageError(f"--classes {path} names {twice!r} twice: every class needs a name of its own")
    return tuple(names)
