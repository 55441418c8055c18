"""What of a worker's log is shown: what was said, without stacks, scratch folders, and advice for other programs.

The log itself is stored whole. Pure.
"""

import re
from pathlib import Path

# Options of other programs have underscores, planner's have dashes.
_OTHERS_ADVICE = re.compile(
    r"(?<!\w)--[a-z]+_\w+|\ballow_pickle\b|\bextra_options\b|\bskip_symbolic_shape\b|run pre-processing before quant"
)
_SCRATCH = re.compile(r"(?<![\w.])/(?:[^\s'\"/]+/)*(?:staging/tmp|planner-[a-z]+-|pre\.quant\.)\w+/")
_STACK_BEGINS = re.compile(
    r"Traceback \(most recent call last\):|(?:Current thread|Thread) 0x\w+.*most recent call first"
)
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_NO_NEWS = re.compile(
    r"Extension modules: |During handling of the above exception|The above exception was the direct"
    r"|thread '.*' (\(\d+\) )?panicked at |note: run with `RUST_BACKTRACE"
)


def without_scratch(text: str) -> str:
    """A text in which files in scratch folders have their names alone."""
    return _SCRATCH.sub("", text)


def shown_log(log: str, *, beside: str = "") -> str:
    """The lines of a log that tell a user more than what stands `beside` them; empty where none does."""
    shown, is_stack = [], False
    for line in _COLOUR.sub("", log).splitlines():
        if _STACK_BEGINS.search(line):
            is_stack = True
        elif is_stack and (not line.strip() or line[:1].isspace()):
            continue
        else:
            is_stack = False
            told = without_scratch(line)
            is_said = bool(beside) and told.partition(": ")[2].strip() == beside
            if line.strip() and not is_said and not _NO_NEWS.search(line) and not _OTHERS_ADVICE.search(line):
                shown.append(told)
    return "\n".join(shown)


def log_file(folder: Path, number: int, arm: str) -> Path:
    """Where the arm's process of that number writes what its libraries say."""
    name = "".join(character if character.isalnum() or character in "-." else "_" for character in arm)[:80]
    return folder / f"{number:03d}-{name}.log"
