"""Moments as people read them: short, in UTC, and how long ago that is."""

from datetime import UTC, datetime

_UNITS = ((86400 * 365, "y"), (86400, "d"), (3600, "h"), (60, "min"))
_JUST_NOW_S = 60


def short(moment: datetime, *, now: datetime) -> str:
    """`07-02 09:41` in UTC; the date alone, with its year, where it was another year."""
    utc = moment.astimezone(UTC)
    return f"{utc:%m-%d %H:%M}" if utc.year == now.astimezone(UTC).year else f"{utc:%Y-%m-%d}"


def age(moment: datetime, *, now: datetime) -> str:
    """`3 h ago`, `just now`; a moment to come, as another machine's clock may give, is just now too."""
    seconds = (now - moment).total_seconds()
    if seconds < _JUST_NOW_S:
        return "just now"
    scale, unit = next(pair for pair in _UNITS if seconds >= pair[0])
    return f"{int(seconds // scale)} {unit} ago"
