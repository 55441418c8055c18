"""What the cheapest mix of a plan may be chosen from, in a form that can be kept and asked again."""

from dataclasses import dataclass, replace

from pricing.book import PURCHASES, PriceBook
from pricing.errors import AssumptionError
from pricing.files import nearest, one_of, shown
from pricing.optimising.model import Scope
from pricing.projection.model import Question
from pricing.projection.owned import OWNED
from pricing.targets import Targets

ALL = "all"
"""As a purchase option: every one that the book has, spot too."""
MOST_KINDS = 6
"""More nobody runs, and the programme grows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimiseRequest:
    """What the cheapest mix may be chosen from, as it was asked.

    Attributes:
        targets: By id or alias; none: every target that is priced there.
        purchases: Purchase options, or `all`; none: those of the plan.
        is_anywhere: Every provider and region of the book, not only the plan's.
        most_kinds: How many offers a mix may consist of.
    """

    targets: tuple[str, ...] = ()
    purchases: tuple[str, ...] = ()
    is_anywhere: bool = False
    most_kinds: int = 2

    def checked(self, targets: Targets, book: PriceBook) -> "OptimiseRequest":
        """The request with targets by id.

        Raises:
            TargetError: if a target is not known, or its name means more than one.
            AssumptionError: if a purchase option is none, or the number of kinds is.
        """
        if not 1 <= self.most_kinds <= MOST_KINDS:
            raise AssumptionError(f"a mix of at most {self.most_kinds:.6g} kinds of offers: use 1 to {MOST_KINDS}")
        known = sorted({*PURCHASES, OWNED, ALL, *(offer.purchase for offer in book.offers)})
        for word in self.purchases:
            if word not in known:
                advice = nearest(word, known) or f": there are {one_of(known)}"
                raise AssumptionError(f"{shown(word)} is no purchase option{advice}")
        found = tuple(dict.fromkeys(targets.find(name).target_id for name in self.targets))
        return replace(self, targets=found)

    def scope(self, question: Question) -> Scope:
        """In the places of a question."""
        places = (question.assumptions.stay, question.assumptions.move)
        markets = tuple(dict.fromkeys((place.provider, place.region or "") for place in places))
        purchases = self.purchases or tuple(dict.fromkeys(place.purchase for place in places))
        return Scope(
            targets=self.targets,
            markets=None if self.is_anywhere else markets,
            purchases=() if ALL in purchases else purchases,
            most_kinds=self.most_kinds,
        )
