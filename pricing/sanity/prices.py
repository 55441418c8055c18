"""Prices against the market, and offers against one another (R13 R14)."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from pricing.book.bands import BAND
from pricing.book.families import pairs_out_of_order
from pricing.money import HOURS_PER_YEAR
from pricing.sanity.finding import Finding, Rule, Verdict
from pricing.sanity.wording import dollars, hourly
from pricing.vocabulary import Offer

_BAND = float(BAND)
OLDEST = timedelta(days=365)
"""A market price of an older day says little: one card lost 33 % in a month (AWS, June 2025)."""


def price(
    rate: float, low: float, high: float, *, what: str, markets: Mapping[str, float], newest: date, as_of: date
) -> Finding:
    """R13: a price per device-hour against the band around the cheapest on demand of every provider and region.

    Args:
        rate: Dollars for one device and hour.
        low: The band's lower end, in the same unit.
        high: Its upper end.
        what: The device's name.
        markets: The cheapest price by provider and region: what the band is made of.
        newest: The day of the newest of them.
        as_of: The day that is judged for.
    """
    is_inside = low <= rate <= high
    is_old = as_of - newest > OLDEST
    says = f"{dollars(rate * HOURS_PER_YEAR)} a year ({hourly(rate)}) for one {what}"
    band = f"{low:.2f}–{high:.2f} $/h"
    if is_old:
        verdict, says = Verdict.UNVERIFIABLE, f"{says}: the newest price known is of {newest}, too old for {as_of}"
    elif is_inside:
        verdict, says = Verdict.HOLDS, f"{says} is within the market, {band}"
    else:
        verdict, says = Verdict.IMPLAUSIBLE, f"{says} is outside the market, {band}"
    listed = "; ".join(
        f"{where} {hourly(found)} = {dollars(found * HOURS_PER_YEAR)} a year"
        for where, found in sorted(markets.items())
    )
    return Finding(
        rule=Rule.PRICE,
        verdict=verdict,
        sentence=says,
        arithmetic=(
            f"cheapest on demand as of {as_of}: {listed}",
            f"band: {low * _BAND:.4g} ÷ {_BAND} to {high / _BAND:.4g} × {_BAND} = {band}",
        ),
        figures={"usd_per_h": rate, "low": low, "high": high},
    )


def no_market(what: str, *, why: str) -> Finding:
    """R13 where the book has nothing to hold a price against."""
    return Finding(rule=Rule.PRICE, verdict=Verdict.UNVERIFIABLE, sentence=f"{what}: {why}")


def larger_but_cheaper(offers: Iterable[Offer]) -> tuple[Finding, ...]:
    """R14: of two offers of one family, one that is smaller in no respect is cheaper.

    Args:
        offers: Of one day, as `PriceBook.current` gives them; what a family is, `pricing.book.families` says.
    """
    return tuple(_cheaper(large, small) for large, small in pairs_out_of_order(offers))


def _cheaper(large: Offer, small: Offer) -> Finding:
    told = [
        f"{one.instance}: {one.devices:g} GPUs, {one.vcpus} threads, {one.memory_gib:g} GiB, {one.rate.amount} "
        f"{one.rate.currency}/h ({one.as_of})"
        for one in (large, small)
    ]
    return Finding(
        rule=Rule.PRICE_ORDER,
        verdict=Verdict.IMPLAUSIBLE,
        sentence=f"{large.provider} {large.region}: {large.instance} is smaller than {small.instance} in no respect, "
        "and cheaper: one of the prices is wrong or out of date",
        arithmetic=tuple(told),
        figures={"larger_usd_per_h": float(large.rate.amount), "smaller_usd_per_h": float(small.rate.amount)},
    )
