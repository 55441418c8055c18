"""Plans of fleets: the default one on the committed evidence, the figures behind it, and what quality allows."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from helpers.plans import TODAY, keep, planning_of, record_priced_run, request_of
from helpers.stores import open_store, passing_store

from harness.vocabulary import Gate, RunState
from harness.workloads.workload import BUILTIN_DEFAULT
from planner.services.plans.document import SCHEMA, PlanDocument, ProjectionDocument
from planner.services.plans.keeping import decode_plan
from planner.services.plans.planning import make_plan
from planner.services.plans.request import PlanRequest
from planner.store import Store
from pricing.book import shipped_book
from pricing.errors import AssumptionError, BookError, EvidenceError
from pricing.projection.model import Answer, ColumnName
from pricing.targets import shipped_targets
from pricing.vocabulary import TargetKind

CENT = Decimal("0.01")
COMMITTED = Path(__file__).parents[4] / "results.db"
STAY, QUANTISE, MOVE = ColumnName


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A copy of the database that comes with the sources."""
    path = shutil.copy(COMMITTED, tmp_path_factory.mktemp("plans") / "results.db")
    with open_store(path) as store:
        yield store


@pytest.fixture(scope="module")
def default(committed: Store) -> PlanDocument:
    """The plan that is made when nothing is said, kept there."""
    return keep(committed, PlanRequest())


@pytest.fixture
def store() -> Iterator[Store]:
    with passing_store() as opened:
        yield opened


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT)


def test_the_default_plan_is_of_two_published_models_and_of_what_was_measured(
    committed: Store, default: PlanDocument
) -> None:
    served = [
        one.run_id
        for one in committed.runs(workload=BUILTIN_DEFAULT, state=RunState.COMPLETED)
        if committed.load(one.run_id).server_rates
    ]
    resnet, bert, measured = default.projections

    assert (default.schema, default.as_of, default.skipped) == (SCHEMA, TODAY.isoformat(), ())
    assert (resnet.model, bert.model) == ("resnet50", "bert-large")
    for published in (resnet, bert):
        assert [column.name for column in published.columns] == list(ColumnName)
        assert published.headline.startswith("conditional saving, quality not measured: ")
        assert published.columns[0].rate.is_bound
    assert default.runs == tuple(served[:1])
    assert served[0] in measured.title


def test_nothing_that_was_measured_on_a_cpu_is_planned_on_a_gpu(default: PlanDocument) -> None:
    for one in default.projections:
        for column in one.columns:
            is_measured = column.rate.evidence.kind == "measured"
            assert is_measured == (shipped_targets().find(column.target).kind is TargetKind.CPU)
            assert is_measured == (default.runs[0] in column.rate.evidence.source if default.runs else False)


def test_every_amount_is_what_its_parts_come_to(default: PlanDocument) -> None:
    for one in default.projections:
        stay = one.columns[0].cost_per_year
        for column in one.columns:
            fleet, cost = column.fleet, column.cost_per_year
            (offer,) = shipped_book().require(
                TODAY, provider=fleet.provider, region=fleet.region, purchase=fleet.purchase, instance=fleet.instance
            )
            assert Decimal(fleet.price_per_hour) == offer.rate.amount
            assert cost.planned == cents(fleet.instances * offer.rate.amount * 8760)
            assert sum(count for _, count in fleet.steps) == fleet.instances
            assert column.sizing.replicas <= fleet.replicas_per_instance * fleet.instances
            each = cost.planned / Decimal(one.requests_per_year) * 1_000_000
            assert abs(Decimal(column.per_million) - each) < Decimal("0.0001")
        for change in one.changes:
            after = next(column for column in one.columns if column.name is change.name).cost_per_year
            saved = change.saving_per_year.planned
            assert saved == stay.planned - after.planned
            assert change.flows == (-change.one_off - change.parallel_running, *[saved] * one.horizon_years)
            worth = sum(float(flow) / (1 + one.discount_rate) ** year for year, flow in enumerate(change.flows))
            assert float(change.npv.planned) == pytest.approx(worth, abs=0.02)


def test_the_shares_of_a_saving_add_up_to_it(default: PlanDocument) -> None:
    for one in default.projections:
        moved = next((change for change in one.changes if change.name is MOVE), None)
        if moved is None:
            assert one.shares == ()
        else:
            total = sum(share.amount for share in one.shares)
            assert abs(total - moved.saving_per_year.planned) <= CENT * len(one.shares)


def test_a_plan_is_read_back_from_its_json_as_it_was(committed: Store, default: PlanDocument) -> None:
    assert decode_plan(committed.plan(default.plan or "")) == default


def test_the_day_and_the_provider_decide_what_bert_should_do(store: Store, default: PlanDocument) -> None:
    before, today, gcp = (
        make_plan(store, planning_of(store, request_of(workload__model="bert-99", **stated))).projections[0]
        for stated in ({"prices__as_of": "2025-04-28"}, {}, {"from__provider": "gcp"})
    )

    assert (before.answer, today.answer, gcp.answer) == (Answer.MOVE, Answer.QUANTISE, Answer.QUANTISE)
    for one in (before, today):
        costs = {column.name: column.cost_per_year.planned for column in one.columns}
        (line,) = [line for line in default.projections[1].dates if line.as_of == one.columns[0].fleet.price_as_of]
        assert dict(line.costs) == costs
        assert line.cheapest is min(costs, key=costs.__getitem__) is ColumnName(one.answer.value)
    assert {column.fleet.provider for column in gcp.columns} == {"gcp"}
    with pytest.raises(BookError, match="a later one is not borrowed: the first is of 2026"):
        make_plan(store, planning_of(store, request_of(from__provider="gcp", prices__as_of="2025-04-28")))


@pytest.mark.parametrize(
    ("gate", "answer", "first_words"),
    [
        (Gate.ACCEPTED, Answer.QUANTISE, "quantising in place saves "),
        (Gate.UNPROVEN, Answer.QUANTISE, "conditional saving, quality measured, and not proven: quantising in place"),
        (Gate.NOT_MEASURED, Answer.QUANTISE, "conditional saving, quality not measured: quantising in place saves "),
        (Gate.REJECTED, Answer.NOT_AVAILABLE, "no saving is available: quality does not allow INT8"),
    ],
)
def test_a_saving_is_there_as_far_as_quality_allows(store: Store, gate: Gate, answer: Answer, first_words: str) -> None:
    one = measured(store, record_priced_run(store, gate=gate))

    assert one.answer is answer
    assert one.headline.startswith(first_words)
    assert (one.condition is None) == (gate in {Gate.ACCEPTED, Gate.REJECTED})


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"state": RunState.INTERRUPTED}, "is interrupted"), ({"is_simulated": True}, "is simulated")],
)
def test_what_is_no_evidence_is_no_ground_for_a_plan(store: Store, fields: dict[str, Any], told: str) -> None:
    with pytest.raises(EvidenceError, match=told):
        measured(store, record_priced_run(store, **fields))


def test_runs_of_two_workloads_are_not_set_against_each_other(store: Store) -> None:
    runs = record_priced_run(store), record_priced_run(store, workload="other", workload_digest="ff" * 32)

    with pytest.raises(EvidenceError, match="measured different workloads"):
        measured(store, *runs)
    with pytest.raises(AssumptionError, match="runs are named, and the model 'resnet50'"):
        planning_of(store, request_of(runs[0], workload__model="resnet50"))


def measured(store: Store, *runs: str) -> ProjectionDocument:
    (one,) = make_plan(store, planning_of(store, request_of(*runs))).projections
    return one
