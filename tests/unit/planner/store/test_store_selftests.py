"""Certificates of self-tests in the store: kept whole, and the right one found for a run."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from helpers.runs import create_full_run
from helpers.selftests import HOST, make_conditions, make_recording, make_selftest

from harness.supervisor.selftest.conclude import certify
from harness.vocabulary.selftest import SelfTest
from planner.errors import StoreError
from planner.services.selftests import selftest_behind
from planner.store import Store

EARLY, LATE = (make_selftest(finished_at=f"2026-11-{day}T10:00:00+00:00") for day in (10, 20))


def _on(day: int) -> datetime:
    return datetime(2026, 11, day, 12, tzinfo=UTC)


def test_a_certificate_comes_back_exactly_as_it_was(store: Store) -> None:
    certificate = certify(make_recording(rounds=20), make_conditions())

    store.record_selftest(certificate)

    assert store.latest_selftest(HOST) == certificate


@pytest.mark.parametrize(("day", "found"), [(5, EARLY), (10, EARLY), (15, EARLY), (21, LATE)])
def test_of_several_the_last_before_the_moment_stands_else_the_first_after_it(
    store: Store, day: int, found: SelfTest
) -> None:
    for certificate in (LATE, EARLY):
        store.record_selftest(certificate)

    assert store.find_selftest(HOST, moment=_on(day)) == found
    assert store.latest_selftest(HOST) == LATE


def test_another_hosts_certificate_stands_behind_nothing_here(store: Store) -> None:
    store.record_selftest(replace(EARLY, host_id="ffffffffffff"))

    assert store.latest_selftest(HOST) is None
    assert store.find_selftest(HOST, moment=_on(15)) is None


def test_a_simulated_certificate_never_stands_behind_a_real_run(store: Store) -> None:
    store.record_selftest(make_selftest(is_simulated=True))
    run = store.load(create_full_run(store))

    assert selftest_behind(store, run) is None
    assert store.latest_selftest(HOST, is_simulated=True) is not None


def test_deleting_a_run_leaves_the_certificate_of_its_host(store: Store) -> None:
    run_id = create_full_run(store)
    store.record_selftest(EARLY)

    store.delete(run_id)

    assert store.latest_selftest(HOST) == EARLY


def test_a_damaged_certificate_is_named_as_such(store: Store) -> None:
    store.record_selftest(EARLY)
    with store._engine.execution_options().begin() as connection:
        connection.exec_driver_sql("UPDATE selftests SET certificate = '{}'")

    with pytest.raises(StoreError, match="SelfTest cannot be read"):
        store.latest_selftest(HOST)
