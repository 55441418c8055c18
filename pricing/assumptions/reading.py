"""Reads assumptions: defaults, then a file, then what the command line says. Every fault is told with its name."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from pricing.assumptions.entries import BY_NAME, ENTRIES
from pricing.assumptions.entry import Entry
from pricing.assumptions.model import Assumptions, Autoscaling, Energy, Migration, Place, Stated
from pricing.assumptions.values import HOURS, cut, parse
from pricing.errors import AssumptionError
from pricing.vocabulary import Demand, Evidence, Provenance, Range

LARGEST_FILE = 1_000_000  # bytes: a hundred times the template
YEAR_S = 8760 * 3600.0
Raw = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Value:
    parsed: object
    stated: Stated


def read_assumptions(path: Path) -> dict[str, object]:
    """What a file of assumptions says, by name; nothing is judged but its shape and its names.

    Raises:
        AssumptionError: if it cannot be read, is no TOML, or has a name that is not known.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise AssumptionError(f"{path} has more than {LARGEST_FILE:,} bytes: that is no file of assumptions")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise AssumptionError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise AssumptionError(f"{path} is no text in UTF-8") from error
    return parse_assumptions(text, origin=str(path))


def parse_assumptions(text: str, *, origin: str) -> dict[str, object]:
    """As `read_assumptions`, of the text itself; `origin` names it in errors.

    Raises:
        AssumptionError: if it is no TOML, or has a name that is not known.
    """
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise AssumptionError(f"{origin} is no TOML: {error}") from error
    found: dict[str, object] = {}
    for section, table in tables.items():
        if not isinstance(table, dict):
            raise AssumptionError(f"{origin}: {cut(section)} stands outside a [section]{_near(section)}")
        for key, value in table.items():
            name = f"{section}.{key}"
            if name not in BY_NAME:
                raise AssumptionError(f"{origin}: {cut(name)} is no assumption{_near(name)}")
            found[name] = value
    return found


def assume(
    *layers: tuple[str, Raw], today: date, demand: Demand | None = None, free: frozenset[str] = frozenset()
) -> Assumptions:
    """The assumptions that hold when later layers overrule earlier ones, and defaults fill the rest.

    Args:
        layers: Pairs of where values come from (a file, "the command line") and what it says, by name.
        today: The day on which prices are asked for by default; later ones are refused.
        demand: Traffic that was measured; it replaces `demand.peak` and `demand.profile`.
        free: Names whose default is left out, as the evidence at hand will fill them.

    Raises:
        AssumptionError: if a value is out of range, or contradicts another.
        UnitError: if a unit is missing or wrong.
    """
    raw: dict[str, tuple[str, object]] = {}
    for origin, layer in layers:
        for name in layer:
            if name not in BY_NAME:
                raise AssumptionError(f"{origin}: {cut(name)} is no assumption{_near(name)}")
        raw |= {name: (origin, value) for name, value in layer.items()}
    values = {entry.name: _value(entry, raw, free) for entry in ENTRIES}
    parsed = {name: value.parsed for name, value in values.items()}
    if demand is None:
        demand = _demand(parsed, values)
    as_of = parsed["prices.as_of"] or today
    assert isinstance(as_of, date)  # noqa: S101 - for the type checker: a DAY was parsed
    if as_of > today:
        raise AssumptionError(f"prices of {as_of} are asked for, and today is {today}: nobody knows them yet")
    return _typed(parsed, demand=demand, as_of=as_of, stated=tuple(values[entry.name].stated for entry in ENTRIES))


def _value(entry: Entry, raw: Mapping[str, tuple[str, object]], free: frozenset[str]) -> _Value:
    if entry.name in raw:
        origin, written = raw[entry.name]
        evidence = Evidence(kind=Provenance.ASSUMED, source=f"stated in {origin}")
        where = f"{origin}: {entry.name}"
    else:
        written = None if entry.name in free else entry.default
        evidence = Evidence(kind=Provenance.ASSUMED, source=f"default: {entry.why}" if entry.why else "default")
        where = entry.name
    text = "" if written is None else _text(written)
    parsed = None if written is None else parse(entry, written, where)
    return _Value(parsed, Stated(name=entry.name, text=text, meaning=entry.meaning, evidence=evidence))


def _demand(parsed: Mapping[str, object], values: Mapping[str, _Value]) -> Demand:
    peak, profile = parsed["demand.peak"], parsed["demand.profile"] or (1.0,) * HOURS
    assert isinstance(peak, float) and isinstance(profile, tuple)  # noqa: S101, PT018 - for the type checker
    return Demand(
        hourly_per_s=tuple(peak * share for share in profile),
        peak_per_s=peak,
        evidence=values["demand.peak"].stated.evidence,
    )


def _typed(parsed: Mapping[str, object], *, demand: Demand, as_of: date, stated: tuple[Stated, ...]) -> Assumptions:
    stay = _place(parsed, "from", None)
    fields: dict[str, object] = {
        "model": parsed["workload.model"],
        "stay": stay,
        "move": _place(parsed, "to", stay),
        "instances_today": parsed["from.instances"],
        "demand": demand,
        "quantile": parsed["slo.quantile"],
        "limit_s": parsed["slo.limit"],
        "headroom": parsed["fleet.headroom"],
        "plus": parsed["fleet.plus"],
        "zones": parsed["fleet.zones"],
        "spares": parsed["fleet.spares"],
        "autoscaling": Autoscaling(
            is_on=parsed["fleet.autoscaling"] is True, lag_s=_number(parsed["fleet.autoscaling_lag"])
        ),
        "replica_scaling": parsed["fleet.replica_scaling"],
        "horizon_years": _years(_number(parsed["money.horizon"])),
        "discount_rate": parsed["money.discount_rate"],
        "migration": Migration(
            quantise=_range(parsed["migration.quantise"]),
            move=_range(parsed["migration.move"]),
            parallel_running_s=_range(parsed["migration.parallel_running"]),
        ),
        "energy": Energy(
            pue=_range(parsed["energy.pue"]),
            price_per_kwh=_range(parsed["energy.price"]),
            carbon_g_per_kwh=_range(parsed["energy.carbon"]),
        ),
        "as_of": as_of,
        "stated": stated,
    }
    return Assumptions(**fields)  # type: ignore[arg-type]  # each was parsed by the kind of its entry


def _place(parsed: Mapping[str, object], section: str, before: Place | None) -> Place:
    def found(key: str) -> str | None:
        value = parsed[f"{section}.{key}"]
        return value if isinstance(value, str) else None

    provider = found("provider") or (before.provider if before else "")
    is_same = before is not None and provider == before.provider
    return Place(
        target=found("target") or "",
        precision=found("precision") or "",
        provider=provider,
        region=found("region") or (before.region if before and is_same else None),
        purchase=found("purchase") or (before.purchase if before else ""),
        instance=found("instance"),
    )


def _years(horizon_s: float) -> int:
    years = horizon_s / YEAR_S
    if abs(years - round(years)) > 1e-9 or years < 1:  # noqa: PLR2004 - what a division leaves over
        raise AssumptionError(f"money.horizon is {years:g} years: cash is counted by whole years, from 1")
    return round(years)


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise AssumptionError(f"{cut(value)} is no number")
    return float(value)


def _range(value: object) -> Range:
    if not isinstance(value, Range):
        raise AssumptionError(f"{cut(value)} is no range")
    return value


def _near(name: str) -> str:
    names = get_close_matches(name, BY_NAME, n=1, cutoff=0.5)
    return f"; {names[0]} is the nearest" if names else "; `planner plan --template` lists them all"


def _text(written: object) -> str:
    if isinstance(written, list | tuple):
        return ", ".join(_text(one) for one in written)
    if isinstance(written, bool):
        return "true" if written else "false"
    if isinstance(written, float) and not math.isfinite(written):
        return str(written)
    return str(written)
