"""Reads a file of traffic: a column of moments, one a request, or moments with rates or counts."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pricing.errors import AssumptionError
from pricing.files import shown
from pricing.traffic.hours import HOUR_S, Hours, hours_of_rates, hours_of_stamps, require_span, step_of
from pricing.traffic.model import HOURS, Traffic, TrafficForm
from pricing.traffic.table import Chunk, TrafficTable, open_text
from pricing.traffic.times import Seconds, moment_at, seconds_of

_MOST_PER_ROW = 1e12
_WEEK = 7
_LONGEST_NAME = 80


def read_traffic(path: Path) -> Traffic:
    """The traffic in a CSV file of at most ten million rows, in any order; it is streamed.

    A header names the columns: `time` alone is one request a row, `time` with `requests_per_s` a rate, with `count` the
    requests from that moment to the next row's. Moments are ISO 8601 or seconds, milliseconds, … since 1970. With an
    offset they become UTC; without one they are taken as they are.

    Raises:
        AssumptionError: if the file cannot be read, mixes forms, or holds what is no moment or no rate.
    """
    name = path.name[:_LONGEST_NAME] if path.name.isprintable() else shown(path.name)
    with open_text(path) as stream:
        table = TrafficTable(stream, name)
        if table.layout.form is TrafficForm.STAMPS:
            return _by_stamps(table, name)
        return _by_rates(table, name)


def _by_stamps(table: TrafficTable, name: str) -> Traffic:
    # Whole seconds until 2106 in four bytes: ten million requests in 40 MB.
    stamps = np.concatenate([np.floor(seconds).astype(np.uint32) for seconds in _moments(table, name)])
    is_ordered = _is_ordered(stamps)
    stamps.sort()
    require_span(float(stamps[0]), float(stamps[-1]), name)
    hours = hours_of_stamps(stamps, name)
    return _traffic(hours, stamps, table=table, name=name, is_ordered=is_ordered, notes=[])


def _by_rates(table: TrafficTable, name: str) -> Traffic:
    chunks = list(_rates(table, name))
    times = np.concatenate([one for one, _ in chunks])
    values = np.concatenate([one for _, one in chunks])
    is_ordered = _is_ordered(times)
    if not is_ordered:
        order = np.argsort(times, kind="stable")
        times, values = times[order], values[order]
    require_span(float(times[0]), float(times[-1]), name)
    step_s = step_of(times, name)
    is_count = table.layout.form is TrafficForm.COUNTS
    hours = hours_of_rates(times, values / step_s if is_count else values, step_s=step_s, name=name)
    notes = [f"a row every {step_s:g} s, taken to hold from its moment on"]
    return _traffic(hours, times, table=table, name=name, is_ordered=is_ordered, notes=notes)


def _moments(table: TrafficTable, name: str) -> Iterator[Seconds]:
    for chunk in table.chunks():
        yield seconds_of(chunk.times, table.layout.time_form, first_row=chunk.first_row, name=name)


def _rates(table: TrafficTable, name: str) -> Iterator[tuple[Seconds, Seconds]]:
    for chunk in table.chunks():
        seconds = seconds_of(chunk.times, table.layout.time_form, first_row=chunk.first_row, name=name)
        yield seconds, _values(chunk, name)


def _values(chunk: Chunk, name: str) -> Seconds:
    try:
        found = np.array(chunk.values, dtype=np.float64)
    except ValueError:
        found = np.array([_number(cell) for cell in chunk.values])
    is_sound = (found >= 0.0) & (found <= _MOST_PER_ROW)  # NaN compares false
    if not is_sound.all():
        index = int(np.argmin(is_sound))
        raise AssumptionError(
            f"{name}, row {chunk.first_row + index:,} of the data: {shown(chunk.values[index])} is no rate or count: a "
            "number from 0 is needed"
        )
    return found


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _is_ordered(times: NDArray[np.uint32] | Seconds) -> bool:
    return bool(np.all(times[1:] >= times[:-1]))


def _traffic(
    hours: Hours,
    times: NDArray[np.uint32] | Seconds,
    *,
    table: TrafficTable,
    name: str,
    is_ordered: bool,
    notes: list[str],
) -> Traffic:
    if not hours.per_s.any():
        raise AssumptionError(
            f"{name} holds no request in {hours.starts.size:,} whole hours: there is nothing to plan for"
        )
    is_utc = table.layout.time_form.is_utc
    busiest = int(np.argmax(hours.per_s))
    return Traffic(
        name=name,
        form=table.layout.form,
        rows=times.size,
        first=moment_at(float(times[0]), is_utc=is_utc),
        last=moment_at(float(times[-1]), is_utc=is_utc),
        is_utc=is_utc,
        hours=hours.starts.size,
        hourly_per_s=_typical_day(hours),
        mean_per_s=float(hours.per_s.mean()),
        busiest_hour_per_s=float(hours.per_s[busiest]),
        busiest_hour=moment_at(float(hours.starts[busiest]) * HOUR_S, is_utc=is_utc),
        busiest_minute_per_s=hours.busiest_minute_per_s,
        is_minute_by_chance=hours.is_minute_by_chance,
        dispersion=hours.dispersion,
        left_out=_left_out(hours, table.layout.form),
        notes=(*notes, *_notes(hours, is_utc=is_utc, is_ordered=is_ordered)),
    )


def _typical_day(hours: Hours) -> tuple[float | None, ...]:
    of_day = hours.starts % HOURS
    return tuple(
        float(hours.per_s[of_day == hour].mean()) if bool(np.any(of_day == hour)) else None for hour in range(HOURS)
    )


def _left_out(hours: Hours, form: TrafficForm) -> tuple[str, ...]:
    if not hours.incomplete:
        return ()
    why = "at the beginning or end" if form is TrafficForm.STAMPS else "with rows missing"
    return (f"{hours.incomplete:,} incomplete hour{'s' * (hours.incomplete > 1)} {why}",)


def _notes(hours: Hours, *, is_utc: bool, is_ordered: bool) -> Iterator[str]:
    yield "hours are those of UTC" if is_utc else "the moments name no time zone: hours are taken as they are written"
    if not is_ordered:
        yield "the rows are not in order of time, and were sorted"
    if hours.empty:
        yield f"{hours.empty:,} whole hour{'s' * (hours.empty > 1)} without any request count as no traffic"
    if hours.starts.size < _WEEK * HOURS:
        yield "less than a week: a weekend or weekdays may be missing"
