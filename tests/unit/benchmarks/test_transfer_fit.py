"""The script that shows what transferred rates get wrong, and the README's table of it."""

import math
from pathlib import Path

import pytest

from benchmarks.transfer_fit import BEGIN, END, main, markdown, sheet_errors
from pricing.transfer import shipped_ground

README = Path(__file__).parents[3] / "README.md"


def test_the_readme_holds_the_table_that_the_script_prints(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--markdown"]) == 0
    table = capsys.readouterr().out
    assert table == f"{markdown()}\n"
    assert len(table.splitlines()) <= 40
    _, begin, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    if begin:
        assert rest.partition(END)[0].strip() == table.strip()


def test_with_the_t4_derated_the_geometric_mean_beats_either_ratio_alone() -> None:
    """Without it bandwidth alone is ahead on the shipped pairs: half of them have a T4, where both ratios are equal."""

    def mean(weight: float, derate: float) -> float:
        errors = sheet_errors(shipped_ground(), weight=weight, derate=derate)
        return math.fsum(errors) / len(errors)

    assert mean(0.5, 0.78) == pytest.approx(0.118, abs=5e-4)
    assert mean(0.5, 0.78) < mean(0.0, 0.78) < mean(1.0, 0.78)
    assert mean(0.0, 1.0) < mean(0.5, 1.0) < mean(1.0, 1.0)
