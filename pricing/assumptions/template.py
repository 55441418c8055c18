"""Writes the commented file of assumptions: every name, its meaning, its unit, its default and why."""

import textwrap

from pricing.assumptions.entries import ENTRIES
from pricing.assumptions.entry import Entry

_HEAD = """\
# Assumptions of a plan: `planner plan --assumptions FILE`. Every quantity is written with its unit. What is left out,
# or commented out as here, has its default. A quantity with a spread may be three values: low, likely, high.
# GB is 10⁹ bytes and GiB is 2³⁰; a month is 730 hours and a year 8,760.
"""
_EXAMPLES = {
    "workload.model": '"resnet50"',
    "from.region": '"us-east-1"',
    "from.instance": '"p4d.24xlarge"',
    "from.instances": "12",
    "to.provider": '"gcp"',
    "to.region": '"us-central1"',
    "to.purchase": '"spot"',
    "to.instance": '"g4dn.xlarge"',
    "demand.profile": f"[{', '.join(['0.4'] * 7 + ['0.7'] * 5 + ['1.0'] * 7 + ['0.6'] * 5)}]",
    "slo.limit": '"50 ms"',
    "energy.carbon": '"369.5 g/kWh"',
    "energy.place": '"US"',
    "energy.embodied_per_device": '"150 kg"',
    "energy.embodied_source": '"the maker, 2025"',
    "prices.as_of": "2026-07-20",
}
"""Of what has no default. They are shown as prose: to take the comment signs away leaves every default as it is."""


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
        lines += _lines(entry)
    return "\n".join(lines) + "\n"


def _lines(entry: Entry) -> list[str]:
    if entry.default is not None:
        return [f"# {entry.key} = {_written(entry.default)}"]
    example = f"for example: {entry.key} = {_EXAMPLES[entry.name]}"
    return textwrap.wrap(example, width=118, initial_indent="#   ", subsequent_indent="#     ")


def _written(default: str | bool | int | tuple[str, ...]) -> str:  # noqa: FBT001 - one of the kinds of a default
    match default:
        case bool():
            return "true" if default else "false"
        case tuple():
            return "[" + ", ".join(f'"{one}"' for one in default) + "]"
        case int():
            return str(default)
        case text:
            return f'"{text}"'
