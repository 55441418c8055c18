"""Assumptions: every default parses, the template says the same, and what is wrong is one sentence that names it."""

import re
from datetime import date
from pathlib import Path

import pytest

from pricing.assumptions import ENTRIES, Kind, assume, read_assumptions, template
from pricing.errors import AssumptionError, PricingError
from pricing.vocabulary import Demand, Evidence, Provenance

TODAY = date(2026, 8, 1)
_HUGE_HEX = "0x" + "f" * 6000


def _file(folder: Path, text: str) -> Path:
    path = folder / "fleet.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_default_parses_and_has_a_reason() -> None:
    found = assume(today=TODAY)

    assert [one.name for one in found.stated] == [entry.name for entry in ENTRIES]
    assert (found.stay.target, found.move.target, found.move.provider) == ("a100-sxm4-40", "t4", "aws")
    assert found.demand.peak_per_s == found.demand.mean_per_s == 50_000
    assert (found.horizon_years, found.as_of, found.instances_today) == (3, TODAY, None)
    assert [entry.name for entry in ENTRIES if entry.default is not None and not entry.why] == []


def test_the_template_with_its_comment_signs_taken_away_is_the_defaults(tmp_path: Path) -> None:
    uncommented = re.sub(r"^# (\w+ = .*)$", r"\1", template(), flags=re.MULTILINE)

    stated = read_assumptions(_file(tmp_path, uncommented))

    assert set(stated) == {entry.name for entry in ENTRIES if entry.default is not None}
    layered, bare = assume(("a file", stated), today=TODAY), assume(today=TODAY)
    assert [one.text for one in layered.stated] == [one.text for one in bare.stated]
    assert read_assumptions(_file(tmp_path, template())) == {}


def test_every_example_in_the_template_can_be_used(tmp_path: Path) -> None:
    joined = re.sub(r"\n#     ", " ", template())
    examples = re.sub(r"^#   for example: ", "", joined, flags=re.MULTILINE)

    stated = read_assumptions(_file(tmp_path, examples))

    assert set(stated) == {entry.name for entry in ENTRIES if entry.default is None}
    assert assume(("a file", stated), today=TODAY).instances_today == 12


def test_energy_has_the_published_ranges_and_no_grid_of_its_own() -> None:
    energy = assume(today=TODAY).energy

    assert (energy.pue.point, energy.pue.high) == (1.56, 1.56)
    assert (energy.pue_hyperscale.low, energy.pue_hyperscale.high) == (1.10, 1.14)
    assert (energy.price_per_kwh.low, energy.price_per_kwh.high) == (0.07, 0.17)
    assert energy.idle_share.high < energy.load_share.low < energy.load_share.high == 1.0
    assert (energy.carbon_g_per_kwh, energy.place, energy.embodied_kg) == (None, None, None)


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ({"energy.embodied_per_device": "150 kg"}, "belong together"),
        ({"energy.embodied_source": "the maker"}, "belong together"),
        ({"energy.embodied_per_device": "150 g/kWh", "energy.embodied_source": "the maker"}, "mass is needed"),
        ({"energy.idle_share": "90 %"}, "above energy.load_share"),
    ],
)
def test_energy_that_makes_no_sense_is_refused(stated: dict[str, object], told: str) -> None:
    with pytest.raises(PricingError, match=told):
        assume(("a test", stated), today=TODAY)


def test_later_layers_overrule_earlier_ones_and_the_register_says_who_spoke() -> None:
    found = assume(
        ("fleet.toml", {"demand.peak": "10 requests/s", "fleet.plus": 2}),
        ("the command line", {"demand.peak": "20 requests/s"}),
        today=TODAY,
    )

    sources = {one.name: one.evidence.source for one in found.stated}
    assert (found.demand.peak_per_s, found.plus) == (20, 2)
    assert sources["demand.peak"] == "stated in the command line"
    assert sources["fleet.plus"] == "stated in fleet.toml"
    assert sources["to.region"] == "not stated"


def test_measured_traffic_replaces_the_stated_demand_also_in_the_register() -> None:
    evidence = Evidence(kind=Provenance.MEASURED, source="requests.csv")
    traffic = Demand(hourly_per_s=(5.0,) * 23 + (8.0,), peak_per_s=10.0, evidence=evidence)

    found = assume(("a file", {"demand.peak": "99 requests/s"}), today=TODAY, demand=traffic)

    register = {one.name: one for one in found.stated}
    assert found.demand == traffic
    assert register["demand.peak"].text == "10 requests/s"
    assert register["demand.peak"].evidence.kind is Provenance.MEASURED
    assert register["demand.profile"].text.endswith("0.5, 0.8")


def test_what_is_not_said_of_the_new_place_is_as_today_and_no_region_crosses_providers() -> None:
    same = assume(("a", {"from.region": "us-east-1", "from.purchase": "spot"}), today=TODAY)
    other = assume(("a", {"from.region": "us-east-1", "to.provider": "gcp"}), today=TODAY)

    assert (same.move.region, same.move.purchase, same.move.provider) == ("us-east-1", "spot", "aws")
    assert (other.move.region, other.move.provider) == (None, "gcp")


_NEVER_REACHED = [0.5] * 24
_WRONG = [
    ("demand.peak", "-5 requests/s", "between"),
    ("demand.peak", "5000", "without a unit"),
    ("demand.peak", 5000, "without a unit"),
    ("demand.peak", "5000 GB", "measures size"),
    ("demand.peak", "nan requests/s", "write a rate"),
    ("demand.peak", "1e400 requests/s", "so large"),
    ("demand.peak", "0 requests/s", "between"),
    ("demand.peak", ["1 requests/s"], "write a rate"),
    ("demand.peak", "5 \x1b[2J\x00requests/s" * 50, "write a rate"),
    ("demand.profile", [1.0] * 23, "24 shares"),
    ("demand.profile", [*[0.1] * 23, -1.0], "outside 0 to 1"),
    ("demand.profile", [*[0.1] * 23, float("nan")], "write a share"),
    ("demand.profile", _NEVER_REACHED, "never reaches the peak"),
    ("slo.limit", "0 ms", "between 1 µs and 1 day"),
    ("slo.limit", "50 requests/s", "time is needed"),
    ("slo.quantile", "p100", "p50 to below p100"),
    ("slo.quantile", 0.99, "p50 to below p100"),
    ("slo.quantile", "p9٩", "p50 to below p100"),
    ("fleet.headroom", "100 %", "between 0 % and 95 %"),
    ("fleet.plus", 1.5, "whole number"),
    ("fleet.plus", True, "whole number"),
    ("fleet.plus", -1, "between 0 and 1,000"),
    ("fleet.zones", 0, "between 1 and 26"),
    ("fleet.autoscaling", "yes", "true or false"),
    ("from.instances", 10**5000, "huge number"),
    ("from.target", "", "write a name"),
    ("from.target", "   ", "write a name"),
    ("from.target", "a\x1b[31m", "write a name"),
    ("from.target", {"x": 1}, "write a name"),
    ("money.horizon", "18 months", "whole years"),
    ("money.horizon", "1 month", "between 1 year and 20 years"),
    ("money.discount_rate", "-10 %", "between 0 % and 100 %"),
    ("migration.move", ["3 USD", "2 USD", "1 USD"], "not in order"),
    ("migration.move", ["1 USD", "2 USD"], "has 2 values"),
    ("migration.move", "5000 EUR", "unit is not known"),
    ("energy.pue", "0.9", "between 1 and 5"),
    ("energy.price", "0.12", "without a unit"),
    ("own.support", "2000 %", "between 0 % and 100 %"),
    ("prices.as_of", "tomorrow", "write a date"),
    ("prices.as_of", "2026-13-01", "write a date"),
    ("prices.as_of", 20260720, "write a date"),
    ("prices.as_of", "2026-12-24", "nobody knows them yet"),
]


@pytest.mark.parametrize(("name", "written", "told"), _WRONG, ids=[f"{one[0]} {one[2]}" for one in _WRONG])
def test_a_wrong_value_is_one_short_printable_sentence_that_names_it(name: str, written: object, told: str) -> None:
    with pytest.raises(PricingError) as caught:
        assume(("fleet.toml", {name: written}), today=TODAY)

    sentence = str(caught.value)
    assert told in sentence
    assert name in sentence or name == "prices.as_of"
    assert sentence.isprintable()
    assert len(sentence) < 250


_FILES = [
    ("[from]\ntragt = 't4'", "from.target is the nearest"),
    ("[fleeet]\nplus = 1", "fleet.plus is the nearest"),
    ("[zzz]\nqqq = 1", "--template"),
    ("plus = 1", "not a [section]"),
    ("[[fleet]]\nplus = 1", "not a [section]"),
    ("[fleet]\nplus = 1\nplus = 2", "as TOML"),
    ("[fleet]\nplus = ", "as TOML"),
    (f"[from]\ninstances = {'9' * 6000}", "digits"),
    ("[from]\nx = " + "[" * 5000, "nested too deeply"),
    ("a." * 500 + "b = 1", "parts"),
    ('[from]\n"\\u001b[2J" = 1', "no assumption"),
    (f'[from]\n"{"y" * 100_000}" = 1', "no assumption"),
]


@pytest.mark.parametrize(("text", "told"), _FILES, ids=[one[1] for one in _FILES])
def test_a_damaged_or_misspelt_file_is_one_sentence(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(AssumptionError) as caught:
        read_assumptions(_file(tmp_path, text))

    assert told in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 400


def test_a_number_that_python_does_not_write_is_refused_when_it_is_used(tmp_path: Path) -> None:
    stated = read_assumptions(_file(tmp_path, f"[from]\ninstances = {_HUGE_HEX}"))

    with pytest.raises(AssumptionError, match=r"from\.instances is a huge number"):
        assume(("fleet.toml", stated), today=TODAY)


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")

    for path in (tmp_path / "absent.toml", tmp_path, binary):
        with pytest.raises(AssumptionError, match="cannot be read"):
            read_assumptions(path)


def test_every_kind_of_value_is_used_and_bounded() -> None:
    assert {entry.kind for entry in ENTRIES} == set(Kind)
    numbers = [entry for entry in ENTRIES if entry.kind in {Kind.QUANTITY, Kind.SPREAD, Kind.WHOLE}]
    assert [entry.name for entry in numbers if entry.low is None or entry.high is None] == []
