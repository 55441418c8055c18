"""The grammar of variants: whatever can be written is read back, and whatever cannot is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.variants import parse_variant, parse_variants
from harness.vocabulary import CalibrationMethod, Granularity, Method, Recipe, Toolkit

_NODES = st.text(st.characters(codec="utf-8", exclude_characters=","), min_size=1, max_size=20).filter(
    lambda name: name == name.strip()
)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    """Any recipe that the grammar can say: names hold no comma and no space at either end."""
    method = draw(st.sampled_from(Method))
    if not method.is_int8:
        file = draw(st.none() | _NODES) if method not in {Method.FP32, Method.TF32} else None
        return Recipe(method=method, file=file, is_compiled=draw(st.booleans()))
    if method is Method.INT8_QAT or draw(st.integers(0, 9)) == 0:
        return Recipe(method=method, file=draw(_NODES), is_compiled=draw(st.booleans()))
    is_symmetric = draw(st.booleans())
    calibration = draw(st.sampled_from(CalibrationMethod)) if method.is_calibrated else CalibrationMethod.MIN_MAX
    return Recipe(
        method=method,
        granularity=draw(st.sampled_from(Granularity)),
        is_symmetric=is_symmetric,
        calibration=calibration,
        left_out=tuple(draw(st.lists(_NODES, unique=True, max_size=3))),
        left_out_types=tuple(draw(st.lists(_NODES, unique=True, max_size=2))),
        keep=draw(st.none() | st.integers(1, 999)) if method is Method.INT8_MIXED else None,
        toolkit=draw(st.none() | st.sampled_from(_toolkits(method, is_symmetric=is_symmetric))),
        is_compiled=draw(st.booleans()),
    )


def _toolkits(method: Method, *, is_symmetric: bool) -> list[Toolkit | None]:
    if method is Method.INT8_DYNAMIC:
        return [Toolkit.TORCHAO]
    return [Toolkit.TENSORRT] if is_symmetric else [None]


@given(recipe=recipes())
def test_every_label_reads_back_as_its_recipe(recipe: Recipe) -> None:
    assert parse_variant(recipe.label) == recipe


@given(wanted=st.lists(recipes(), min_size=1, max_size=5, unique_by=lambda recipe: recipe.label))
def test_a_list_of_labels_reads_back_although_options_are_commas_too(wanted: list[Recipe]) -> None:
    assert parse_variants(",".join(recipe.label for recipe in wanted)) == tuple(wanted)


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused_in_our_own_words(text: str) -> None:
    try:
        found = parse_variants(text)
    except UsageError as error:
        assert str(error)  # noqa: PT017 - either outcome is right, anything else is not
    else:
        assert all(parse_variant(recipe.label) == recipe for recipe in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fp32", "fp32"),
        (" fp32 ", "fp32"),
        ("int8-static", "int8-static:per-channel"),
        ("int8-dynamic:per-tensor", "int8-dynamic:per-tensor"),
        ("int8-static:without=/a/Conv", "int8-static:per-channel,without=/a/Conv"),
        ("int8-static: per-tensor , without=/a", "int8-static:per-tensor,without=/a"),
        ("int8-mixed:keep=3", "int8-mixed:per-channel,keep=3"),
        ("int8-mixed:keep=3,without=/a", "int8-mixed:per-channel,keep=3,without=/a"),
        ("int8-static:without=a=b:c", "int8-static:per-channel,without=a=b:c"),
        ("int8-static:entropy,symmetric", "int8-static:per-channel,symmetric,entropy"),
        ("int8-static:asymmetric,min-max", "int8-static:per-channel"),
        ("int8-static:without-type=Gemm,percentile", "int8-static:per-channel,percentile,without-type=Gemm"),
        ("int8-static:tensorrt,symmetric", "int8-static:per-channel,symmetric,tensorrt"),
        ("int8-dynamic:torchao,compile", "int8-dynamic:per-channel,torchao,compile"),
        ("int8-qat:file=mine.onnx", "int8-qat:file=mine.onnx"),
        ("int8-static:file=mine.onnx", "int8-static:file=mine.onnx"),
        ("bf16", "bf16"),
        ("fp16:compile", "fp16:compile"),
    ],
)
def test_a_label_is_the_full_form_of_what_was_written(text: str, expected: str) -> None:
    assert parse_variant(text).label == expected


def test_options_in_a_list_belong_to_the_variant_before_them() -> None:
    found = parse_variants("fp32, int8-static:per-tensor, without=/a, int8-mixed, keep=2, per-tensor")

    assert [recipe.label for recipe in found] == [
        "fp32",
        "int8-static:per-tensor,without=/a",
        "int8-mixed:per-tensor,keep=2",
    ]


def test_two_mixed_variants_that_leave_out_different_nodes_are_two_variants() -> None:
    found = parse_variants("int8-mixed:without=/a,int8-mixed:without=/b")

    assert len({recipe.label for recipe in found}) == 2


@pytest.mark.parametrize(
    "text", ["fp32,fp32", "int8-static,int8-static:per-channel", "int8-mixed:keep=1,int8-mixed:keep=1"]
)
def test_a_variant_named_twice_is_refused_in_whatever_form(text: str) -> None:
    with pytest.raises(UsageError, match="named twice"):
        parse_variants(text)


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("fp23", "did you mean fp32?"),
        ("int8-statc", "did you mean int8-static?"),
        ("int8-static:per-chanel", "did you mean per-channel?"),
        ("int8-static:whithout=/a", "did you mean without=NODE?"),
        ("int8-mixed:kep=3", "did you mean keep=N?"),
        ("fp32,int8-statc", "did you mean int8-static?"),
        ("fp32,int8-statc:per-tensor", "did you mean int8-static?"),
        ("int8-static:per-tensor,int8-dynamc", "did you mean int8-dynamic?"),
        ("int8-static,per-tensr", "did you mean per-tensor?"),
        ("int8-static:symetric", "did you mean symmetric?"),
        ("int8-static:percentil", "did you mean percentile?"),
        ("int8-static:tensort", "did you mean tensorrt?"),
        ("bf15", "did you mean bf16?"),
    ],
)
def test_a_misspelt_word_is_answered_with_the_nearest_that_exists(text: str, suggestion: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_variants(text)

    assert suggestion in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no variant ''"),
        (
            "tf64",
            "no variant 'tf64'; there are: fp32, tf32, bf16, fp16, int8-static, int8-dynamic, int8-mixed, int8-qat",
        ),
        ("xyzzy", "no variant 'xyzzy'; there are"),
        ("fp32:per-channel", "fp32 has no option 'per-channel'; there are: compile"),
        ("fp32,symmetric", "fp32 has no option 'symmetric'; there are: compile"),
        ("fp32:file=mine.onnx", "fp32 has no option 'file=mine.onnx'"),
        ("bf16:entropy", "bf16 has no option 'entropy'; there are: compile, file=NAME"),
        ("int8-static:symmetric,asymmetric", "to measure both, write int8-static:symmetric,int8-static:asymmetric"),
        ("int8-static:entropy,percentile", "either entropy or percentile"),
        ("int8-dynamic:entropy", "int8-dynamic needs no calibration: leave entropy out"),
        ("int8-static:tensorrt", "TensorRT takes static, symmetric Q/DQ: write int8-static:symmetric,tensorrt"),
        ("int8-static:torchao", "torchao belongs to int8-dynamic"),
        ("int8-qat", "bring its file with --candidate int8-qat=FILE"),
        ("int8-static:file=a.onnx,symmetric", "made already: it takes no other option"),
        ("int8-static:without-type=Conv,without-type=Conv", "leaves out an operator type twice: Conv, Conv"),
        ("int8-static:without=", "no option 'without='"),
        ("int8-static:without", "no option 'without'"),
        ("int8-static:per-tensor,per-channel", "write int8-static:per-tensor,int8-static:per-channel"),
        ("int8-static:without=/a,without=/a", "leaves out a node twice: /a, /a"),
        ("int8-static:keep=3", "keep= belongs to int8-mixed"),
        ("int8-mixed:keep=0", "leaves nothing in FP32"),
        ("int8-mixed:keep=-1", "a whole number of layers is needed"),
        ("int8-mixed:keep=", "no option 'keep=' (did you mean keep=N?)"),
        ("int8-mixed:keep=two", "a whole number of layers is needed"),
        ("int8-mixed:keep=1,keep=2", "keep= twice: 1 and 2"),
        ("int8-mixed:keep=" + "9" * 5_000, "a whole number of layers is needed"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_write_instead(text: str, says: str) -> None:
    with pytest.raises(UsageError) as refusal:
        parse_variants(text)

    assert says in str(refusal.value)
