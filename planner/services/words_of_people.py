"""What a person writes on a command line to be kept: one line of printable characters, neither empty nor endless."""

from harness.errors import UsageError


def written(text: str, *, option: str, longest: int, what: str) -> str:
    """The text on one line, with what cannot be printed left out.

    Raises:
        UsageError: nothing is left, or more than is kept.
    """
    words = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    if not words:
        raise UsageError(f"{option} is empty: say {what}")
    if len(words) > longest:
        raise UsageError(f"{option} has {len(words)} characters: at most {longest} are kept")
    return words
