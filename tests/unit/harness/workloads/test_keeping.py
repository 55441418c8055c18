"""Brought workloads in the cache: named by their content, whole or not there, and readable as they were written."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import WorkloadError
from harness.vocabulary import TensorSpec
from harness.workloads.bringing import Brought, Note
from harness.workloads.description import (
    DESCRIPTION_FILE,
    SCHEMA,
    Candidate,
    Data,
    Description,
    Images,
    Model,
    RandomTensor,
    RandomTensors,
    Variants,
    read_description,
)
from harness.workloads.keeping import keep
from harness.workloads.places import workload_cache
from harness.workloads.presets import text_guess
from harness.workloads.writing import description_text

_TEXT = st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40)


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path / "cache"))


def _described(**fields: object) -> Description:
    default = Description(
        schema=SCHEMA,
        name="mine",
        model=Model(file="/somewhere/mine.onnx", sha256="0" * 64),
        preprocessing=Images(height=8, width=8, mean=(0.1, 1e-7, 3.0), std=(1.0,)),
        data=Data(test="/somewhere/test.npz"),
    )
    return msgspec.structs.replace(default, **fields)


def _brought(described: Description, *notes: str) -> Brought:
    return Brought(described=described, notes=tuple(Note(table="model", sentence=one) for one in notes))


def test_the_name_does_not_depend_on_how_assumptions_are_worded() -> None:
    assert keep(_brought(_described(), "one way")) == keep(_brought(_described(), "another way"))
    assert len(list(workload_cache().iterdir())) == 1


def test_a_comment_cannot_smuggle_a_line_into_the_description() -> None:
    name = keep(_brought(_described(), 'x\n[data]\ntest = "/etc/passwd"\u2028schema = 9'))

    assert read_description(workload_cache() / name / DESCRIPTION_FILE) == _described()


def test_a_description_that_somebody_changed_is_left_alone_and_another_is_made() -> None:
    name = keep(_brought(_described()))
    changed = workload_cache() / name / DESCRIPTION_FILE
    changed.write_text("mine now")

    other = keep(_brought(_described()))

    assert other != name
    assert other.startswith(name)
    assert changed.read_text() == "mine now"


def test_nothing_unfinished_stays_behind() -> None:
    name = keep(_brought(_described()))

    assert [path.name for path in workload_cache().iterdir()] == [name]


def test_what_no_description_may_say_is_refused_before_it_is_written() -> None:
    twice = (Candidate(file="/a/int8.onnx"), Candidate(file="/a/int8.onnx"))

    with pytest.raises(WorkloadError, match="twice"):
        keep(_brought(_described(candidates=twice)))

    assert not workload_cache().exists()


def test_a_path_that_is_no_text_is_refused() -> None:
    with pytest.raises(WorkloadError, match="rename the file or folder"):
        keep(_brought(_described(data=Data(test="/somewhere/\udcff.npz"))))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(classes=st.lists(_TEXT, min_size=1, max_size=30, unique=True), title=_TEXT, path=_TEXT)
def test_whatever_files_and_classes_are_called_it_reads_back_as_written(
    tmp_path: Path, classes: list[str], title: str, path: str
) -> None:
    described = _described(
        title=title,
        data=Data(test=path, classes=tuple(classes)),
        variants=Variants(default=("fp32", "int8-static:per-tensor")),
        candidates=(Candidate(file="/a/int8.onnx", variant="int8-qat"),),
    )
    file = tmp_path / DESCRIPTION_FILE
    file.write_text(description_text(described, head=[title], comments={"data": classes}), encoding="utf-8")

    assert read_description(file) == described


def test_lists_of_tables_and_of_numbers_read_back_too(tmp_path: Path) -> None:
    tensors = tuple(RandomTensor(name=f"input {index}", shape=(index + 1, 3), dtype="int64") for index in range(12))
    described = _described(task="none", data=Data(), preprocessing=RandomTensors(tensors=tensors))
    file = tmp_path / DESCRIPTION_FILE
    file.write_text(description_text(described), encoding="utf-8")

    assert read_description(file) == described


def test_a_text_model_that_reads_no_mask_reads_back_as_it_was_kept() -> None:
    ids = TensorSpec(name="input_ids", dtype="int64", shape=(None, None))
    guess = text_guess((ids,), "/somewhere/tokenizer.json", "0" * 64)

    name = keep(Brought(described=_described(preprocessing=guess.preprocessing), notes=()))

    assert read_description(workload_cache() / name / DESCRIPTION_FILE).preprocessing == guess.preprocessing
