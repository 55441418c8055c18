"""Which output of a brought model is judged, what its classes are called, and whether a candidate answers alike."""

from collections.abc import Sequence

from harness.errors import UsageError, WorkloadError
from harness.vocabulary import ModelCard, Recipe, TensorSpec
from harness.vocabulary.model import ANY_DTYPE

_SHOWN = 6
_TWO = 2


def answering_output(outputs: Sequence[TensorSpec], named: str | None, *, classes: int) -> TensorSpec | None:
    """The output that gives a score for each class: the one named, else the first that can.

    Args:
        outputs: the model's; none where only running it would tell.
        named: by the user or the description.
        classes: how many the data have.

    Raises:
        UsageError: there is no such output.
    """
    if not outputs:
        return None
    if named is not None:
        found = next((one for one in outputs if one.name == named), None)
        if found is None:
            raise UsageError(f"the model has no output {named!r}; there are: {', '.join(one.text for one in outputs)}")
        return found
    scoring = [one for one in outputs if _width(one) == classes]
    return scoring[0] if scoring else outputs[0]


def classes_of(found: tuple[str, ...], output: TensorSpec | None, *, declared: bool) -> tuple[tuple[str, ...], str]:
    """The names of all classes that the model knows, and a sentence on where they come from.

    Args:
        found: those of the data, or declared ones.
        output: what is judged.
        declared: whether the user or the description named them.

    Raises:
        WorkloadError: model and data do not count the same classes.
    """
    width = _width(output) if output is not None else None
    told = ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
    whose = "as named" if declared else "as the data name them, in this order"
    if output is None or width in {None, len(found)} or (width == 1 and _tells_class(output, len(found))):
        return found, f"classes: {len(found):,}, {whose}: {told}"
    counted = tuple(f"class {index}" for index in range(width or 0))
    if not declared and len(counted) > len(found) and found == counted[: len(found)]:
        return counted, f"classes: {width:,}, as many as the model answers; the data have {len(found):,} of them"
    scores = f"{width:,} class{'es' if width != 1 else ''}"
    raise WorkloadError(
        f"the model answers {output.text}, {scores}, the data have {len(found):,} ({told}): "
        "name every class in the model's order with --classes FILE, or the right output with --output"
    )


def check_candidate(
    candidate: ModelCard, recipe: Recipe, *, model: ModelCard | None, output: str | None
) -> tuple[str, ...]:
    """What is worth knowing of a model made elsewhere.

    Raises:
        WorkloadError: it does not answer what the model answers.
    """
    if output is not None and output not in {one.name for one in candidate.outputs}:
        told = ", ".join(one.text for one in candidate.outputs)
        raise WorkloadError(f"candidate {candidate.file} has no output {output!r}, which is judged; it has: {told}")
    if output is None and model is not None and model.outputs[0].shape[1:] != candidate.outputs[0].shape[1:]:
        ours, theirs = model.outputs[0].text, candidate.outputs[0].text
        if None not in (*model.outputs[0].shape[1:], *candidate.outputs[0].shape[1:]):
            raise WorkloadError(
                f"candidate {candidate.file} answers {theirs}, the model {ours}: it was made of another model"
            )
    notes = [f"candidate: {candidate.file}, judged as {recipe.method}"]
    if recipe.method.is_int8 and not candidate.is_quantized:
        notes.append(f"candidate {candidate.file} has no operator in INT8: it will not pass for {recipe.method}")
    return (*notes, *(f"{candidate.file}: {problem}" for problem in candidate.problems))


def _tells_class(output: TensorSpec, classes: int) -> bool:
    """Whether one number a sample is enough: a score for two classes, or the class itself."""
    return classes <= _TWO or "int" in output.dtype or output.dtype == ANY_DTYPE


def _width(output: TensorSpec) -> int | None:
    """Scores a sample; `None` where the model does not tell, or answers something else than a row of scores."""
    axes = [axis for axis in output.shape[1:] if axis != 1]
    if None in axes or len(axes) > 1 or not output.shape:
        return None
    return axes[0] if axes else 1
