"""Edited assumptions as a file, and back: what `planner plan --assumptions` reads."""

from pathlib import Path

from planner.tui.fleet.edits import Edits
from pricing.assumptions import read_assumptions
from pricing.assumptions.typed import file_of, typed_of
from pricing.errors import AssumptionError


def write_edits(path: Path, edits: Edits) -> None:
    """Write a new file; one that is there is never replaced.

    Raises:
        AssumptionError: if it is there, or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(file_of(edits.texts))
    except FileExistsError as error:
        raise AssumptionError(f"{path} is there already: name a new file") from error
    except OSError as error:
        raise AssumptionError(f"{path} cannot be written: {error.strerror or error}") from error


def read_edits(path: Path) -> Edits:
    """What a file states, as one would have typed it.

    Raises:
        AssumptionError: if it is no file of assumptions.
    """
    return Edits(texts={name: typed_of(value) for name, value in read_assumptions(path).items()})
