"""What to do about data under other names than the model's inputs: whence names come, and lines to save them anew."""

from collections.abc import Collection, Sequence

_MOST_SHOWN = 6
_LABEL_NAMES = frozenset({"y", "label", "labels", "target", "targets", "class", "classes"})


def renaming(given: Sequence[str], missing: Sequence[str], known: Collection[str]) -> str:
    """How to name the arrays of an npz file, as Python that can be copied.

    Args:
        given: the names that they bear.
        missing: those of the model's inputs that are not among them.
        known: those of all of its inputs.
    """
    spare = [name for name in given if name not in known]
    labels = next((name for name in spare if name.lower() in _LABEL_NAMES), None)
    inputs = [name for name in spare if name != labels]
    pairs = dict(zip(missing, inputs, strict=False))
    if labels is not None:
        pairs["labels"] = labels
    advice = (
        "[preprocessing] names what pictures and texts become; an npz file calls inputs as the model does, or `inputs` "
        "where there is one, and labels `labels`"
    )
    if set(missing) - set(pairs) or len(pairs) > _MOST_SHOWN:
        return advice
    renamed = " ".join(f"arrays[{name!r}] = arrays.pop({old!r});" for name, old in pairs.items())
    return f"{advice}: arrays = dict(np.load(FILE)); {renamed} np.savez(FILE, **arrays)"
