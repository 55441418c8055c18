"""Charts as SVG: valid whatever the numbers and names, nothing outside the picture, everything told in words."""

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from helpers.report_samples import HOSTILE, sample, usd
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.reports.chart_model import (
    Axis,
    Bar,
    Bars,
    Bin,
    Chart,
    Distribution,
    Lines,
    Point,
    Rule,
    Scale,
    Series,
    Spread,
    Step,
    Waterfall,
)
from planner.reports.document import Drawing
from planner.reports.figures import Figure
from planner.reports.svg import PRINT, SCREEN, svg_of
from planner.reports.svg.text import harmless, shortened, width_of, wrapped

_CHARTS = [block.chart for block in sample().blocks() if isinstance(block, Drawing)]
_KNOWN = {"svg", "title", "desc", "g", "text", "line", "rect", "path", "circle"}
_NUMBERS = st.floats() | st.sampled_from([0.0, -1.0, 1.0, 1e-320, 1e308, -1e308, 1e16, 1e16 + 2])
_NAMES = st.sampled_from(HOSTILE) | st.text(max_size=30)
_AXES = st.builds(Axis, title=_NAMES, scale=st.sampled_from(Scale), starts_at_zero=st.booleans())


def _figure(value: float | None) -> Figure:
    return Figure(key="k", value=value, unit="USD", text="an amount")


_POINTS = st.builds(Point, x=_NUMBERS, y=_NUMBERS | st.none(), low=_NUMBERS | st.none(), high=_NUMBERS | st.none())
_SERIES = st.builds(Series, name=_NAMES, points=st.lists(_POINTS, max_size=4).map(tuple), is_stepped=st.booleans())
_RULES = st.lists(st.builds(Rule, at=_NUMBERS, label=_NAMES, is_of_x=st.booleans()), max_size=3).map(tuple)
_BARS = st.builds(Bar, label=_NAMES, low=_NUMBERS, high=_NUMBERS, low_text=_NAMES, high_text=_NAMES, point=_NUMBERS)
_BINS = st.builds(Bin, low=_NUMBERS, high=_NUMBERS, share=_NUMBERS)
_SPREADS = st.builds(Spread, name=_NAMES, bins=st.lists(_BINS, max_size=4).map(tuple), quantiles=_RULES)
_STEPS = st.builds(Step, label=_NAMES, amount=(_NUMBERS | st.none()).map(_figure), is_total=st.booleans())


def _many(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(strategy, max_size=3).map(tuple)


_NAMED = {"key": st.text(max_size=8), "title": _NAMES, "told": _NAMES}
_ANY: st.SearchStrategy[Chart] = st.one_of(
    st.builds(Lines, **_NAMED, x=_AXES, y=_AXES, series=_many(_SERIES), rules=_RULES),
    st.builds(Bars, **_NAMED, axis=_AXES, bars=_many(_BARS), rules=_RULES),
    st.builds(Distribution, **_NAMED, axis=_AXES, spreads=_many(_SPREADS)),
    st.builds(Waterfall, **_NAMED, axis=_AXES, steps=_many(_STEPS)),
)


def _parsed(chart: Chart, *, width: float = 640.0) -> ET.Element:
    text = svg_of(chart, palette=PRINT, width=width).replace(' xmlns="http://www.w3.org/2000/svg"', "", 1)
    return ET.fromstring(text)  # noqa: S314 -- our own output


def _size(svg: ET.Element) -> tuple[float, float]:
    _, _, wide, high = map(float, svg.attrib["viewBox"].split())
    return wide, high


def _spans(svg: ET.Element) -> Iterator[tuple[float, float, float, str]]:
    """Left, right and baseline of every text."""
    for one in svg.iter("text"):
        content = one.text or ""
        wide = width_of(content, size=float(one.get("font-size", 12)), is_strong="font-weight" in one.attrib)
        before = {"start": 0.0, "middle": 0.5, "end": 1.0}[one.get("text-anchor", "start")]
        left = float(one.attrib["x"]) - wide * before
        yield left, left + wide, float(one.attrib["y"]), content


def _touching(svg: ET.Element) -> Iterator[tuple[str, str]]:
    """Texts that stand upon one another."""
    for (left, right, y, one), (start, end, height, other) in combinations(_spans(svg), 2):
        if left < end - 0.3 and start < right - 0.3 and abs(y - height) < 10:
            yield one, other


def _texts(chart: Chart) -> list[str]:
    return [content for *_, content in _spans(_parsed(chart))]


@pytest.mark.parametrize("width", [240, 640, 1200])
@pytest.mark.parametrize("chart", _CHARTS, ids=lambda chart: str(chart.key))
def test_no_text_stands_outside_the_picture_or_on_another(chart: Chart, width: float) -> None:
    svg = _parsed(chart, width=width)
    wide, high = _size(svg)
    assert all(left >= 0 and right <= wide and 0 < y <= high for left, right, y, _ in _spans(svg))
    assert not list(_touching(svg))


@given(chart=_ANY, width=st.sampled_from([0.0, 240.0, 640.0]))
@settings(max_examples=120, deadline=None)
def test_any_numbers_and_names_make_a_valid_picture_whose_texts_stand_apart(chart: Chart, width: float) -> None:
    svg = _parsed(chart, width=width)
    wide, high = _size(svg)
    assert wide >= 240
    assert 0 < high < 2000
    assert {one.tag for one in svg.iter()} <= _KNOWN
    numbers = [float(one) for each in svg.iter() for one in re.findall(r"[\d.]+|nan|inf", each.get("d", ""))]
    assert all(math.isfinite(one) for one in numbers)
    assert all(left >= -0.2 and right <= wide + 0.2 and 0 < y <= high for left, right, y, _ in _spans(svg))
    assert not list(_touching(svg))


@pytest.mark.parametrize("chart", _CHARTS, ids=lambda chart: str(chart.key))
def test_a_picture_names_and_describes_itself_and_is_the_same_each_time(chart: Chart) -> None:
    svg = _parsed(chart)
    labels = svg.attrib["aria-labelledby"].split()
    told = {one.get("id"): one.text for one in svg if one.get("id")}
    assert [told[label] for label in labels] == [chart.title, chart.told]
    assert svg_of(chart, palette=SCREEN) == svg_of(chart, palette=SCREEN)


def test_only_the_palette_for_screens_uses_variables() -> None:
    for chart in _CHARTS:
        assert "var(" not in svg_of(chart, palette=PRINT)
        assert "var(--ink" in svg_of(chart, palette=SCREEN)


def test_charts_of_keys_that_are_no_identifiers_keep_their_ids_apart() -> None:
    ids = [_parsed(replace(_CHARTS[0], key=key)).attrib["aria-labelledby"] for key in ('a"b', "a<b", "a-b")]
    assert len(set(ids)) == len(ids)


def test_a_waterfall_writes_its_amounts_as_the_report_does_and_a_rise_with_its_sign() -> None:
    fall, rise = usd("a", -Decimal("1234.50")), usd("b", Decimal(99))
    steps = (Step(label="from", amount=usd("c", Decimal(9000)), is_total=True), _step(fall), _step(rise))
    texts = _texts(Waterfall(key="w", title="w", told="w", axis=Axis(title="a year"), steps=steps))
    assert {"9,000.00 USD", "−1,234.50 USD", "+99.00 USD"} <= set(texts)


def test_an_unknown_amount_is_told_and_a_chart_without_any_says_so() -> None:
    unknown = Step(label="power", amount=Figure(key="p", value=None, unit="USD", text="not known: no price"))
    total = Step(label="all", amount=usd("c", Decimal(9000)), is_total=True)
    chart = Waterfall(key="w", title="w", told="w", axis=Axis(title="a year"), steps=(total, unknown))
    assert "not known: no price" in _texts(chart)
    assert _texts(replace(chart, steps=(unknown,))) == ["No data: there is no value that could be drawn."]


def test_an_axis_says_what_is_better_and_shortens_thousands() -> None:
    axis = Axis(title="p99", unit="ms", lower_is_better=True, starts_at_zero=True)
    chart = Bars(
        key="b", title="b", told="b", axis=axis, bars=(Bar(label="a", low=0, high=2e6, low_text="", high_text="2"),)
    )
    assert {"p99 (ms; lower is better)", "0.5 M", "2.0 M"} <= set(_texts(chart))


def test_a_projected_series_is_dashed_and_a_gap_stays_a_gap() -> None:
    points = tuple(Point(x=x, y=y) for x, y in enumerate([1.0, 2.0, None, 3.0, 4.0]))
    line = Lines(
        key="l", title="l", told="l", x=Axis(title="x"), y=Axis(title="y"), series=(Series(name="s", points=points),)
    )
    paths = [one for one in _parsed(line).iter("path") if one.get("fill") == "none"]
    assert len(paths) == 2
    assert not any("stroke-dasharray" in one.attrib for one in paths)
    dashed = replace(line, series=(replace(line.series[0], is_dashed=True),))
    assert all("stroke-dasharray" in one.attrib for one in _parsed(dashed).iter("path") if one.get("fill") == "none")


def test_a_long_name_is_cut_in_sight_and_whole_in_its_title() -> None:
    name = "a name of two hundred letters " * 8
    chart = Bars(
        key="b",
        title="b",
        told="b",
        axis=Axis(title="x"),
        bars=(Bar(label=name, low=1, high=2, low_text="", high_text=""),),
    )
    svg = _parsed(chart)
    assert name.strip() in [(one.text or "").strip() for one in svg.iter("title")]
    assert any(content.endswith("…") for *_, content in _spans(svg))


@given(text=st.text(max_size=80), room=st.floats(min_value=20, max_value=400))
@settings(max_examples=60, deadline=None)
def test_cut_and_wrapped_texts_keep_to_their_room(text: str, room: float) -> None:
    assert width_of(shortened(text, room)) <= room + 1e-6
    assert len(wrapped(text, room)) <= 2
    assert all(width_of(line) <= room + 1e-6 for line in wrapped(text, room))


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_no_control_and_no_override_of_direction_is_left(name: str) -> None:
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", harmless(name))
    assert len(harmless(name)) == len(name)


def _step(figure: Figure) -> Step:
    return Step(label=figure.key, amount=figure)
