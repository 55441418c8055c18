"""What claims are held against: data sheets, prices of a day, published rates. Handed in, so that a report pins it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pricing.book import PriceBook, cheapest_per_device, per_device_hour, price_band
from pricing.errors import BookError, TargetError
from pricing.sanity.finding import Finding, Verdict, mildest
from pricing.sanity.prices import no_market, price
from pricing.sanity.published_best import PublishedRate
from pricing.targets import Targets
from pricing.vocabulary import Target

GENERIC = frozenset({"cpu", "gpu"})
"""Names that say what kind of device is meant, but not which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """What is known of the world on a day.

    Attributes:
        targets: Data sheets.
        book: Prices.
        rates: Published throughput.
        as_of: The day whose prices count.
    """

    targets: Targets
    book: PriceBook
    rates: tuple[PublishedRate, ...]
    as_of: date

    def devices(self, name: str) -> tuple[Target, ...]:
        """The device of that name, or all that the name may mean: `a100` is four.

        Raises:
            TargetError: if it means none.
        """
        try:
            return (self.targets.find(name),)
        except TargetError:
            stem = "-".join(name.casefold().replace("_", "-").split()).removeprefix("nvidia-")
            meant = tuple(one for one in self.targets.all if one.target_id.startswith(f"{stem}-"))
            if not meant:
                raise
            return meant

    def judge_price(self, usd_per_h: float, target: Target) -> Finding:
        """R13 on the prices of the day."""
        try:
            low, high = price_band(self.book, target.target_id, self.as_of)
        except BookError as error:
            return no_market(target.name, why=str(error))
        cheapest = cheapest_per_device(self.book, target.target_id, self.as_of)
        markets = {
            f"{provider} {region}": float(rate.amount)
            for (provider, region), offer in cheapest.items()
            if (rate := per_device_hour(offer)) is not None
        }
        return price(
            usd_per_h,
            float(low.amount),
            float(high.amount),
            what=target.name,
            markets=markets,
            newest=max(offer.as_of for offer in cheapest.values()),
            as_of=self.as_of,
        )


def on_each(devices: Sequence[Target], rule: Callable[[Target], Finding | None]) -> tuple[Finding, ...]:
    """What a rule says where a name may mean several devices: the mildest, with those on which it is worse.

    Nothing where no data sheet says enough.
    """
    said = [(device, found) for device in devices if (found := rule(device)) is not None]
    if not said:
        return ()
    best = mildest(found for _, found in said)
    worse = [device.target_id for device, found in said if found.verdict.is_fault]
    if not worse or best.verdict is not Verdict.HOLDS:
        return (best,)
    return (replace(best, sentence=f"{best.sentence}; not so on {', '.join(worse)}"),)
