"""The grammar of variants: `int8-static:per-channel,without=/conv/Conv` to a Recipe and back.

Pure text handling. It knows which words exist, never what a runtime can do with them.
"""

import difflib
from collections.abc import Mapping, Sequence

from harness.errors import UsageError
from harness.vocabulary import CalibrationMethod, Granularity, Method, Recipe, Toolkit

_DEFAULT_GRANULARITY = Granularity.PER_CHANNEL
_METHODS = [str(method) for method in Method]
_GRANULARITIES = [str(granularity) for granularity in Granularity]
_SYMMETRIES = ["symmetric", "asymmetric"]
_CALIBRATIONS = [str(method) for method in CalibrationMethod]
_TOOLKITS = [str(toolkit) for toolkit in Toolkit]
_COMPILE = "compile"
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
    return _read_options(method, [word for word in words if word])


def _read_options(method: Method, words: Sequence[str]) -> Recipe:
    found: dict[str, list[str]] = {}
    for word in words:
        key, has_value, value = word.partition("=")
        kind = _kind_of(word) if not has_value else key if value and key in _WITH_VALUE else None
        if kind is None or not (method.is_int8 or kind in _kinds_of_floats(method)):
            raise _no_option(method, word)
        found.setdefault(kind, []).append(value if has_value else word)
    file = _single(method, "file", found)
    granularity = _single(method, "granularity", found)
    default = _DEFAULT_GRANULARITY if method.is_int8 and file is None and method is not Method.INT8_QAT else None
    keep = _single(method, "keep", found)
    return Recipe(
        method=method,
        granularity=Granularity(granularity) if granularity else default,
        is_symmetric=_single(method, "symmetry", found) == "symmetric",
        calibration=CalibrationMethod(_single(method, "calibration", found) or CalibrationMethod.MIN_MAX),
        left_out=tuple(found.get("without", ())),
        left_out_types=tuple(found.get("without-type", ())),
        keep=None if keep is None else _read_count(f"keep={keep}", keep),
        file=file,
        toolkit=Toolkit(toolkit) if (toolkit := _single(method, "toolkit", found)) else None,
        is_compiled=_COMPILE in found,
    )


_CHOICES = {
    "granularity": _GRANULARITIES,
    "symmetry": _SYMMETRIES,
    "calibration": _CALIBRATIONS,
    "toolkit": _TOOLKITS,
    _COMPILE: [_COMPILE],
}
_WITH_VALUE = {
    "without": "without=NODE",
    "without-type": "without-type=OPERATOR",
    "keep": "keep=N",
    "file": "file=NAME",
}


def _kinds_of_floats(method: Method) -> set[str]:
    """FP32 and TF32 are the workload's own model; bf16 and fp16 may have been made elsewhere."""
    return {_COMPILE} if method in {Method.FP32, Method.TF32} else {_COMPILE, "file"}


def _kind_of(word: str) -> str | None:
    return next((kind for kind, words in _CHOICES.items() if word in words), None)


def _single(method: Method, kind: str, found: Mapping[str, Sequence[str]]) -> str | None:
    """The one word of its kind: two would contradict one another."""
    words = list(dict.fromkeys(found.get(kind, ())))
    if len(words) > 1 and kind in _WITH_VALUE:
        raise UsageError(f"{method} has {kind}= twice: {' and '.join(words)}")
    if len(words) > 1:
        both = ",".join(f"{method}:{word}" for word in words)
        raise UsageError(f"{method} is either {' or '.join(words)}; to measure both, write {both}")
    return words[0] if words else None


def _no_option(method: Method, word: str) -> UsageError:
    """What to say of a word that follows a variant: it may be a misspelt option, or a misspelt variant."""
    words = [word for words in _CHOICES.values() for word in words]
    options = [*words, *_WITH_VALUE.values()]
    if not method.is_int8:
        options = [option for option in options if option.split("=", 1)[0] in _kinds_of_floats(method)]
    nearest = _nearest(word, options) or _nearest(word.split(":", 1)[0], _METHODS)
    return UsageError(f"{method} has no option {word!r}{nearest}; there are: {', '.join(options)}")


def _read_count(word: str, value: str) -> int:
    if not (value.isdecimal() and len(value) <= _LONGEST_COUNT):
        raise UsageError(f"{word}: a whole number of layers is needed, for example keep=5")
    return int(value)


def _nearest(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {close[0]}?)" if close else ""
