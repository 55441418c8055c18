"""Finds the one target that a name means; says so where it means none, or more than one."""

import difflib
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pricing.errors import TargetError
from pricing.files import one_of, shown
from pricing.targets.target_files import read_targets
from pricing.vocabulary import Target

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Targets:
    """All targets that are known, by id.

    Raises:
        TargetError: if two of them have the same id.
    """

    all: tuple[Target, ...]
    _spelt: tuple[frozenset[str], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Order them by id, and refuse an id that is there twice."""
        ordered = tuple(sorted(self.all, key=lambda one: one.target_id))
        for one, other in itertools.pairwise(ordered):
            if one.target_id == other.target_id:
                raise TargetError(f"there are two targets {shown(one.target_id)}: give one of them another id")
        object.__setattr__(self, "all", ordered)
        object.__setattr__(self, "_spelt", tuple(map(_names, ordered)))  # a plan asks for the same few dozens of times

    def find(self, name: str) -> Target:
        """The target that an id, an alias or the driver's name means; case does not count.

        Raises:
            TargetError: if it means none, with those that are near, or more than one, with the choices.
        """
        wanted = _folded(name[:_LONGEST_NAME])
        exact = [one for one, names in zip(self.all, self._spelt, strict=True) if wanted in names]
        found = exact or [one for one in self.all if wanted and one.target_id.startswith(f"{wanted}-")]
        if len(found) == 1:
            return found[0]
        if found:
            choices = one_of([one.target_id for one in found])
            raise TargetError(f"{shown(name)} may mean {choices}: they differ in rate and price, so name one")
        known = {spelling: one.target_id for one in self.all for spelling in _names(one)}
        near = sorted({known[one] for one in difflib.get_close_matches(wanted, known, n=4, cutoff=0.6)})
        advice = f"did you mean {one_of(near)}?" if near else "`planner targets list` shows those that are known"
        raise TargetError(f"there is no target {shown(name)}: {advice}")

    def get(self, target_id: str) -> Target | None:
        """The target with exactly this id."""
        return next((one for one in self.all if one.target_id == target_id), None)

    def cpu_for(
        self, vendor: str, family: int | None, model_number: int | None, *, has_int8_units: bool | None = None
    ) -> Target | None:
        """The CPU that CPUID (on ARM the part number) describes; None where no target is it.

        Args:
            vendor: As the kernel gives it: `AuthenticAMD`, `GenuineIntel`, `ARM`.
            family: CPUID's family; on ARM the architecture's version.
            model_number: CPUID's model; on ARM the part.
            has_int8_units: Whether the CPU reports an INT8 instruction. Skylake-SP and Cascade Lake share a model
                number and differ in this alone: without it neither is named.
        """
        if family is None or model_number is None:
            return None
        found = [
            one
            for one in self.all
            if any(
                identity.vendor == vendor
                and identity.family == family
                and identity.first_model <= model_number <= identity.last_model
                for identity in one.identities
            )
        ]
        if len(found) > 1 and has_int8_units is not None:
            found = [one for one in found if one.has_int8_units == has_int8_units]
        return found[0] if len(found) == 1 else None

    def for_cpu_model(self, written: str) -> Target | None:
        """The CPU that a price table means by this text; None where no target is it."""
        wanted = written.casefold()
        return next((one for one in self.all if wanted in {text.casefold() for text in one.cpu_models}), None)

    def with_file(self, path: Path) -> "Targets":
        """These and the targets of a TOML file.

        Raises:
            TargetError: if the file cannot be read, has an unknown key, or names a target that is there already.
        """
        return self._with(read_targets(path), path)

    def _with(self, more: Iterable[Target], path: Path) -> "Targets":
        taken = {spelling: one.target_id for one in self.all for spelling in _names(one)}
        added = tuple(more)
        for one in added:
            clash = next((spelling for spelling in sorted(_names(one)) if spelling in taken), None)
            if clash is not None:
                raise TargetError(
                    f"{path}: the target {shown(one.target_id)} takes the name {shown(clash)}, which means "
                    f"{taken[clash]}: give it another id or alias"
                )
            taken |= dict.fromkeys(_names(one), one.target_id)
        return Targets((*self.all, *added))


def _names(target: Target) -> frozenset[str]:
    return frozenset(map(_folded, (target.target_id, target.name, *target.aliases)))


def _folded(name: str) -> str:
    """As names are compared: lower case, without the maker in front, words joined by hyphens."""
    return "-".join(name.casefold().replace("_", "-").split()).removeprefix("nvidia-")
