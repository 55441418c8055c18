"""How far a refresh of prices is, in a line, on every face."""

from planner.refresh.meter import Progress
from planner.wording import quantities

_BAR = 20


def progress_line(progress: Progress) -> str:
    """What is asked, how much came, how long it takes so far; a bar where the length is known."""
    parts = [f"{progress.provider}: {progress.doing}"]
    if progress.share is not None:
        bar = quantities.bar(progress.share, of=1.0, width=_BAR).ljust(_BAR, "·")
        parts.insert(0, f"{bar} {100 * progress.share:3.0f} %")
    if progress.received:
        pages = f"{progress.pages:,} page{'s' * (progress.pages != 1)}"
        parts.append(f"{quantities.size(progress.received)}, {pages}, {progress.rows:,} rows")
    return " · ".join([*parts, f"{progress.elapsed_s:.0f} s"])
