"""Names of figures, rows, tables and files within a report: letters, digits, `-` and `_`, whatever a stranger wrote."""

import re
from collections.abc import Iterable

_OTHER = re.compile(r"[^a-z0-9_]+")
_LONGEST = 40
_NAMELESS = "question"


def question_keys(names: Iterable[str]) -> tuple[str, ...]:
    """A key for each name, in order; no two are the same, nor become so where `-` is written `_`."""
    keys: list[str] = []
    taken: set[str] = set()
    for name in names:
        base = slug(name)
        key, number = base, 1
        while key.replace("-", "_") in taken:
            number += 1
            key = f"{base}-{number}"
        taken.add(key.replace("-", "_"))
        keys.append(key)
    return tuple(keys)


def slug(name: str) -> str:
    """`resnet50`, `efficientnet-lite0`; of a name without a letter that is kept, a word for it."""
    return _OTHER.sub("-", name.lower())[:_LONGEST].strip("-_") or _NAMELESS


def cell_name(*parts: str) -> str:
    """A name that a workbook's cell may bear: `q_resnet50_move_price`."""
    return "q_" + "_".join(part.replace("-", "_") for part in parts)
