"""What comes with the package: the article's claims, and what they and others are held against."""

from datetime import date

from pricing.book import PriceBook, shipped_book
from pricing.sanity.claims import ClaimFile, read_claims
from pricing.sanity.published_best import shipped_rates
from pricing.sanity.reference import Reference
from pricing.targets import Targets, shipped_targets
from pricing.targets.shipped import TABLES


def article_claims() -> ClaimFile:
    """The example: an article's claims about INT8 in production."""
    return read_claims(TABLES / "article-claims.toml")


def shipped_reference(as_of: date, *, book: PriceBook | None = None, targets: Targets | None = None) -> Reference:
    """Data sheets, prices and published rates as shipped; prices and targets may be others."""
    return Reference(
        targets=targets or shipped_targets(), book=book or shipped_book(), rates=shipped_rates(), as_of=as_of
    )
