"""Energy and carbon on the screen of a plan: labelled, with their ends, and a reason where there is none."""

from dataclasses import replace

import pytest
from helpers.plans import planning_of, request_of

from planner.drawing.plan_footprint import (
    carbon_cell,
    embodied_cell,
    energy_cell,
    grounds,
    request_carbon_cell,
    request_cell,
)
from planner.services.plans.document import ProjectionDocument
from planner.services.plans.footprint_document import CarbonDocument, EnergyDocument, Estimate
from planner.services.plans.planning import make_plan
from planner.store import Store


@pytest.fixture(scope="module")
def projection() -> ProjectionDocument:
    with Store.open("sqlite://") as store:
        return make_plan(store, planning_of(store, request_of(workload__model="bert-99"))).projections[0]


def test_a_figure_is_told_with_its_ends_and_at_least_where_only_a_bound_is_known(
    projection: ProjectionDocument,
) -> None:
    stay, quantise, move = projection.columns

    assert energy_cell(stay).startswith("≥ ")
    assert carbon_cell(stay).startswith("≥ ")
    for column in (quantise, move):
        assert " kWh a year (" in energy_cell(column)
        assert " Wh (" in request_cell(column)
        assert column.energy is not None
        assert column.energy.kwh == column.energy_kwh
        assert column.carbon is not None
        assert column.carbon.kg == column.carbon_kg
        assert request_carbon_cell(column).endswith("), location-based")
    assert embodied_cell(quantise).endswith("a year, apart")
    assert embodied_cell(move) == "–"


def test_the_grounds_name_place_vintage_and_basis_once_and_say_what_is_assumed(projection: ProjectionDocument) -> None:
    told = [(name, sentence) for name, sentences in grounds(projection) for sentence in sentences]

    carbon = [one for one in told if one[0].startswith("carbon")]
    assert [name for name, _ in carbon] == ["carbon: stay, quantise, move"]
    assert carbon[0][1].startswith("location-based, Virginia (eGRID SRVC) 2023, 270.5 to 323.1 g/kWh; EPA eGRID2023")
    assert all(sentence.startswith("assumed: ") for name, sentence in told if name.startswith("energy: "))
    assert any(name == "embodied: move" and "not known" in sentence for name, sentence in told)


def test_what_is_not_known_says_why_and_an_older_plan_has_its_bound(projection: ProjectionDocument) -> None:
    column = projection.columns[1]
    old = replace(
        column, energy=None, carbon=None, embodied=None, energy_kwh=Estimate(low=1.0, point=None, high=900.0),
        carbon_kg=Estimate(low=1.0, point=None, high=2000.0),
    )  # fmt: skip
    unknown = replace(
        column, energy=EnergyDocument(reason="no power limit"), carbon=CarbonDocument(reason="no grid"), embodied=None
    )

    assert [draw(old) for draw in (energy_cell, request_cell, carbon_cell, embodied_cell)] == [
        "≤ 900 kWh a year", "–", "≤ 2 t a year", "–",
    ]  # fmt: skip
    assert (energy_cell(unknown), carbon_cell(unknown)) == ("not known: power", "not known: power")
    assert dict(grounds(replace(projection, columns=(unknown,)))) == {
        "energy: quantise": ["not known: no power limit"],
        "carbon: quantise": ["not known: no grid"],
    }
    assert list(grounds(replace(projection, columns=(old,)))) == []
