"""Reads targets of one's own from a TOML file: quantities with units, unknown keys refused.

A file holds tables `[[targets]]`; of a target `id`, `name`, `kind`, `vendor` and `source` must be there.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pricing.errors import TargetError, UnitError
from pricing.files import read_toml, require_known, shown
from pricing.units import Dimension, quantity
from pricing.vocabulary import CpuIdentity, Precision, Target, TargetKind

_REQUIRED = ("id", "name", "kind", "vendor", "source")
_KEYS = (
    *_REQUIRED, "aliases", "peaks", "memory", "bandwidth", "power", "compute_capability", "int8_units", "cpus",
    "cpu_models", "note",
)  # fmt: skip
_MOST_TARGETS = 1000
_MOST_WORDS = 64
_LONGEST_TEXT = 500
_ID = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_PEAK = re.compile(r"\s*([0-9.,_eE+]+)\s*([MGT])(?:FLOPS|OPS|FLOP/s|OP/s)\s*", re.ASCII)
_CAPABILITY = re.compile(r"(\d{1,2})\.(\d)", re.ASCII)
_LARGEST_MODEL = 0xFFFF


def read_targets(path: Path) -> tuple[Target, ...]:
    """The targets of a TOML file.

    Raises:
        TargetError: if it cannot be read, or says something that no target has.
    """
    raw = read_toml(path, error=TargetError)
    require_known(raw, ("targets",), place=str(path), error=TargetError)
    tables = raw.get("targets")
    if not isinstance(tables, list) or not tables or not all(isinstance(one, dict) for one in tables):
        raise TargetError(f"{path} holds no target: write each as a table [[targets]]")
    if len(tables) > _MOST_TARGETS:
        raise TargetError(f"{path} holds {len(tables):,} targets: {_MOST_TARGETS:,} are the most that are read")
    return tuple(_target(table, f"{path}, target {number}") for number, table in enumerate(tables, 1))


def _target(table: Mapping[str, Any], place: str) -> Target:
    try:
        return _Table(table, place).target()
    except TargetError as error:
        told = str(error)
        raise TargetError(told if told.startswith(place) else f"{place}: {told}") from error


class _Table:
    """One table [[targets]], and where it stands for the errors."""

    def __init__(self, table: Mapping[str, Any], place: str) -> None:
        self._table = table
        self._place = place

    def target(self) -> Target:
        """The target that it describes."""
        require_known(self._table, _KEYS, place=self._place, error=TargetError)
        missing = [key for key in _REQUIRED if key not in self._table]
        if missing:
            raise TargetError(f"{self._place}: {missing[0]} is missing")
        memory = self._quantity("memory", Dimension.SIZE)
        peaks = self._peaks()
        return Target(
            target_id=self._id(),
            name=self._text("name"),
            kind=self._kind(),
            vendor=self._text("vendor"),
            aliases=self._texts("aliases"),
            peaks_per_s=peaks,
            memory_bytes=None if memory is None else round(memory),
            bandwidth_bytes_per_s=self._quantity("bandwidth", Dimension.BANDWIDTH),
            board_power_w=self._quantity("power", Dimension.POWER),
            compute_capability=self._capability(),
            has_int8_units=self._flag("int8_units", default=Precision.INT8 in peaks),
            identities=self._identities(),
            cpu_models=self._texts("cpu_models"),
            source=self._text("source"),
            note=self._text("note") if "note" in self._table else "",
        )

    def _refusal(self, key: str, advice: str) -> TargetError:
        return TargetError(f"{self._place}: {key} is {shown(self._table[key])}: write {advice}")

    def _text(self, key: str) -> str:
        value = self._table[key]
        if not isinstance(value, str) or not 0 < len(value.strip()) <= _LONGEST_TEXT or not value.isprintable():
            raise self._refusal(key, f"a text on one line, of at most {_LONGEST_TEXT} characters")
        return value.strip()

    def _texts(self, key: str) -> tuple[str, ...]:
        value = self._table.get(key, [])
        if not isinstance(value, list) or len(value) > _MOST_WORDS:
            raise self._refusal(key, f"a list of at most {_MOST_WORDS} texts")
        if not all(
            isinstance(one, str) and 0 < len(one.strip()) <= _LONGEST_TEXT and one.isprintable() for one in value
        ):
            raise self._refusal(key, "a list of texts")
        return tuple(value)

    def _id(self) -> str:
        value = self._table["id"]
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise self._refusal("id", "lower-case letters, digits, hyphens and dots, such as a100-sxm4-40")
        return value

    def _kind(self) -> TargetKind:
        value = self._table["kind"]
        if value not in set(TargetKind):
            raise self._refusal("kind", '"gpu" or "cpu"')
        return TargetKind(value)

    def _flag(self, key: str, *, default: bool) -> bool:
        value = self._table.get(key, default)
        if not isinstance(value, bool):
            raise self._refusal(key, "true or false")
        return value

    def _quantity(self, key: str, dimension: Dimension) -> float | None:
        if key not in self._table:
            return None
        try:
            return quantity(self._table[key], dimension, name=key)
        except UnitError as error:
            raise TargetError(f"{self._place}: {error}") from error

    def _peaks(self) -> dict[Precision, float]:
        table = self._table.get("peaks", {})
        if not isinstance(table, dict):
            raise self._refusal("peaks", 'a table, such as { fp32 = "8.1 TFLOPS", int8 = "130 TOPS" }')
        require_known(table, tuple(Precision), place=f"{self._place}, peaks", error=TargetError)
        return {Precision(name): self._peak(name, value) for name, value in table.items()}

    def _peak(self, name: str, value: object) -> float:
        match = _PEAK.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise TargetError(
                f"{self._place}: the {name} peak is {shown(value)}: write a rate such as "
                '"8.1 TFLOPS" or "130 TOPS", dense'
            )
        try:
            return quantity(f"{match[1]} {match[2]}FLOP", Dimension.OPERATIONS, name=f"the {name} peak")
        except UnitError as error:
            raise TargetError(f"{self._place}: {error}") from error

    def _capability(self) -> tuple[int, int] | None:
        if "compute_capability" not in self._table:
            return None
        match = _CAPABILITY.fullmatch(str(self._table["compute_capability"]))
        if match is None:
            raise self._refusal("compute_capability", 'it as "8.6"')
        return int(match[1]), int(match[2])

    def _identities(self) -> tuple[CpuIdentity, ...]:
        tables = self._table.get("cpus", [])
        if not isinstance(tables, list) or len(tables) > _MOST_WORDS:
            raise self._refusal("cpus", f"at most {_MOST_WORDS} tables")
        return tuple(self._cpu_identity(one) for one in tables)

    def _cpu_identity(self, table: object) -> CpuIdentity:
        advice = f'{self._place}: write a CPU as {{ vendor = "AuthenticAMD", family = 25, models = [16, 31] }}'
        if not isinstance(table, dict):
            raise TargetError(advice)
        require_known(table, ("vendor", "family", "models"), place=f"{self._place}, cpus", error=TargetError)
        vendor, family, models = table.get("vendor"), _span([table.get("family")]), _span(table.get("models"))
        if not isinstance(vendor, str) or not vendor or family is None or models is None:
            raise TargetError(advice)
        return CpuIdentity(vendor=vendor, family=family[0], first_model=models[0], last_model=models[1])


def _span(value: object) -> tuple[int, int] | None:
    """One or two whole numbers in order."""
    if not isinstance(value, list) or len(value) not in {1, 2}:
        return None
    if not all(isinstance(one, int) and not isinstance(one, bool) and 0 <= one <= _LARGEST_MODEL for one in value):
        return None
    return (value[0], value[-1]) if value[0] <= value[-1] else None
