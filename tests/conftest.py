"""The order of the files: whatever takes long begins first, so that no processor waits at the end for the other.

And no example of hypothesis has a deadline: how long anything takes is never asserted.
"""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("planner", deadline=None)
settings.load_profile("planner")

# By the CPU seconds that they take, the most first. A file that is missing here comes after them, and nothing breaks.
SLOW_FILES = (
    "test_bench_killed.py",
    "test_bench_hostile.py",
    "test_bench_interrupted.py",
    "test_app_tmux.py",
    "test_measure_view.py",
    "test_app_shell.py",
    "test_reports_view.py",
    "test_prices_view.py",
    "test_results_view.py",
    "test_fleet_view.py",
    "test_bench_scenarios.py",
    "test_flagship_rebuild.py",
    "test_bench_fake.py",
    "test_bench_brought.py",
    "test_bench_faults.py",
    "test_selftest.py",
    "test_bench_pipeline.py",
    "test_store_archive_fuzz.py",
    "test_prepare_networks.py",
    "test_bench_disks.py",
    "test_torch_bench.py",
    "test_model_looks.py",
    "test_bench_tokenizers.py",
    "test_audit_agrees.py",
    "test_bench_models.py",
    "test_bench_audit.py",
    "test_fuzz_inputs.py",
    "test_cli_audit.py",
    "test_torch_variants.py",
    "test_statistics_histories.py",
    "test_cli_quantize.py",
    "test_bench_quality_table.py",
    "test_server_rates.py",
    "test_quantize.py",
    "test_cli_doctor.py",
    "test_inspection_worker.py",
    "test_statistics_launches.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """Have xdist hand files out in our order: its own begins with those that have the most tests."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first; the others, and the tests of each, stay as they were found."""
    rank = {name: index for index, name in enumerate(SLOW_FILES)}
    items.sort(key=lambda item: rank.get(Path(item.path).name, len(rank)))
