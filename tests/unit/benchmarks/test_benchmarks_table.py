"""Results kept as JSON, and the tables made of them."""

from pathlib import Path

import pytest

from benchmarks.registry import COMPARISONS
from benchmarks.result import (
    SCHEMA,
    BenchmarkError,
    Machine,
    Outcome,
    Quantity,
    Result,
    Row,
    Unit,
    file_of,
    read,
    read_all,
    write,
)
from benchmarks.runner import main
from benchmarks.shown import shown_result
from benchmarks.table import BEGIN, END, markdown, put_into
from planner.cli.output import show

MACHINE = Machine(
    cpu="a CPU", cores=2, features=("avx512_vnni",), kernel="6.1", python="3.11.7", memory_bytes=2**34, load_average=0.1
)
MET = Row(
    what="p50 | null model",
    ours=Quantity(value=103e-9, unit=Unit.SECONDS, low=101e-9, high=105e-9, spread="range of 6"),
    peer=Quantity(value=1.5e-6, unit=Unit.SECONDS),
    peer_name="LoadGen",
    ratio=Quantity(value=0.0687, unit=Unit.RATIO),
    target="≤ 150 ns",
    outcome=Outcome.MET,
    in_readme=True,
)
MISSED = Row(
    what="wall", ours=None, target="≤ 1.1×", outcome=Outcome.MISSED, note="it was not measured", in_readme=True
)


def result(
    number: int = 1,
    *rows: Row,
    is_quick: bool = False,
    absent: dict[str, str] | None = None,
    started: str = "2026-11-28",
) -> Result:
    return Result(
        schema=SCHEMA,
        number=number,
        name="cost_per_query",
        title="cost",
        command=f"python -m benchmarks.cost_per_query{number}",
        started_at=f"{started}T10:00:00+00:00",
        duration_s=60.0,
        is_quick=is_quick,
        machine=MACHINE,
        versions={"onnxruntime": "1.32.0"},
        absent=absent or {},
        rows=rows or (MET,),
    )


def test_a_row_of_the_table_shows_both_sides_their_ratio_and_the_outcome() -> None:
    text = markdown([result(1, MET)])

    assert "| 1 | p50 \\| null model | 103 ns (101–105) | LoadGen | 1.50 µs | 0.069× | ≤ 150 ns | met |" in text


def test_a_missed_target_stands_out_and_keeps_its_note() -> None:
    text = markdown([result(1, MISSED)])

    assert "| 1 | wall | – |  | – | – | ≤ 1.1× | **missed** |" in text
    assert "- 1, wall: it was not measured." in text


def test_an_absent_peer_has_a_row_with_the_reason_beside_the_rows_of_its_comparison() -> None:
    text = markdown([result(7, MET, absent={"optimum-benchmark": "it is not here"}), result(8, MET)])

    absent = "| 7 | cost | | optimum-benchmark | peer absent: it is not here | | | peer absent |"
    assert text.index("| 7 | p50") < text.index(absent) < text.index("| 8 | p50")


def test_the_table_names_dates_machine_versions_and_commands() -> None:
    text = markdown([result(2, started="2026-11-29"), result(1)])

    assert "Measured 2026-11-28 to 2026-11-29 on a CPU, 2 cores, Linux 6.1, Python 3.11.7; 2 minutes in all." in text
    assert "onnxruntime 1.32.0" in text
    assert text.index("| 1 |") < text.index("| 2 |")
    assert "2 `python -m benchmarks.cost_per_query2`" in text


def test_quick_runs_never_reach_the_table() -> None:
    with pytest.raises(BenchmarkError, match="no full result"):
        markdown([result(1, is_quick=True)])


def test_rows_that_are_not_for_the_readme_stay_out_of_it() -> None:
    assert "a detail" not in markdown([result(1, MET, Row(what="a detail", ours=None))])


def test_the_table_replaces_only_what_stands_between_its_markers(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")

    put_into(readme, "new")
    put_into(readme, "newer")

    assert readme.read_text(encoding="utf-8") == f"before\n{BEGIN}\nnewer\n{END}\nafter\n"


@pytest.mark.parametrize("text", ["nothing", f"{BEGIN} only", f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_readme_without_both_markers_once_is_left_alone(tmp_path: Path, text: str) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(text, encoding="utf-8")

    with pytest.raises(BenchmarkError, match="each once"):
        put_into(readme, "new")
    assert readme.read_text(encoding="utf-8") == text


def test_a_result_comes_back_from_its_file_as_it_was(tmp_path: Path) -> None:
    found = result(3, MET, MISSED, absent={"pyperf": "not here"})

    assert read(write(found, tmp_path)) == found
    assert read_all(tmp_path) == (found,)


@pytest.mark.parametrize("text", ["", "{", '{"schema": "planner.benchmark/1"}', "[]", "\udce9"])
def test_a_file_that_is_no_result_is_refused(tmp_path: Path, text: str) -> None:
    file_of(tmp_path, 1).write_bytes(text.encode("utf-8", errors="surrogateescape"))

    with pytest.raises(BenchmarkError, match="make it anew"):
        read_all(tmp_path)


def test_a_result_of_another_form_is_refused(tmp_path: Path) -> None:
    file = write(result(), tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace(SCHEMA, "planner.benchmark/0"), encoding="utf-8")

    with pytest.raises(BenchmarkError, match=r"planner\.benchmark/0"):
        read(file)


def test_the_outcome_of_a_comparison_is_the_worst_of_its_targets() -> None:
    assert result(1, MET).outcome is Outcome.MET
    assert result(1, MET, MISSED).outcome is Outcome.MISSED
    assert result(1, Row(what="no target", ours=None)).outcome is None


def test_half_a_spread_and_a_verdict_without_a_target_cannot_be_built() -> None:
    with pytest.raises(BenchmarkError, match="half told"):
        Quantity(value=1.0, unit=Unit.SECONDS, low=0.5)
    with pytest.raises(BenchmarkError, match="without"):
        Row(what="x", ours=None, outcome=Outcome.MET)


def test_a_terminal_shows_rows_notes_and_who_was_absent(capsys: pytest.CaptureFixture[str]) -> None:
    show(shown_result(result(1, MET, MISSED, is_quick=True, absent={"pyperf": "it is not here"})))

    shown = capsys.readouterr().out
    for word in ("103 ns", "missed", "it was not measured", "peer absent: pyperf: it is not here", "not to be quoted"):
        assert word in shown


def test_the_command_lists_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(COMPARISONS)


def test_the_command_writes_the_table(tmp_path: Path) -> None:
    write(result(1, MET), tmp_path)
    readme = tmp_path / "README.md"
    readme.write_text(f"{BEGIN}\n{END}\n", encoding="utf-8")

    assert main(["table", "--out", str(tmp_path), "--readme", str(readme)]) == 0
    assert "LoadGen" in readme.read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [["99"], ["one"], ["1", "table"]])
def test_a_comparison_that_does_not_exist_is_a_usage_error(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert words[-1] in capsys.readouterr().err


def test_a_table_of_nothing_is_an_error_and_leaves_the_readme(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["table", "--out", str(tmp_path), "--readme", str(tmp_path / "README.md")]) == 2
    assert "python -m benchmarks" in capsys.readouterr().err
