"""Writes the commented file of assumptions: every name, its meaning, its unit, its default and why."""

import textwrap

from pricing.assumptions.entries import ENTRIES
from pricing.assumptions.entry import Entry

_HEAD = """\
# Assumptions of a plan: `planner plan --assumptions FILE`. Every quantity is written with its unit. What is left out,
# or commented out as here, has its default. A quantity with a spread may be three values: low, likely, high.
# GB is 10⁹ bytes and GiB is 2³⁰; a month is 730 hours and a year 8,760.
"""
_WORDS = {"from.instances": "12", "demand.profile": "[0.2, 0.2, …, 1.0, …]  # 24 of them", "slo.limit": '"50 ms"'}


def template() -> str:
    """The file with every default commented out."""
    lines = [_HEAD]
    section = ""
    for entry in ENTRIES:
        if entry.section != section:
            section = entry.section
            lines.append(f"\n[{section}]")
        comment = f"{entry.meaning}{f'. The default: {entry.why}' if entry.why and entry.default is not None else ''}"
        lines += textwrap.wrap(comment, width=118, initial_indent="# ", subsequent_indent="#   ")
        lines.append(f"# {entry.key} = {_written(entry)}")
    return "\n".join(lines) + "\n"


def _written(entry: Entry) -> str:
    match entry.default:
        case None:
            return _WORDS.get(entry.name, '"…"')
        case bool():
            return "true" if entry.default else "false"
        case tuple():
            return "[" + ", ".join(f'"{one}"' for one in entry.default) + "]"
        case int():
            return str(entry.default)
        case text:
            return f'"{text}"'
