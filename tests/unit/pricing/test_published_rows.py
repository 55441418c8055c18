"""The table of published figures: what it holds, and what is refused."""

from pathlib import Path

import pytest

from pricing.errors import EvidenceError
from pricing.published import PublishedScenario, known_models, published_rows, read_published
from pricing.published.rows import COLUMNS, TABLE
from pricing.targets import shipped_targets

_ROW = "MLPerf,v0.7,offline,resnet50,int8,t4,1,,,6035.6,samples_per_s_per_accelerator,"


def _written(folder: Path, *rows: str) -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join((",".join(COLUMNS), *rows)), encoding="utf-8")
    return path


def test_every_figure_is_of_a_card_that_is_known_and_of_a_model_that_is_known() -> None:
    rows = published_rows()
    benchmarks = {one for model in known_models() for one in model.benchmarks}
    assert len(rows) == 152
    assert {row.target_id for row in rows} <= {target.target_id for target in shipped_targets().all}
    assert {row.benchmark for row in rows} <= benchmarks


def test_latencies_are_seconds_and_rates_are_per_accelerator() -> None:
    alone = next(
        row
        for row in published_rows()
        if (row.scenario, row.benchmark, row.target_id) == (PublishedScenario.SINGLE_STREAM, "resnet50", "t4")
    )
    assert alone.value == pytest.approx(1.086e-3)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("6035.6", "-6035.6", "value is '-6035.6'"),
        ("6035.6", "nan", "value is 'nan'"),
        ("6035.6", "=1+1", "value is '=1\\+1'"),
        ("6035.6", "0", "a positive number"),
        ("offline", "offfline", "write offline, server"),
        ("int8", "int9", "precision is 'int9'"),
        ("samples_per_s_per_accelerator", "latency_ms", "metric is"),
        (",1,,,", ",0,,,", "accelerators is '0'"),
        (",1,,,", ",1,8,,", "a latency has a batch"),
        ("v0.7", "v0.8", "as_of is 'v0.8'"),
        ("v0.7", "2021-02-31", "as_of is"),
        ("t4", "../t4", "device_id is"),
        ("MLPerf", "\x1b[2J", r"source is '\\x1b"),
        ("MLPerf", "", "source is ''"),
        ("accelerator,", "accelerator", "11 cells"),
    ],
)
def test_a_row_that_is_no_figure_is_refused_with_its_place(old: str, new: str, told: str, tmp_path: Path) -> None:
    path = _written(tmp_path, _ROW.replace(old, new, 1))
    with pytest.raises(EvidenceError, match=rf"table\.csv row 2.*{told}"):
        read_published(path)


def test_a_figure_is_stated_once(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="row 3 states the figure of row 2 again"):
        read_published(_written(tmp_path, _ROW, _ROW.replace("6035.6", "6036")))


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", TABLE.read_bytes().splitlines()[0]])
def test_a_file_that_is_no_such_table_ends_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(EvidenceError, match=r"table\.csv"):
        read_published(path)
