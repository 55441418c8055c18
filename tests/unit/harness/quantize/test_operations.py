"""Formulas of operations against loops that count every product one by one."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.quantize.operations import COUNTED, Operations, Operator, operations_of, taps

SIZES = st.integers(1, 6)


def counted(
    kind: str,
    inputs: tuple[Any, ...],
    output: tuple[int, ...] = (),
    **attributes: Any,  # noqa: ANN401 - as a file has them
) -> Operations | None:
    """What the formula says of a node."""
    return operations_of(Operator(kind=kind, inputs=inputs, outputs=(output,), attributes=attributes))


@given(
    size=SIZES,
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    dilation=st.integers(1, 3),
    pads=st.tuples(SIZES, SIZES),
)
def test_taps_on_an_axis_are_those_that_a_loop_finds_on_elements(
    size: int, kernel: int, stride: int, dilation: int, pads: tuple[int, int]
) -> None:
    reach = (kernel - 1) * dilation + 1
    count = (size + sum(pads) - reach) // stride + 1
    places = range(max(0, count))

    found = sum(0 <= place * stride - pads[0] + tap * dilation < size for place in places for tap in range(kernel))

    assert taps(max(0, count), size=size, kernel=kernel, stride=stride, pad=pads[0], dilation=dilation) == found


@given(
    samples=st.integers(1, 3),
    group=st.integers(1, 3),
    inputs=st.integers(1, 3),
    outputs=st.integers(1, 3),
    side=st.tuples(st.integers(3, 6), st.integers(3, 6)),
    kernel=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    stride=st.integers(1, 2),
    pad=st.integers(0, 2),
)
def test_a_convolution_is_counted_as_a_loop_over_its_places_counts_it(
    *,
    samples: int,
    group: int,
    inputs: int,
    outputs: int,
    side: tuple[int, int],
    kernel: tuple[int, int],
    stride: int,
    pad: int,
) -> None:
    out = tuple((size + 2 * pad - taps_) // stride + 1 for size, taps_ in zip(side, kernel, strict=True))
    every, inside = 0, 0
    for place in itertools.product(*map(range, out)):
        for tap in itertools.product(*map(range, kernel)):
            every += 1
            at = [one * stride - pad + other for one, other in zip(place, tap, strict=True)]
            inside += all(0 <= one < size for one, size in zip(at, side, strict=True))
    each = 2 * samples * group * outputs * inputs

    found = counted(
        "Conv",
        ((samples, group * inputs, *side), (group * outputs, inputs, *kernel)),
        (samples, group * outputs, *out),
        group=group,
        strides=[stride] * 2,
        pads=[pad] * 4,
    )

    assert found == Operations(total=each * every, skippable=each * (every - inside))


@given(
    inputs=st.integers(1, 3),
    outputs=st.integers(1, 3),
    side=st.integers(1, 5),
    kernel=st.integers(1, 4),
    stride=st.integers(1, 3),
    pad=st.integers(0, 1),
)
def test_a_transposed_convolution_is_counted_by_what_each_input_gives_away(
    *, inputs: int, outputs: int, side: int, kernel: int, stride: int, pad: int
) -> None:
    out = (side - 1) * stride + kernel - 2 * pad
    if out < 1:
        return
    landing = sum(0 <= place * stride - pad + tap < out for place in range(side) for tap in range(kernel))

    found = counted(
        "ConvTranspose",
        ((1, inputs, side), (inputs, outputs, kernel)),
        (1, outputs, out),
        strides=[stride],
        pads=[pad, pad],
    )

    each = 2 * inputs * outputs
    assert found == Operations(total=each * side * kernel, skippable=each * (side * kernel - landing))


@given(
    batches=st.lists(st.integers(1, 3), max_size=2),
    rows=SIZES,
    inner=SIZES,
    columns=SIZES,
    drops=st.tuples(st.booleans(), st.booleans()),
)
def test_a_product_is_two_operations_for_each_summand_of_each_element_that_numpy_gives(
    batches: list[int], rows: int, inner: int, columns: int, drops: tuple[bool, bool]
) -> None:
    a = (inner,) if drops[0] else (*batches, rows, inner)
    b = (inner,) if drops[1] else (*[1] * len(batches), inner, columns)

    answer = np.matmul(np.zeros(a), np.zeros(b))

    assert counted("MatMul", (a, b)) == Operations(total=2 * int(np.size(answer)) * inner)


@pytest.mark.parametrize(
    ("flags", "a", "b"), [((0, 0), (5, 3), (3, 7)), ((1, 0), (3, 5), (3, 7)), ((0, 1), (5, 3), (7, 3))]
)
def test_gemm_looks_at_which_side_is_transposed(flags: tuple[int, int], a: tuple[int, int], b: tuple[int, int]) -> None:
    assert counted("Gemm", (a, b), transA=flags[0], transB=flags[1]) == Operations(total=2 * 5 * 3 * 7)


@pytest.mark.parametrize(("kind", "gates"), [("LSTM", 4), ("GRU", 3), ("RNN", 1)])
def test_a_recurrent_layer_multiplies_input_and_state_at_every_step_and_may_skip_the_first_state(
    kind: str, gates: int
) -> None:
    steps, samples, features, hidden = 7, 2, 5, 3
    shapes = ((steps, samples, features), (1, gates * hidden, features), (1, gates * hidden, hidden))

    found = counted(kind, shapes)
    with_state = counted(kind, (*shapes, None, None, (1, samples, hidden)))

    total = 2 * steps * samples * gates * hidden * (features + hidden)
    assert found == Operations(total=total, skippable=2 * samples * gates * hidden * hidden)
    assert with_state == Operations(total=total)


@pytest.mark.parametrize(
    ("equation", "shapes", "total"),
    [
        (b"bhqd,bhkd->bhqk", ((2, 3, 4, 5), (2, 3, 6, 5)), 2 * 2 * 3 * 4 * 6 * 5),
        (b"ij,jk", ((4, 5), (5, 6)), 2 * 4 * 5 * 6),
        (b"ij,ij->ij", ((4, 5), (4, 5)), 0),
        (b"ij->ji", ((4, 5),), 0),
    ],
)
def test_an_einsum_counts_where_it_sums(equation: bytes, shapes: tuple[Any, ...], total: int) -> None:
    assert counted("Einsum", shapes, equation=equation) == Operations(total=total)


def test_attention_projects_scores_and_weighs() -> None:
    batch, sequence, hidden = 2, 5, 8
    whole = counted("com.microsoft.Attention", ((batch, sequence, hidden), (hidden, 3 * hidden)), num_heads=2)
    heads = counted("Attention", ((batch, 2, sequence, 4),) * 3)

    scores = 2 * 2 * batch * sequence * sequence * hidden
    assert whole == Operations(total=2 * batch * sequence * hidden * 3 * hidden + scores)
    assert heads == Operations(total=scores)


def test_packed_weights_are_counted_by_their_attributes() -> None:
    assert counted("MatMulNBits", ((1, 7, 64), (32, 2, 16)), K=64, N=32) == Operations(total=2 * 7 * 64 * 32)


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("Conv", ((1, 3, 8, 8), None)),
        ("Conv", ((1, 4, 8, 8), (8, 3, 3, 3))),
        ("MatMul", ((2, 3), (4, 5))),
        ("MatMul", ((2, 2, 3), (3, 3, 5))),
        ("Gemm", (None, (3, 4))),
        ("LSTM", ((7, 2, 5), (1, 12, 5), (1, 11, 3))),
        ("MatMulNBits", ((1, 64), (32, 2, 16))),
        ("Einsum", ((2, 3), (3, 4), (4, 5))),
    ],
)
def test_what_does_not_fit_together_is_not_counted(kind: str, inputs: tuple[Any, ...]) -> None:
    assert counted(kind, inputs, (1, 8, 6, 6), equation=b"ij,jk,kl->il") is None


def test_a_node_that_would_run_for_hours_is_not_believed() -> None:
    assert counted("MatMul", ((2**24, 2**24), (2**24, 2**24))) is None


def test_resnet50_takes_as_many_operations_as_its_layers_are_known_for() -> None:
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode  # noqa: PLC0415 - an extra

    from harness.workloads.builtin.latency_only import resnet50  # noqa: PLC0415 - imports torch

    found: list[Operations | None] = []

    def note(module: Any, inputs: Any, output: Any) -> None:  # noqa: ANN401 - PyTorch's
        shapes = (tuple(inputs[0].shape), tuple(module.weight.shape))
        if isinstance(module, torch.nn.Linear):
            found.append(counted("Gemm", shapes, transB=1))
        else:
            pads = [*module.padding] * 2
            found.append(counted("Conv", shapes, tuple(output.shape), strides=[*module.stride], pads=pads))

    with torch.device("meta"):
        network = resnet50._new().eval()
        for module in network.modules():
            if isinstance(module, torch.nn.Conv2d | torch.nn.Linear):
                module.register_forward_hook(note)
        with FlopCounterMode(display=False) as counter:
            network(torch.zeros(1, 3, resnet50.SIDE, resnet50.SIDE))

    total = sum(one.total for one in found if one is not None)
    assert total == counter.get_total_flops()
    assert math.isclose(total, 2 * 4.09e9, rel_tol=0.005)  # 4.1 billion multiply-adds, as is usually said


_ODD = st.none() | st.tuples() | st.lists(st.integers(-3, 9), max_size=5).map(tuple)
_ANYTHING = st.integers(-5, 5) | st.binary(max_size=5) | st.lists(st.integers(-3, 3), max_size=3)


@given(
    kind=st.sampled_from(sorted(COUNTED)),
    inputs=st.lists(_ODD, max_size=6),
    output=_ODD,
    attributes=st.dictionaries(
        st.sampled_from(
            ["group", "strides", "pads", "dilations", "auto_pad", "transA", "K", "N", "equation", "qkv_hidden_sizes"]
        ),
        _ANYTHING,
    ),
)
def test_whatever_a_foreign_file_claims_is_counted_or_not_but_never_an_error(
    kind: str,
    inputs: list[Any],
    output: Any,  # noqa: ANN401 - foreign
    attributes: dict[str, Any],
) -> None:
    found = operations_of(Operator(kind=kind, inputs=tuple(inputs), outputs=(output,), attributes=attributes))

    assert found is None or 0 <= found.skippable <= found.total
