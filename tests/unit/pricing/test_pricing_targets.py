"""Targets: what a name means, which CPU it is, what the data sheets say, and targets of one's own."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.book import shipped_book
from pricing.errors import TargetError
from pricing.targets import shipped_targets
from pricing.vocabulary import Precision, TargetKind

OWN = """
[[targets]]
id = "x1"
name = "Maker X1"
kind = "gpu"
vendor = "Maker"
memory = "16 GB"
bandwidth = "320 GB/s"
power = "70 W"
peaks = { fp32 = "8.1 TFLOPS", int8 = "130 TOPS" }
source = "its data sheet"
"""


@pytest.mark.parametrize(
    ("name", "target_id"),
    [
        ("t4", "t4"), ("T4", "t4"), ("Tesla T4", "t4"), ("NVIDIA T4", "t4"), (" nvidia  l4 ", "l4"),
        ("NVIDIA A100-SXM4-40GB", "a100-sxm4-40"), ("NVIDIA A100 80GB PCIe", "a100-pcie-80"),
        ("NVIDIA H100 80GB HBM3", "h100-sxm5-80"), ("Tesla V100-SXM2-16GB", "v100-sxm2-16"), ("H200", "h200-sxm-141"),
        ("AMD EPYC Genoa", "epyc-genoa"), ("graviton3", "graviton3"),
    ],
)  # fmt: skip
def test_a_device_is_found_by_id_alias_or_the_drivers_name(name: str, target_id: str) -> None:
    assert shipped_targets().find(name).target_id == target_id


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("a100", ["a100-pcie-40", "a100-pcie-80", "a100-sxm4-40", "a100-sxm4-80"]),
        ("H100", ["h100-pcie-80", "h100-sxm5-80"]),
        ("v100", ["v100-pcie-32", "v100-sxm2-16"]),
        ("A100-40GB", ["a100-pcie-40", "a100-sxm4-40"]),
    ],
)
def test_a_name_without_form_factor_is_refused_with_the_choices(name: str, choices: list[str]) -> None:
    with pytest.raises(TargetError, match="may mean") as refusal:
        shipped_targets().find(name)
    assert all(choice in str(refusal.value) for choice in choices)


def test_an_unknown_name_is_refused_with_those_that_are_near() -> None:
    with pytest.raises(TargetError, match=r"no target 'a100-sxm4-4': did you mean a100-sxm4-40"):
        shipped_targets().find("a100-sxm4-4")


@given(st.text(max_size=400).filter(lambda name: "a" not in name.lower()))
def test_a_hostile_name_is_refused_in_few_printable_words(name: str) -> None:
    with pytest.raises(TargetError) as refusal:
        shipped_targets().find(f"?{name}")
    assert str(refusal.value).isprintable()
    assert len(str(refusal.value)) < 400


@pytest.mark.parametrize(
    ("vendor", "family", "model", "target_id"),
    [
        ("AuthenticAMD", 25, 17, "epyc-genoa"), ("AuthenticAMD", 25, 1, "epyc-milan"),
        ("AuthenticAMD", 23, 49, "epyc-rome"), ("AuthenticAMD", 26, 2, "epyc-turin"),
        ("GenuineIntel", 6, 106, "xeon-ice-lake"), ("GenuineIntel", 6, 143, "xeon-sapphire-rapids"),
        ("GenuineIntel", 6, 207, "xeon-emerald-rapids"), ("ARM", 8, 0xD40, "graviton3"),
        ("GenuineIntel", 6, 151, None), ("AuthenticAMD", 25, 97, None), ("GenuineIntel", 6, 85, None),
        ("AuthenticAMD", None, None, None),
    ],
)  # fmt: skip
def test_a_cpu_is_known_by_what_it_says_of_itself(
    vendor: str, family: int | None, model: int | None, target_id: str | None
) -> None:
    found = shipped_targets().cpu_for(vendor, family, model)

    assert (found.target_id if found else None) == target_id


@pytest.mark.parametrize(("has_vnni", "target_id"), [(True, "xeon-cascade-lake"), (False, "xeon-skylake")])
def test_two_xeons_of_one_model_number_are_told_apart_by_vnni(has_vnni: bool, target_id: str) -> None:  # noqa: FBT001 - a row
    found = shipped_targets().cpu_for("GenuineIntel", 6, 85, has_int8_units=has_vnni)

    assert found is not None
    assert found.target_id == target_id


def test_every_cpu_of_the_price_table_is_a_target() -> None:
    written = {one.device for one in shipped_book().offers if one.devices == 0 and one.device}

    assert len(written) == 6
    assert all(shipped_targets().for_cpu_model(one) for one in written)


def test_the_figures_of_the_data_sheets_are_in_base_units() -> None:
    t4, a100 = shipped_targets().find("t4"), shipped_targets().find("a100-sxm4-40")

    assert t4.peaks_per_s == {Precision.FP32: 8.1e12, Precision.FP16: 65e12, Precision.INT8: 130e12}
    assert (t4.memory_bytes, t4.bandwidth_bytes_per_s, t4.board_power_w) == (16 * 10**9, 320e9, 70.0)
    assert a100.peaks_per_s[Precision.BF16] == a100.peaks_per_s[Precision.FP16] == 312e12


def test_only_a_v100_among_the_cards_has_no_int8_units() -> None:
    without = {one.target_id for one in shipped_targets().all if not one.has_int8_units}

    assert without == {"v100-pcie-32", "v100-sxm2-16", "epyc-rome", "epyc-milan", "xeon-skylake"}


def test_every_target_has_a_source() -> None:
    assert all(one.source for one in shipped_targets().all)
    assert len(shipped_targets().all) == 28


def with_own(folder: Path, text: str) -> Path:
    (folder / "own.toml").write_text(text, encoding="utf-8")
    return folder / "own.toml"


def test_a_target_of_ones_own_is_read_with_its_units(tmp_path: Path) -> None:
    found = shipped_targets().with_file(with_own(tmp_path, OWN)).find("maker x1")

    assert (found.target_id, found.kind, found.has_int8_units) == ("x1", TargetKind.GPU, True)
    assert found.peaks_per_s == {Precision.FP32: 8.1e12, Precision.INT8: 130e12}
    assert (found.memory_bytes, found.bandwidth_bytes_per_s, found.board_power_w) == (16 * 10**9, 320e9, 70.0)


def test_a_cpu_of_ones_own_is_known_by_what_it_says_of_itself(tmp_path: Path) -> None:
    text = OWN.replace('"gpu"', '"cpu"') + 'cpus = [{ vendor = "AuthenticAMD", family = 25, models = [160, 175] }]\n'

    found = shipped_targets().with_file(with_own(tmp_path, text)).cpu_for("AuthenticAMD", 25, 165)

    assert found is not None
    assert found.target_id == "x1"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('"x1"', '"t4"', "takes the name 't4', which means t4"),
        ('"Maker X1"', '"Tesla T4"', "takes the name 'tesla-t4'"),
        ('"x1"', '"X 1"', "id is 'X 1': write lower-case"),
        ("memory", "memoyr", r"'memoyr' is not known \(did you mean memory\?\)"),
        ('"16 GB"', "16", "memory is 16, without a unit"),
        ('"16 GB"', '"-16 GB"', "the memory is -16000000000; it must be a positive number"),
        ('"130 TOPS"', "130", 'the int8 peak is 130: write a rate such as "8.1 TFLOPS"'),
        ("int8 =", "int9 =", r"'int9' is not known \(did you mean int8"),
        ('"gpu"', '"tpu"', "kind is 'tpu'"),
        ('source = "its data sheet"', "", "source is missing"),
        ('"its data sheet"', '"\\u001b[2J"', r"source is '\\x1b"),
    ],
)
def test_a_table_that_is_no_target_is_refused_with_file_and_table(
    tmp_path: Path, before: str, after: str, told: str
) -> None:
    assert before in OWN
    with pytest.raises(TargetError, match=told) as refusal:
        shipped_targets().with_file(with_own(tmp_path, OWN.replace(before, after)))
    assert str(refusal.value).isprintable()
