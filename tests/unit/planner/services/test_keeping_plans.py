"""Plans that were kept: the same to the cent whatever came later, and what is said where their ground did change."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from helpers.builders import INT8, make_verdict
from helpers.offers import make_offer
from helpers.plans import TODAY, keep, planning_of, record_priced_run, request_of
from helpers.server import make_rate
from helpers.stores import passing_store

from harness.vocabulary import Gate
from harness.workloads.workload import BUILTIN_DEFAULT
from planner.errors import RunNotFoundError, StoreError
from planner.services.plans.keeping import decode_plan, keep_plan, reproduce
from planner.services.plans.planning import Planning, make_plan, settled
from planner.services.plans.request import Layer, PlanRequest, decode_request, target_file, traffic_of_file
from planner.services.prices import book_in_force
from planner.store import Store
from pricing.book import PriceBook

CONTRACT = """
[[offers]]
provider = "ours"
region = "fra1"
instance = "box"
target = "our-card"
devices = 1
purchase = "on_demand"
price = "0.31 USD/h"
as_of = 2026-07-01
source = "contract"
"""
CARD = """
[[targets]]
id = "our-card"
name = "Our Card"
kind = "gpu"
vendor = "NVIDIA"
source = "our own sheet"
peaks = {fp32 = "10 TFLOPS"}
memory = "16 GB"
"""


@pytest.fixture
def store() -> Iterator[Store]:
    with passing_store() as opened:
        yield opened


def test_newer_runs_and_other_prices_do_not_change_a_plan(store: Store) -> None:
    old = record_priced_run(store, workload=BUILTIN_DEFAULT)
    made = keep(store, PlanRequest())
    newer = record_priced_run(store, workload=BUILTIN_DEFAULT)
    store.record_price_book(PriceBook((make_offer(0.01),)), label="a cheaper T4")

    again = make_plan(store, planning_of(store, PlanRequest()))

    assert (made.runs, again.runs) == ((old,), (newer,))
    assert again.projections[0].columns[2].cost_per_year != made.projections[0].columns[2].cost_per_year
    assert reproduce(store, store.plan("latest")) == ()


def test_what_a_plan_is_about_is_settled_before_it_is_made(store: Store) -> None:
    asked = settled(PlanRequest(), store)
    record_priced_run(store, workload=BUILTIN_DEFAULT)

    assert (asked.is_default, asked.runs) == (True, ())
    assert settled(decode_request(asked.encoded()), store) == asked
    assert settled(PlanRequest(), store).runs == (store.runs()[0].run_id,)
    assert settled(PlanRequest(runs=("aa", "bb", "aa")), None).runs == ("aa", "bb")


def test_a_run_that_changed_is_told_with_what_it_changes(store: Store) -> None:
    run_id = record_priced_run(store)
    keep(store, request_of(run_id))
    store.record_verdict(run_id, make_verdict(gate=Gate.REJECTED))
    store.record_server_rate(run_id, make_rate(arm=INT8, held_rate_per_s=90.0))

    differences = reproduce(store, store.plan("latest"))

    assert "projections[0].answer: was quantise, is not-available" in differences
    assert "projections[0].columns[1].rate.low: was 120.0, is 54.0" in differences
    assert len(differences) <= 20


def test_a_run_that_was_deleted_is_told(store: Store) -> None:
    run_id = record_priced_run(store)
    keep(store, request_of(run_id))
    store.delete(run_id)

    with pytest.raises(RunNotFoundError, match=run_id):
        reproduce(store, store.plan("latest"))


def test_files_of_ones_own_are_kept_with_the_plan(store: Store, tmp_path: Path) -> None:
    card, contract, log = (tmp_path / name for name in ("card.toml", "contract.toml", "log.csv"))
    card.write_text(CARD)
    contract.write_text(CONTRACT)
    log.write_text("time,requests_per_s\n" + "".join(f"2026-11-20T{h:02}:00:00Z,{1000 + 100 * h}\n" for h in range(24)))
    stated: dict[str, object] = {
        "workload.model": "resnet50",
        "from.target": "our-card",
        "from.precision": "fp32",
        "from.provider": "ours",
    }
    request = PlanRequest(
        layers=(Layer(origin="a test", values=stated | {"to.provider": "aws"}),),
        target_files=(target_file(card),),
        traffic=traffic_of_file(log),
    )
    book = book_in_force(store, files=[contract], today=TODAY, targets=request.targets())
    planning = Planning(request=settled(request, store), book=book, today=TODAY)
    made = keep_plan(store, planning, make_plan(store, planning))
    for file in (card, contract, log):
        file.unlink()

    (one,) = made.projections
    assert (one.columns[0].target, one.columns[0].fleet.price_per_hour) == ("our-card", "0.31")
    assert one.peak_per_s == 3300.0
    assert one.mean_per_s == pytest.approx(2150.0)
    assert reproduce(store, store.plan("latest")) == ()


def test_later_layers_overrule_earlier_ones_and_say_so(store: Store) -> None:
    layers = (
        Layer(origin="fleet.toml", values={"demand.peak": "100 requests/s", "fleet.headroom": "20 %"}),
        Layer(origin="the command line", values={"demand.peak": "200 requests/s", "workload.model": "resnet50"}),
    )

    (one,) = make_plan(store, planning_of(store, PlanRequest(layers=layers))).projections

    stated = {line.name: (line.text, line.evidence.source) for line in one.assumptions}
    assert stated["demand.peak"] == ("200 requests/s", "stated in the command line")
    assert stated["fleet.headroom"] == ("20 %", "stated in fleet.toml")
    assert stated["fleet.plus"][1].startswith("default")
    assert one.peak_per_s == 200.0


def test_a_document_that_is_none_is_a_damaged_plan(store: Store) -> None:
    keep(store, request_of(record_priced_run(store)))
    stored = store.plan("latest")

    for text in ("", "{}", '{"schema": "planner.plan/2"}', "[1]", stored.document.replace('"stay"', '"go"')):
        with pytest.raises(StoreError, match=f"the stored plan {stored.plan_id} is damaged"):
            decode_plan(replace(stored, document=text))
    with pytest.raises(StoreError, match="is damaged"):
        reproduce(store, replace(stored, request="{"))
