"""Files of traffic: logs of requests and series of rates, whole days and hostile ones."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pricing.errors import AssumptionError
from pricing.traffic import Traffic, TrafficForm, read_traffic
from pricing.traffic.table import CHUNK

_MIDNIGHT = 1_795_824_000  # 2026-11-28T00:00:00Z
_DAY = 86_400


def _read(folder: Path, lines: Iterable[object], header: str = "time") -> Traffic:
    path = folder / "traffic.csv"
    path.write_text("\n".join((header, *map(str, lines))) + "\n", encoding="utf-8")
    return read_traffic(path)


def _iso(seconds: float, zone: str = "Z") -> str:
    return datetime.fromtimestamp(seconds, tz=UTC).replace(tzinfo=None).isoformat() + zone


def _poisson(per_s: float, *, days: int = 1, seed: int = 1) -> list[float]:
    rng = np.random.default_rng(seed)
    span = days * _DAY
    return sorted((_MIDNIGHT + rng.uniform(0, span, rng.poisson(per_s * span))).tolist())


def test_a_log_of_random_requests_has_its_rate_and_a_dispersion_of_one(tmp_path: Path) -> None:
    traffic = _read(tmp_path, [f"{one:.3f}" for one in _poisson(1.0)])
    assert traffic.form is TrafficForm.STAMPS
    assert traffic.hours == 24
    assert traffic.mean_per_s == pytest.approx(traffic.rows / _DAY)
    assert traffic.dispersion == pytest.approx(1.0, abs=0.03)
    assert traffic.is_minute_by_chance
    assert traffic.demand().peak_per_s == traffic.busiest_hour_per_s
    assert traffic.rows > CHUNK


def test_requests_in_crowds_have_a_high_dispersion_and_the_busiest_minute_is_the_peak(tmp_path: Path) -> None:
    crowds = [_MIDNIGHT + 60 * minute for minute in range(0, _DAY // 60, 10) for _ in range(50)]
    steady = [_MIDNIGHT + 30 * index + 7 for index in range(_DAY // 30)]
    traffic = _read(tmp_path, sorted(crowds + steady))
    assert traffic.dispersion is not None
    assert traffic.dispersion > 10
    assert traffic.peak_per_s == traffic.busiest_minute_per_s == pytest.approx(52 / 60)
    assert "busiest minute" in traffic.demand().evidence.source


def test_the_change_over_the_day_is_no_burst(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    hours = [rng.uniform(0, 3600, rng.poisson(3600 * rate)) + _MIDNIGHT + 3600 * hour
             for hour, rate in enumerate([0.1] * 12 + [2.0] * 12)]  # fmt: skip
    traffic = _read(tmp_path, sorted(np.concatenate(hours).tolist()))
    assert traffic.dispersion == pytest.approx(1.0, abs=0.03)


def test_the_typical_day_adds_up_to_the_requests_that_came(tmp_path: Path) -> None:
    busy = [f"{_iso(_MIDNIGHT + 3600 * hour)},{hour + 1 + 24 * (hour // 24)}" for hour in range(48)]
    traffic = _read(tmp_path, busy, header="time,requests_per_s")
    demand = traffic.demand()
    assert demand.mean_per_s == pytest.approx(traffic.mean_per_s)
    assert demand.hourly_per_s[0] == pytest.approx((1 + 49) / 2)
    assert demand.peak_per_s == 72.0
    assert traffic.busiest_minute_per_s is None
    assert traffic.days == 2
    assert demand.evidence.as_of == datetime(2026, 11, 29, tzinfo=UTC).date()


@pytest.mark.parametrize("factor", [1, 1_000, 1_000_000, 1_000_000_000])
def test_moments_may_be_seconds_or_finer_since_1970(factor: int, tmp_path: Path) -> None:
    traffic = _read(tmp_path, [(_MIDNIGHT + 60 * minute + 1) * factor for minute in range(24 * 60)])
    assert traffic.first == datetime(2026, 11, 28, 0, 0, 1, tzinfo=UTC)
    assert traffic.mean_per_s == pytest.approx(1 / 60)


def test_offsets_become_utc_and_stamps_without_one_are_taken_as_they_are(tmp_path: Path) -> None:
    moments = [_MIDNIGHT + 1800 * index for index in range(96)]
    there = _read(tmp_path, [_iso(one, "+05:30") for one in moments])
    bare = _read(tmp_path, [_iso(one, "") for one in moments])
    assert there.first == datetime(2026, 11, 27, 18, 30, tzinfo=UTC)
    assert there.is_utc
    assert bare.first == datetime(2026, 11, 28)  # noqa: DTZ001 - no zone is known
    assert any("name no time zone" in note for note in bare.notes)


def test_counts_are_spread_over_the_time_to_the_next_row_in_any_order_and_delimiter(tmp_path: Path) -> None:
    rows = [f"{_MIDNIGHT + 300 * index};600;x" for index in range(288)]
    traffic = _read(tmp_path, reversed(rows), header="Time;Requests;host")
    assert traffic.form is TrafficForm.COUNTS
    assert traffic.mean_per_s == pytest.approx(2.0)
    assert any("not in order" in note for note in traffic.notes)


def test_rows_of_a_minute_tell_the_busiest_minute(tmp_path: Path) -> None:
    rows = [f"{_MIDNIGHT + 60 * index},{500 if index == 77 else 10}" for index in range(1440)]
    traffic = _read(tmp_path, rows, header="timestamp,rps")
    assert traffic.busiest_minute_per_s == 500.0
    assert traffic.demand().peak_per_s == 500.0


def test_hours_that_are_not_whole_are_left_out_and_told(tmp_path: Path) -> None:
    log = _read(tmp_path, [_MIDNIGHT + 900 + 60 * index for index in range(1440)])
    assert log.hours == 23
    assert log.left_out == ("2 incomplete hours at the beginning or end",)
    rates = [f"{_MIDNIGHT + 60 * index},1" for index in range(1440) if not 100 < index < 120]
    series = _read(tmp_path, rates, header="time,rate")
    assert series.left_out == ("1 incomplete hour with rows missing",)
    with pytest.raises(AssumptionError, match="no whole hour 1 of the day"):
        series.demand()


def test_an_hour_of_a_log_without_requests_counts_as_no_traffic(tmp_path: Path) -> None:
    traffic = _read(tmp_path, [_MIDNIGHT + 60 * index for index in range(1440) if not 120 <= index < 180])
    assert traffic.hourly_per_s[2] == 0.0
    assert any("1 whole hour without any request" in note for note in traffic.notes)


@given(hours=st.lists(st.integers(1, 30), min_size=24, max_size=60))
@settings(max_examples=15, deadline=None)
def test_every_request_of_a_whole_hour_is_counted_once(
    hours: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    stamps = [
        _MIDNIGHT + 3600 * hour + 3600 * index / count for hour, count in enumerate(hours) for index in range(count)
    ]
    stamps.append(_MIDNIGHT + 3600 * len(hours) - 1)
    traffic = _read(tmp_path_factory.mktemp("log"), stamps)
    assert traffic.hours == len(hours)
    assert traffic.mean_per_s * 3600 * traffic.hours == pytest.approx(len(stamps))
    assert traffic.peak_per_s >= max(rate or 0.0 for rate in traffic.hourly_per_s)


_GOOD = f"{_MIDNIGHT},5"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("time\n", "holds a header and no row"),
        ("time,rate\n", "holds a header and no row"),
        ("host,rate\na,1\n", "no column of moments among host, rate"),
        ("time,ts\n1,2\n", "more than one column of moments"),
        (f"time,rate,count\n{_MIDNIGHT},1,2\n", "more than one column of rates or counts"),
        (f"{_MIDNIGHT},5\n", "2 columns and no header"),
        ("time\nyesterday\n", "'yesterday' is no moment"),
        ("time\n=NOW()\n", r"'=NOW\(\)' is no moment"),
        (f"time\n{_MIDNIGHT}\n=cmd|' /C calc'!A0\n", "row 2 of the data: .* is no moment"),
        ("time\n2026-11-28\n", "'2026-11-28' is no moment"),
        ("time\n1970-01-01T00:00:00Z\n2026-11-28T00:00:00Z\n", "no moment from 1990"),
        (f"time\n{_MIDNIGHT}\n{_MIDNIGHT}000\n", "is milliseconds since 1970 where rows before are seconds"),
        ("time\n2026-11-28T00:00:00Z\n2026-11-28T00:00:00\n", "without an offset where rows before are"),
        (f"time\n{_MIDNIGHT}\nnan\n", "'nan' is no moment"),
        (f"time\n{_MIDNIGHT - 40_000_000 * 4}\n{_MIDNIGHT}\n", "spans 1,852 days"),
        (f"time\n{_MIDNIGHT}\n{_MIDNIGHT + 600}\n", "no whole hour, from 2026-11-28 00:00:00"),
        (f"time,rate\n{_GOOD}\n", "one row of rates"),
        (f"time,rate\n{_GOOD}\n{_GOOD}\n", "two rows at 2026-11-28 00:00:00"),
        (f"time,rate\n{_MIDNIGHT},-5\n", "row 1 of the data: '-5' is no rate"),
        (f"time,rate\n{_MIDNIGHT},nan\n", "'nan' is no rate"),
        (f"time,rate\n{_MIDNIGHT},inf\n", "'inf' is no rate"),
        (f"time,rate\n{_MIDNIGHT},=1+1\n", r"'=1\+1' is no rate"),
        (f"time,rate\n{_GOOD}\n{_MIDNIGHT + 60}\n", "row 2 of the data has fewer cells"),
        (f"time,rate\n{_GOOD}\n{_MIDNIGHT + 86400},5\n", "a row every 24 h"),
        (f"time,rate\n{_GOOD}\n{_MIDNIGHT + 60},5\n{_MIDNIGHT + 150},1\n{_MIDNIGHT + 210},1\n", "unevenly spaced"),
        (f'time\n"{_MIDNIGHT}\n', "cannot be read as CSV"),
        ("x" * 20_000, "line of more than 16,384 characters"),
        ("time\n" + "9" * 15_000 + "\n", "'9{59}…"),
        ("time\n\0\n", "byte of zero"),
    ],
)
def test_a_hostile_file_ends_in_a_sentence(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "traffic.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AssumptionError, match=told) as raised:
        read_traffic(path)
    assert len(str(raised.value)) < 400


def test_a_binary_file_a_folder_and_no_file_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\x1f\x8b\x08\x00\xff")
    with pytest.raises(AssumptionError, match="no UTF-8 text"):
        read_traffic(tmp_path / "a.csv")
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(AssumptionError, match="cannot be read"):
            read_traffic(path)


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "silent.csv")
    with pytest.raises(AssumptionError, match="is empty"):
        read_traffic(tmp_path / "silent.csv")


def test_traffic_of_nothing_but_zeros_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AssumptionError, match="nothing to plan for"):
        _read(tmp_path, [f"{_MIDNIGHT + 3600 * hour},0" for hour in range(24)], header="time,rate")
