"""How long to wait before a request is tried again. Pure: the moment and the chance come in as arguments."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from planner.refresh.limits import Limits

_LONGEST_HEADER = 64


def wait_s(attempt: int, *, chance: float, limits: Limits) -> float:
    """Full jitter: any time up to a bound that doubles, so that many clients do not return at once.

    Source: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

    Args:
        attempt: 1 after the first.
        chance: Between 0 and 1.
        limits: The bounds.
    """
    bound = min(limits.longest_wait_s, limits.first_wait_s * 2.0 ** (attempt - 1))
    return chance * bound


def asked_wait_s(header: str | None, *, now: datetime) -> float | None:
    """What `Retry-After` asks for, in seconds from now; None where it is missing or says nothing.

    Both forms of RFC 9110, section 10.2.3: seconds, or a date.
    """
    if header is None or len(header) > _LONGEST_HEADER:
        return None
    if header.strip().isdecimal() and header.isascii():
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
