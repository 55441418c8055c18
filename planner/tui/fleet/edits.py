"""Edited assumptions: what was typed, and the command line that says the same. Pure."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from planner.wording.typed import per_second
from pricing.assumptions.entries import ENTRIES
from pricing.assumptions.entry import Entry

MODEL = "workload.model"
_LIMIT, _QUANTILE, _PEAK = "slo.limit", "slo.quantile", "demand.peak"
_OPTIONS = {
    "from.target": "--from",
    "from.precision": "--baseline",
    "from.provider": "--provider",
    "from.region": "--region",
    "from.purchase": "--purchase",
    "from.instances": "--instances",
    "to.target": "--to",
    "to.precision": "--variant",
    _PEAK: "--qps",
    "prices.as_of": "--as-of",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Texts by the name of their assumption; what is not there has its default, or is found by the plan."""

    texts: Mapping[str, str] = field(default_factory=dict)

    def edited(self, name: str, text: str) -> "Edits":
        """With another text; an empty one is no edit."""
        rest = {key: value for key, value in self.texts.items() if key != name}
        words = text.strip()
        if words:
            rest[name] = per_second(words) if name == _PEAK else words
        return replace(self, texts=rest)

    @property
    def model(self) -> str | None:
        """The model with published rates that was named; None: what the runs measured."""
        return self.texts.get(MODEL)

    @property
    def stated(self) -> dict[str, str]:
        """Everything but the model."""
        return {name: text for name, text in self.texts.items() if name != MODEL}

    def command_line(self, *, model: str | None, runs: Sequence[str], file: Path | None = None) -> str:
        """As one types it in a shell.

        Args:
            model: That is planned, or None.
            runs: That are planned with, where no model is.
            file: Where the same assumptions were saved: it says all of them.
        """
        words = ["planner", "plan"]
        words += ["--model", model] if model is not None else [word for run in runs for word in ("--run", run)]
        if file is not None:
            return shlex.join([*words, "--assumptions", str(file)])
        options, lacks = dict(_OPTIONS), []
        texts = self.stated
        if _LIMIT in texts:
            limit = texts.pop(_LIMIT).replace(" ", "")
            words += ["--slo", f"{texts.pop(_QUANTILE, 'p99')}={limit}"]
        for name, text in texts.items():
            if name in options:
                words += [options[name], text]
            else:
                lacks.append(name)
        return shlex.join(words) + (" --assumptions FILE" if lacks else "")

    def differences(self, other: "Edits") -> Iterator[tuple[str, str | None, str | None]]:
        """Names in the order of the form, with the text of this and of the other; None: not edited."""
        for entry in ENTRIES:
            mine, yours = self.texts.get(entry.name), other.texts.get(entry.name)
            if mine != yours:
                yield entry.name, mine, yours


def form_entries() -> tuple[Entry, ...]:
    """What the form holds: every assumption, in the order of the file."""
    return ENTRIES
