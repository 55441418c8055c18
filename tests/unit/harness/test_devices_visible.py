"""CUDA_VISIBLE_DEVICES as CUDA reads it: which card is gpu:0."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.visible import KnownGpu, MigInstance, visible_gpus

CARDS = [KnownGpu(uuid=f"GPU-{start}-1111", name="NVIDIA A100-SXM4-40GB") for start in ("aa00", "aa11", "bb22")]
PARTS = tuple(
    MigInstance(uuid=f"MIG-{number}-2222", name="MIG 1g.5gb", gpu_instance=7 + number, compute_instance=0)
    for number in range(2)
)
DIVIDED = KnownGpu(uuid="GPU-cc33-1111", name="NVIDIA A100-SXM4-40GB", instances=PARTS)


@pytest.mark.parametrize(
    ("named", "positions"),
    [
        (None, [0, 1, 2]),
        ("", []),
        ("-1", []),
        ("NoDevFiles", []),
        ("2,0", [2, 0]),
        (" 1 , 2 ", [1, 2]),
        ("0,2,-1,1", [0, 2]),
        ("0,7,1", [0]),
        ("1gpu2,2ampere", [1, 2]),
        ("0,0", []),
        ("00000000000001", []),
        ("GPU-bb22-1111,GPU-aa11", [2, 1]),
        ("GPU-aa", []),
        ("GPU-aa00,GPU-aa00-1111", []),
        ("GPU-bb,1", [2]),
        ("1,GPU-bb", [1]),
        ("MIG-0-2222", []),
    ],
)
def test_only_what_is_named_is_visible_in_the_order_of_the_names(named: str | None, positions: list[int]) -> None:
    seen = visible_gpus(CARDS, named=named)

    assert [one.nvml_index for one in seen.gpus] == positions
    assert [one.uuid for one in seen.gpus] == [CARDS[position].uuid for position in positions]
    assert (seen.reason is None) == (named is None or len(positions) == len(named.split(",")))


@pytest.mark.parametrize(
    ("named", "uuids"),
    [
        (None, ["GPU-aa00-1111", "MIG-0-2222"]),
        ("1", ["MIG-0-2222"]),
        ("GPU-cc33", ["MIG-0-2222"]),
        ("MIG-1", ["MIG-1-2222"]),
        ("MIG-1-2222,MIG-0-2222", ["MIG-1-2222", "MIG-0-2222"]),
        ("MIG-GPU-cc33-1111/8/0", ["MIG-1-2222"]),
        ("MIG-GPU-cc33-1111/9/0", []),
        ("MIG-", []),
    ],
)
def test_of_a_divided_card_an_instance_is_seen(named: str | None, uuids: list[str]) -> None:
    assert [one.uuid for one in visible_gpus([CARDS[0], DIVIDED], named=named).gpus] == uuids


def test_a_divided_card_without_instances_is_invisible_and_says_so() -> None:
    seen = visible_gpus([KnownGpu(uuid="GPU-cc33", name="NVIDIA H200", instances=())])

    assert not seen.gpus
    assert "no instance is made on GPU 0" in (seen.reason or "")


@pytest.mark.parametrize(("order", "is_uncertain"), [(None, True), ("FASTEST_FIRST", True), ("PCI_BUS_ID", False)])
def test_numbers_of_unlike_cards_are_uncertain_unless_counted_by_bus(order: str | None, is_uncertain: bool) -> None:  # noqa: FBT001 - a row of the table
    seen = visible_gpus([CARDS[0], KnownGpu(uuid="GPU-dd44", name="Tesla T4")], named="1", order=order)

    assert [one.uuid for one in seen.gpus] == ["GPU-dd44"]
    assert ("CUDA_DEVICE_ORDER=PCI_BUS_ID" in (seen.reason or "")) == is_uncertain


@given(named=st.text(alphabet="0123456789,-+ GPUMIabc/", max_size=40))
def test_whatever_is_named_no_card_is_seen_twice_and_none_is_made_up(named: str) -> None:
    seen = [one.uuid for one in visible_gpus([*CARDS, DIVIDED], named=named).gpus]

    assert len(set(seen)) == len(seen)
    assert set(seen) <= {gpu.uuid for gpu in CARDS} | {part.uuid for part in PARTS}
