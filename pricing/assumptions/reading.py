"""Reads assumptions: defaults, then a file, then what the command line says. Every fault is told with its name."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from pricing.assumptions.entries import BY_NAME, ENTRIES
from pricing.assumptions.entry import Entry
from pricing.assumptions.model import Assumptions, Autoscaling, Energy, Migration, Owning, Place, Stated
from pricing.assumptions.values import HOURS, parse
from pricing.errors import AssumptionError
from pricing.files import read_toml, shown
from pricing.vocabulary import Demand, Evidence, Precision, Provenance, Range

YEAR_S = 8760 * 3600.0
Raw = Mapping[str, object]
_LONGEST_NAME = 100  # of a name that is compared with those that are known


@dataclass(frozen=True, slots=True)
class _Value:
    parsed: object
    stated: Stated


def read_assumptions(path: Path) -> dict[str, object]:
    """What a file of assumptions says, by name; nothing is judged but its shape and its names.

    Raises:
        AssumptionError: if it cannot be read, is no TOML, or has a name that is not known.
    """
    found: dict[str, object] = {}
    for section, table in read_toml(path, error=AssumptionError).items():
        if not isinstance(table, dict):
            raise AssumptionError(
                f"{path}: {shown(section)} is not a [section] of assumptions: write them as key = value below one"
                f"{_near(section)}"
            )
        found |= {f"{section}.{key}": value for key, value in table.items()}
    _require_known(found, str(path))
    return found


def assume(*layers: tuple[str, Raw], today: date, demand: Demand | None = None) -> Assumptions:
    """The assumptions that hold when later layers overrule earlier ones, and defaults fill the rest.

    Args:
        layers: Pairs of where values come from (a file, "the command line") and what it says, by name.
        today: The day on which prices are asked for by default; later ones are refused.
        demand: Traffic that was measured; it replaces `demand.peak` and `demand.profile`.

    Raises:
        AssumptionError: if a value is out of range, or contradicts another.
        UnitError: if a unit is missing or wrong.
    """
    raw: dict[str, tuple[str, object]] = {}
    for origin, layer in layers:
        _require_known(layer, origin)
        raw |= {name: (origin, value) for name, value in layer.items()}
    values = {entry.name: _value(entry, raw) for entry in ENTRIES}
    parsed = {name: value.parsed for name, value in values.items()}
    stated = {name: value.stated for name, value in values.items()}
    if demand is None:
        demand = _demand(parsed, stated["demand.peak"].evidence)
    else:
        stated |= _as_measured(stated, demand)
    as_of = parsed["prices.as_of"] or today
    assert isinstance(as_of, date)  # noqa: S101 - for the type checker: a DAY was parsed
    if as_of > today:
        raise AssumptionError(f"prices of {as_of} are asked for, and today is {today}: nobody knows them yet")
    return _typed(parsed, demand=demand, as_of=as_of, stated=tuple(stated.values()))


def _require_known(names: Raw, origin: str) -> None:
    for name in names:
        if name not in BY_NAME:
            raise AssumptionError(f"{origin}: {shown(name)} is no assumption{_near(name)}")


def _value(entry: Entry, raw: Mapping[str, tuple[str, object]]) -> _Value:
    if entry.name in raw:
        origin, written = raw[entry.name]
        source, where = f"stated in {origin}", f"{origin}: {entry.name}"
    else:
        written, where = entry.default, entry.name
        source = "not stated" if written is None else f"default: {entry.why}" if entry.why else "default"
    parsed = None if written is None else parse(entry, written, where)
    evidence = Evidence(kind=Provenance.ASSUMED, source=source)
    return _Value(parsed, Stated(name=entry.name, text=_text(written), meaning=entry.meaning, evidence=evidence))


def _demand(parsed: Mapping[str, object], evidence: Evidence) -> Demand:
    peak, profile = parsed["demand.peak"], parsed["demand.profile"] or (1.0,) * HOURS
    assert isinstance(peak, float) and isinstance(profile, tuple)  # noqa: S101, PT018 - for the type checker
    return Demand(hourly_per_s=tuple(peak * share for share in profile), peak_per_s=peak, evidence=evidence)


def _as_measured(stated: Mapping[str, Stated], demand: Demand) -> dict[str, Stated]:
    """The register says what traffic showed, not what was stated or assumed in its place."""
    shares = ", ".join(f"{rate / demand.peak_per_s:.4g}" for rate in demand.hourly_per_s)
    texts = {"demand.peak": f"{demand.peak_per_s:.6g} requests/s", "demand.profile": shares}
    return {name: replace(stated[name], text=text, evidence=demand.evidence) for name, text in texts.items()}


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
        "energy": _energy(parsed),
        "owning": Owning(
            infrastructure_share=_range(parsed["own.infrastructure"]),
            support_share=_range(parsed["own.support"]),
            colocation_per_kw=_range(parsed["own.colocation"]),
            staff_per_device=_range(parsed["own.staff"]),
        ),
        "as_of": as_of,
        "stated": stated,
    }
    return Assumptions(**fields)  # type: ignore[arg-type]  # each was parsed by the kind of its entry


def _energy(parsed: Mapping[str, object]) -> Energy:
    carbon, place, source = (parsed[f"energy.{key}"] for key in ("carbon", "place", "embodied_source"))
    embodied = parsed["energy.embodied_per_device"]
    if (embodied is None) is not (source is None):
        raise AssumptionError(
            "energy.embodied_per_device and energy.embodied_source belong together: say what making a device emitted, "
            "and who declared it"
        )
    idle, load = _range(parsed["energy.idle_share"]), _range(parsed["energy.load_share"])
    if not (idle.low <= load.low and _likely(idle) <= _likely(load) and idle.high <= load.high):
        raise AssumptionError("energy.idle_share lies above energy.load_share: a card that works draws more than idle")
    return Energy(
        pue=_range(parsed["energy.pue"]),
        pue_hyperscale=_range(parsed["energy.pue_hyperscale"]),
        price_per_kwh=_range(parsed["energy.price"]),
        idle_share=idle,
        load_share=load,
        carbon_g_per_kwh=None if carbon is None else _range(carbon),
        place=place if isinstance(place, str) else None,
        device_life_years=_number(parsed["energy.device_life"]) / YEAR_S,
        embodied_kg=None if embodied is None else _number(embodied),
        embodied_source=source if isinstance(source, str) else None,
    )


def _place(parsed: Mapping[str, object], section: str, before: Place | None) -> Place:
    def found(key: str) -> str | None:
        value = parsed[f"{section}.{key}"]
        return value if isinstance(value, str) else None

    provider = found("provider") or (before.provider if before else "")
    is_same = before is not None and provider == before.provider
    return Place(
        target=found("target") or "",
        precision=_precision(found("precision") or ""),
        provider=provider,
        region=found("region") or (before.region if before and is_same else None),
        purchase=found("purchase") or (before.purchase if before else ""),
        instance=found("instance"),
    )


def _precision(word: str) -> str:
    """A precision in any case is that precision; a variant of a run stays as it is written."""
    return word.casefold() if word.casefold() in set(Precision) else word


def _years(horizon_s: float) -> int:
    years = horizon_s / YEAR_S
    if abs(years - round(years)) > 1e-9 or years < 1:  # noqa: PLR2004 - what a division leaves over
        raise AssumptionError(f"money.horizon is {years:g} years: cash is counted by whole years, from 1")
    return round(years)


def _number(value: object) -> float:
    if not isinstance(value, int | float):
        raise AssumptionError(f"{shown(value)} is no number")
    return float(value)


def _range(value: object) -> Range:
    if not isinstance(value, Range):
        raise AssumptionError(f"{shown(value)} is no range")
    return value


def _likely(spread: Range) -> float:
    return spread.high if spread.point is None else spread.point


def _near(name: str) -> str:
    names = get_close_matches(name[:_LONGEST_NAME], BY_NAME, n=1, cutoff=0.5)
    return f"; {names[0]} is the nearest" if names else "; `planner plan --template` lists them all"


def _text(written: object) -> str:
    """As it was written; it has been parsed, so it is short."""
    if written is None:
        return ""
    if isinstance(written, list | tuple):
        return ", ".join(map(_text, written))
    if isinstance(written, bool):
        return "true" if written else "false"
    return str(written)
