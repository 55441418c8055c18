"""Edited assumptions: what was typed over which default, the file and the command line that say the same. Pure."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pricing.assumptions.entries import ENTRIES
from pricing.assumptions.entry import Entry
from pricing.assumptions.typed import text_of

_OPTIONS = {
    "workload.model": "--model",
    "from.target": "--from",
    "from.precision": "--baseline",
    "from.provider": "--provider",
    "from.region": "--region",
    "from.purchase": "--purchase",
    "from.instances": "--instances",
    "to.target": "--to",
    "to.precision": "--variant",
    "demand.peak": "--qps",
    "prices.as_of": "--as-of",
}
_MODEL = "workload.model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Texts by the name of their assumption; what is not there has its default."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def edited(self, name: str, text: str) -> "Edits":
        """With another text; an empty one, or the default's, is no edit."""
        entry = next(one for one in ENTRIES if one.name == name)
        rest = {key: value for key, value in self.texts.items() if key != name}
        if text.strip() and text.strip() != text_of(entry):
            rest[name] = text.strip()
        return replace(self, texts=rest)

    def shown(self, entry: Entry) -> str:
        """What holds, as it is typed."""
        return self.texts.get(entry.name, text_of(entry))

    def command_line(self, model: str | None) -> str:
        """As one types it in a shell; what has no option of its own needs a file."""
        words = ["planner", "plan"]
        if model is not None:
            words += ["--model", model]
        lacks = []
        for name, text in self.texts.items():
            if name in _OPTIONS and name != _MODEL:
                words += [_OPTIONS[name], text]
            else:
                lacks.append(name)
        if lacks:
            words += ["--assumptions", "FILE"]
        return shlex.join(words)


def form_entries() -> tuple[Entry, ...]:
    """What the form holds: everything but the model, which has keys of its own."""
    return tuple(entry for entry in ENTRIES if entry.name != _MODEL)
