"""What is ticked, and the command lines that it comes to: one a workload. Pure."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

_DEFAULT_BUDGET = "20s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be measured. An empty choice leaves it to planner: a workload's own variants, every runtime.

    Attributes:
        workloads: By name or file; empty where a model is brought.
        variants: As in `--variants`.
        runtimes: As in `--runtimes`.
        devices: `cpu`, `gpu:0`.
        batches: As in `--batch`.
        budget: As in `--budget`.
        max_relative_loss: As typed; empty: the workload's.
        max_class_drop: As typed; empty: the workload's.
        model: Path of a model that is brought; then `data`, `calibration` and `tokenizer` are its own.
    """

    workloads: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    runtimes: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    budget: str = _DEFAULT_BUDGET
    max_relative_loss: str = ""
    max_class_drop: str = ""
    model: str = ""
    data: str = ""
    calibration: str = ""
    tokenizer: str = ""

    def command_lines(self) -> tuple[tuple[str, ...], ...]:
        """Arguments of `planner`, one line a workload; none where nothing is named."""
        if self.model:
            return (("bench", *self._brought(), *self._rest()),)
        return tuple(("bench", "--workload", name, *self._rest()) for name in self.workloads)

    def _brought(self) -> Iterator[str]:
        named = (
            ("--model", self.model),
            ("--data", self.data),
            ("--calibration", self.calibration),
            ("--tokenizer", self.tokenizer),
        )
        for option, value in named:
            if value:
                yield from (option, value)

    def _rest(self) -> Iterator[str]:
        lists = (
            ("--variants", self._with_baseline()),
            ("--runtimes", self.runtimes),
            ("--device", () if self.devices == ("cpu",) else self.devices),
            ("--batch", self.batches),
        )
        for option, values in lists:
            if values:
                yield from (option, ",".join(values))
        given = (
            ("--budget", "" if self.budget == _DEFAULT_BUDGET else self.budget),
            ("--max-relative-loss", self.max_relative_loss),
            ("--max-class-drop", self.max_class_drop),
        )
        for option, value in given:
            if value.strip():
                yield from (option, value.strip())

    def _with_baseline(self) -> tuple[str, ...]:
        """What is compared needs something to be compared with."""
        if not self.variants or "fp32" in self.variants:
            return self.variants
        return ("fp32", *self.variants)


def typed(arguments: tuple[str, ...]) -> str:
    """A command line as one types it in a shell."""
    return shlex.join(("planner", *arguments))
