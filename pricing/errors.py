"""What can be wrong with prices, targets, claims and assumptions: what happened, to what, what to do."""


class PricingError(Exception):
    """The base of every error that this package raises on purpose; its text is a sentence for users."""


class UnitError(PricingError):
    """A unit is missing, unknown, or of another dimension."""


class BookError(PricingError):
    """A price table is damaged or hostile, or holds no row that answers."""


class TargetError(PricingError):
    """No target is meant, or more than one."""


class AssumptionError(PricingError):
    """An assumption is missing, misspelt, out of range, or contradicts another."""


class EvidenceError(PricingError):
    """There is no evidence for a figure that the plan needs."""


class CapacityError(PricingError):
    """No fleet carries this load within this SLO."""


class ClaimError(PricingError):
    """A claim cannot be read."""
