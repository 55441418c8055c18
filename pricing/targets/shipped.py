"""The targets that come with the package: `tables/devices.csv` (NVIDIA cards) and `tables/cpus.csv`."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pricing.targets.catalogue import Targets
from pricing.vocabulary import CpuIdentity, Precision, Target, TargetKind

TABLES = Path(__file__).parents[1] / "tables"
_TERA = 1e12
_GIGA = 10**9
_MEBI = 2**20  # caches are told in powers of two, and the larger reading is the safe one for a bound
_PEAKS = {
    Precision.FP32: "fp32_tflops",
    Precision.TF32: "tf32_tflops",
    Precision.FP16: "fp16_tflops",
    Precision.FP8: "fp8_tflops",
    Precision.INT8: "int8_tops",
}
_FIRST_BF16 = (8, 0)  # from Ampere on NVIDIA's data sheets state one tensor-core rate for BF16 and FP16


@cache
def shipped_targets() -> Targets:
    """Every target that this version knows; read once."""
    return Targets((*_cards(), *_cpus()))


def _cards() -> Iterator[Target]:
    for row in _rows("devices.csv"):
        major, minor = row["compute_capability"].split(".")
        capability = (int(major), int(minor))
        peaks = {precision: float(row[column]) * _TERA for precision, column in _PEAKS.items() if row[column]}
        if capability >= _FIRST_BF16:
            peaks[Precision.BF16] = peaks[Precision.FP16]
        yield Target(
            target_id=row["id"],
            name=row["name"],
            kind=TargetKind.GPU,
            vendor="NVIDIA",
            aliases=_words(row["aliases"]),
            peaks_per_s=peaks,
            memory_bytes=int(row["memory_gb"]) * _GIGA,
            bandwidth_bytes_per_s=float(row["bandwidth_gb_s"]) * _GIGA,
            board_power_w=float(row["board_power_w"]),
            compute_capability=capability,
            has_int8_units=Precision.INT8 in peaks,
            source=row["source"],
            note=row["note"],
            cache_bytes=int(row["l2_mb"]) * _MEBI,
        )


def _cpus() -> Iterator[Target]:
    for row in _rows("cpus.csv"):
        features = _words(row["int8_features"])
        told = f"INT8 by {', '.join(features)}" if features else "no INT8 instruction of its own"
        yield Target(
            target_id=row["id"],
            name=row["name"],
            kind=TargetKind.CPU,
            vendor=row["vendor"],
            aliases=_words(row["aliases"]),
            has_int8_units=bool(features),
            identities=tuple(_identity(row, span) for span in _words(row["models"])),
            cpu_models=_words(row["cpu_models"]),
            source=row["source"],
            note="; ".join(filter(None, (told, row["note"]))),
        )


def _identity(row: dict[str, str], span: str) -> CpuIdentity:
    first, _, last = span.partition("-")
    return CpuIdentity(
        vendor=row["cpuid_vendor"],
        family=int(row["family"]),
        first_model=int(first, 0),
        last_model=int(last or first, 0),
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _words(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()
