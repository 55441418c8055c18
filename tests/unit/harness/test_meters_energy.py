"""RAPL over made powercap trees, and joules per inference."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import MeasurementError
from harness.meters.absence import Unavailable
from harness.meters.energy import RaplMeter, energy_reading, no_energy, probe_rapl
from harness.vocabulary import EnergyReading

RANGE_UJ = 262_143_328_850
NOBODY = 65_534


def a_zone(root: Path, folder: str, name: str, *, microjoules: int = 1_000_000) -> Path:
    zone = root / "sys/class/powercap" / folder
    zone.mkdir(parents=True)
    (zone / "name").write_text(f"{name}\n")
    (zone / "max_energy_range_uj").write_text(f"{RANGE_UJ}\n")
    (zone / "energy_uj").write_text(f"{microjoules}\n")
    return zone


def a_server(root: Path) -> Path:
    a_zone(root, "intel-rapl:0", "package-0")
    a_zone(root, "intel-rapl:0:0", "core")
    a_zone(root, "intel-rapl:0:1", "dram")
    a_zone(root, "intel-rapl:1", "package-1")
    a_zone(root, "intel-rapl:1:0", "dram")
    a_zone(root, "intel-rapl:2", "psys")
    a_zone(root, "intel-rapl-mmio:0", "package-0")
    return root


def the_meter(root: Path) -> RaplMeter:
    meter = probe_rapl(root=root)
    assert isinstance(meter, RaplMeter)
    return meter


@contextmanager
def without_privilege() -> Iterator[None]:
    """Become an ordinary user for a moment: root reads what it likes."""
    user = os.geteuid()
    if user == 0:
        try:
            os.seteuid(NOBODY)
        except PermissionError:
            pytest.skip("root here cannot become another user")
    try:
        yield
    finally:
        os.seteuid(user)


def test_packages_and_their_memory_are_counted_once_each(tmp_path: Path) -> None:
    meter = the_meter(a_server(tmp_path))

    assert [zone.name for zone in meter.zones] == ["package-0", "package-0/dram", "package-1", "package-1/dram"]
    assert meter.read() == dict.fromkeys(("package-0", "package-0/dram", "package-1", "package-1/dram"), 1_000_000)


def test_joules_are_the_sum_over_zones(tmp_path: Path) -> None:
    meter = the_meter(a_server(tmp_path))
    before = meter.read()
    after = {name: value + 2_500_000 for name, value in before.items()}

    assert meter.joules_between(before, after) == pytest.approx(10.0)


@given(start=st.integers(0, RANGE_UJ - 1), added=st.integers(0, RANGE_UJ - 1))
def test_a_counter_that_wraps_once_loses_nothing(start: int, added: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        a_zone(Path(folder), "intel-rapl:0", "package-0")
        meter = the_meter(Path(folder))

    joules = meter.joules_between({"package-0": start}, {"package-0": (start + added) % RANGE_UJ})

    assert joules == pytest.approx(added / 1e6)


def test_readings_of_other_zones_are_refused(tmp_path: Path) -> None:
    meter = the_meter(a_server(tmp_path))

    with pytest.raises(MeasurementError, match="not of the same zones"):
        meter.joules_between(meter.read(), {"package-0": 1})


def test_a_machine_without_powercap_has_no_meter(tmp_path: Path) -> None:
    absence = probe_rapl(root=tmp_path)

    assert isinstance(absence, Unavailable)
    assert absence.reason.startswith("RAPL: this machine shows no energy counter")


def test_a_tree_without_a_package_has_no_meter(tmp_path: Path) -> None:
    (tmp_path / "sys/class/powercap/intel-rapl").mkdir(parents=True)
    a_zone(tmp_path, "intel-rapl:0", "psys")

    assert isinstance(probe_rapl(root=tmp_path), Unavailable)


def test_counters_that_only_root_may_read_are_unavailable_and_say_so() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        (a_zone(Path(folder), "intel-rapl:0", "package-0") / "energy_uj").chmod(0)
        with without_privilege():
            absence = probe_rapl(root=Path(folder))

    assert absence == Unavailable(reason="RAPL: only root may read the energy counters here")


def test_a_counter_without_a_number_is_unavailable(tmp_path: Path) -> None:
    (a_zone(tmp_path, "intel-rapl:0", "package-0") / "energy_uj").write_text("")

    absence = probe_rapl(root=tmp_path)

    assert absence == Unavailable(reason="RAPL: an energy counter cannot be read (it holds no number)")


def test_a_counter_that_vanishes_while_in_use_is_an_error(tmp_path: Path) -> None:
    zone = a_zone(tmp_path, "intel-rapl:0", "package-0")
    meter = the_meter(tmp_path)
    (zone / "energy_uj").unlink()

    with pytest.raises(MeasurementError, match="cannot be read"):
        meter.read()


def test_no_meter_yields_a_reading_without_figures() -> None:
    reading = no_energy(Unavailable(reason="RAPL: not here"))

    assert reading == EnergyReading(source=None, gross_j=None, net_j=None, reason="RAPL: not here")


def a_reading(
    *,
    active_j: float = 600.0,
    active_s: float = 6.0,
    idle_before_w: float | None = 38.0,
    idle_after_w: float | None = 42.0,
    inferences: int = 100,
) -> EnergyReading:
    return energy_reading(
        "RAPL: package-0",
        active_j=active_j,
        active_s=active_s,
        idle_before_w=idle_before_w,
        idle_after_w=idle_after_w,
        inferences=inferences,
    )


def test_net_energy_leaves_out_what_the_idle_machine_draws() -> None:
    reading = a_reading()

    assert reading.gross_j == pytest.approx(6.0)
    assert reading.net_j == pytest.approx(3.6)
    assert reading.source == "RAPL: package-0"
    assert reading.reason is None


def test_without_idle_power_on_both_sides_only_the_gross_figure_stands() -> None:
    reading = a_reading(idle_after_w=None)

    assert reading.gross_j == pytest.approx(6.0)
    assert reading.net_j is None
    assert reading.reason is not None


def test_an_idle_machine_that_drew_more_than_the_working_one_yields_no_net_figure() -> None:
    reading = a_reading(active_j=200.0)

    assert reading.gross_j == pytest.approx(2.0)
    assert reading.net_j is None
    assert reading.reason is not None
    assert "idle machine drew more" in reading.reason


@pytest.mark.parametrize(("active_s", "inferences"), [(4.9, 100), (6.0, 0)])
def test_a_window_too_short_or_without_work_yields_a_reason(active_s: float, inferences: int) -> None:
    reading = a_reading(active_s=active_s, inferences=inferences)

    assert (reading.gross_j, reading.net_j) == (None, None)
    assert reading.reason is not None
    assert reading.reason.startswith("RAPL: ")
