"""Assumptions as they are typed, one text each: to what a file would hold, and back to a file."""

import json
from collections.abc import Mapping

from pricing.assumptions.entries import BY_NAME, ENTRIES
from pricing.assumptions.entry import Entry, Kind
from pricing.errors import AssumptionError

_MANY = {Kind.SPREAD, Kind.PROFILE}
_SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def value_of(entry: Entry, text: str) -> object:
    """What a file would hold instead of the text: a number, a truth, a list, else the text itself.

    Nothing is judged here: `assume` refuses what is none.
    """
    words = text.strip()
    if entry.kind is Kind.WHOLE and words.lstrip("+-").isdecimal() and words.isascii():
        return int(words)
    if entry.kind is Kind.SWITCH:
        return _SWITCHES.get(words.casefold(), words)
    if entry.kind in _MANY and "," in words:
        return [part.strip() for part in words.split(",")]
    return words


def text_of(entry: Entry) -> str:
    """The default as it is typed; empty where there is none."""
    return "" if entry.default is None else typed_of(entry.default)


def typed_of(value: object) -> str:
    """What a file holds as one would type it: the way back of `value_of`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(typed_of, value)) if isinstance(value, tuple | list) else str(value)


def file_of(texts: Mapping[str, str]) -> str:
    """A file of assumptions that says the same; `read_assumptions` reads it.

    Raises:
        AssumptionError: if a name is none.
    """
    unknown = [name for name in texts if name not in BY_NAME]
    if unknown:
        raise AssumptionError(f"{unknown[0]!r:.80} is no assumption")
    lines = ["# Assumptions of a plan: planner plan --assumptions FILE"]
    section = ""
    for entry in ENTRIES:
        text = texts.get(entry.name, "").strip()
        if not text:
            continue
        if entry.section != section:
            section = entry.section
            lines.append(f"\n[{section}]")
        lines.append(f"{entry.key} = {json.dumps(value_of(entry, text), ensure_ascii=False)}")
    return "\n".join(lines) + "\n"
