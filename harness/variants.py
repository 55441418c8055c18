"""The grammar of variants: `int8-static:per-channel,without=/conv/Conv` to a Recipe and back.

Pure text handling. It knows which words exist, never what a runtime can do with them.
"""

import difflib
from collections.abc import Sequence

from harness.errors import UsageError
from harness.vocabulary import Granularity, Method, Recipe

_DEFAULT_GRANULARITY = Granularity.PER_CHANNEL
_METHODS = [str(method) for method in Method]
_OPTIONS = [str(granularity) for granularity in Granularity]
_LONGEST_COUNT = 9  # digits: no model has a billion layers


def parse_variants(text: str) -> tuple[Recipe, ...]:
    """Read a comma-separated list, in which a variant's own options are commas too.

    A part that begins with a method's name starts a new variant; any other part is an
    option of the variant before it.

    Raises:
        UsageError: a word that is no method and no option, or a variant named twice.
    """
    groups: list[str] = []
    for part in (piece.strip() for piece in text.split(",")):
        starts_variant = part.split(":", 1)[0] in _METHODS
        if starts_variant or not groups:
            groups.append(part)
        else:
            separator = "," if ":" in groups[-1] else ":"
            groups[-1] = f"{groups[-1]}{separator}{part}"
    recipes = tuple(parse_variant(group) for group in groups)
    labels = [recipe.label for recipe in recipes]
    for label in labels:
        if labels.count(label) > 1:
            raise UsageError(f"variant {label} is named twice")
    return recipes


def parse_variant(text: str) -> Recipe:
    """Read one variant, for example `int8-static:per-channel`.

    Raises:
        UsageError: with the nearest word that exists.
    """
    name, _, rest = text.strip().partition(":")
    if name not in _METHODS:
        raise UsageError(f"no variant {name!r}{_nearest(name, _METHODS)}; there are: {', '.join(_METHODS)}")
    method = Method(name)
    words = [word.strip() for word in rest.split(",")]
    granularity, left_out, keep = _read_options(method, [word for word in words if word])
    return Recipe(method=method, granularity=granularity, left_out=left_out, keep=keep)


def _read_options(method: Method, words: Sequence[str]) -> tuple[Granularity | None, tuple[str, ...], int | None]:
    granularities: list[Granularity] = []
    left_out: list[str] = []
    keeps: list[int] = []
    for word in words:
        key, has_value, value = word.partition("=")
        if word in _OPTIONS:
            granularities.append(Granularity(word))
        elif key == "without" and value:
            left_out.append(value)
        elif key == "keep" and has_value:
            keeps.append(_read_count(word, value))
        else:
            raise _no_option(method, word)
    if len(granularities) > 1:
        both = ",".join(f"{method}:{option}" for option in _OPTIONS)
        raise UsageError(f"{method} is either {' or '.join(_OPTIONS)}; to measure both, write {both}")
    if len(keeps) > 1:
        raise UsageError(f"{method} has keep= twice: {' and '.join(map(str, keeps))}")
    default = _DEFAULT_GRANULARITY if method.is_int8 else None
    return next(iter(granularities), default), tuple(left_out), next(iter(keeps), None)


def _no_option(method: Method, word: str) -> UsageError:
    """What to say of a word that follows a variant: it may be a misspelt option, or a misspelt variant."""
    options = [*_OPTIONS, "without=NODE", "keep=N"] if method.is_int8 else []
    offer = f"there are: {', '.join(options)}" if options else "it takes none"
    nearest = _nearest(word, options) or _nearest(word.split(":", 1)[0], _METHODS)
    return UsageError(f"{method} has no option {word!r}{nearest}; {offer}")


def _read_count(word: str, value: str) -> int:
    if not (value.isdecimal() and len(value) <= _LONGEST_COUNT):
        raise UsageError(f"{word}: a whole number of layers is needed, for example keep=5")
    return int(value)


def _nearest(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""
