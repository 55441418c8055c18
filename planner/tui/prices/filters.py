"""Filters of one key each: device, market, option. A press goes to the next value there is; the last one ends it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from rich.text import Text

from planner.services.price_overview import PriceKey, key_of
from planner.tui.prices.lines import PriceLine
from planner.wording.text import plain

_VALUES: Mapping[str, Callable[[PriceLine], str]] = MappingProxyType(
    {"device": lambda one: one.device, "market": lambda one: one.market, "option": lambda one: one.option}
)
KEYS = {"device": "d", "market": "m", "option": "o"}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickFilters:
    """What is shown of a list.

    Attributes:
        wanted: By `device`, `market` and `option` the one value.
        keys: Only what these prices are of, as a finding names them; None: all.
        rule: The rule of that finding.
    """

    wanted: Mapping[str, str] = field(default_factory=dict)
    keys: frozenset[PriceKey] | None = None
    rule: str = ""

    def holds(self, one: PriceLine) -> bool:
        """Whether a line is shown."""
        if self.keys is not None and (one.rented is None or key_of(one.rented) not in self.keys):
            return False
        return all(_VALUES[name](one) == value for name, value in self.wanted.items())

    def shown(self, lines: Sequence[PriceLine]) -> tuple[PriceLine, ...]:
        """Those that are."""
        return tuple(filter(self.holds, lines)) if self.is_in_force else tuple(lines)

    @property
    def is_in_force(self) -> bool:
        """Whether anything is left out."""
        return bool(self.wanted) or self.keys is not None

    def next(self, name: str, lines: Sequence[PriceLine], *, at: PriceLine | None) -> "QuickFilters":
        """The filter after one more press.

        Args:
            name: Which filter.
            lines: All lines: only values that the other filters leave are gone through.
            at: The line under the cursor: its value is the first.
        """
        others = replace(self, wanted={key: value for key, value in self.wanted.items() if key != name})
        values = sorted({_VALUES[name](one) for one in others.shown(lines)})
        if name in self.wanted:
            start = values.index(self.wanted[name]) + 1 if self.wanted[name] in values else 0
            left = values[start:]
            return replace(others, wanted={**others.wanted, name: left[0]}) if left else others
        if not values:
            return self
        first = _VALUES[name](at) if at is not None and _VALUES[name](at) in values else values[0]
        return replace(others, wanted={**others.wanted, name: first})

    def line(self) -> Text:
        """What is in force, with the keys: `device t4 (d) · market any (m) · option any (o)`."""
        text = Text(no_wrap=True, overflow="ellipsis")
        for number, name in enumerate(_VALUES):
            value = self.wanted.get(name)
            text.append(" · " if number else "", style="dim")
            text.append(f"{KEYS[name]} ", style="bold").append(f"{name} ", style="dim")
            text.append(plain(value) if value else "any", style="bold reverse" if value else "dim")
        if self.keys is not None:
            text.append(" · ", style="dim").append(f"only what {self.rule} found", style="bold reverse")
        if self.is_in_force:
            text.append(" · ", style="dim").append("a", style="bold").append(" shows all", style="dim")
        return text
