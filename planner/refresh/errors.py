"""What can go wrong with a price service: each says what happened, at which address, and what to do."""

from planner.errors import PlannerError


class RefreshError(PlannerError):
    """A price service gave no answer that can be used; whatever was known before stands."""


class AddressError(RefreshError):
    """An address that must not be asked: not encrypted, of another host, or none at all."""


class LimitError(RefreshError):
    """An answer is larger, longer or slower than any honest one."""


class FormatError(RefreshError):
    """An answer is not of the documented form."""
