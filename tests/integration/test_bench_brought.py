"""`planner bench --model …` as a new user starts it, with real models of their own and real processes."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from helpers.brought_models import (
    COLOURS,
    quantise_elsewhere,
    write_colour_model,
    write_colours,
    write_pictures,
    write_two_input_model,
    write_two_inputs,
)
from helpers.command_line import Answer, CommandLine, refuses

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

_SHORT = ("--budget", "1s", "--runtimes", "onnxruntime")


@pytest.fixture
def planner(tmp_path: Path) -> CommandLine:
    """In a folder with a model and data."""
    write_colour_model(tmp_path / "mine.onnx")
    write_colours(tmp_path / "test.npz")
    return CommandLine(folder=tmp_path)


def _document(answer: Answer) -> dict[str, Any]:
    document = json.loads(answer.stdout)
    assert isinstance(document, dict)
    return document


def _quality(document: dict[str, Any]) -> dict[str, Any]:
    return {arm["label"]: arm["quality"] for arm in document["arms"]}


def test_a_candidate_made_elsewhere_is_judged_against_the_model_it_was_made_of(planner: CommandLine) -> None:
    quantise_elsewhere(planner.folder / "mine.onnx", planner.folder / "test.npz", planner.folder / "my-int8.onnx")

    answer = planner(
        *("bench", "--model", "mine.onnx", "--candidate", "my-int8.onnx", "--data", "test.npz", "--batch", "1"),
        *(*_SHORT, "--json", "--junit", "gate.xml"),
    )

    document = _document(answer)
    label = "int8-static:file=my-int8.onnx"
    assert [arm["label"] for arm in document["arms"]] == ["fp32", label]
    assert document["workload"].startswith("mine@")
    assert document["failures"] == []
    assert _quality(document)["fp32"]["samples"] == 150
    assert _quality(document)[label]["accuracy"] > 0.9
    (verdict,) = document["verdicts"]
    assert verdict["gate"] in {"accepted", "unproven"}
    assert "none of the test data are kept for it, 150 samples judge" in answer.stderr
    (case,) = ET.parse(planner.folder / "gate.xml").getroot().iter("testcase")  # noqa: S314 - our own
    assert (case.get("classname"), case.get("name")) == ("mine", f"onnxruntime/{label}@1")


def test_what_was_assumed_is_kept_with_the_run_however_quiet_it_was(planner: CommandLine) -> None:
    named = ("--model", "mine.onnx", "--data", "test.npz", "--runtimes", "onnxruntime", "--batch", "1")

    answer = planner("bench", *named, "--variants", "fp32", *_SHORT, "--json", "--quiet")

    assumed = _document(answer)["assumed"]
    assert answer.stderr == ""
    assert assumed[0].startswith("preprocessing: none, test.npz is fed as it is")
    assert assumed[-1].startswith("nothing is calibrated here")
    assert not any(sentence.startswith(("calibration:", "model:", "workload:")) for sentence in assumed)


def test_a_fixed_batch_axis_several_inputs_and_no_labels(planner: CommandLine) -> None:
    write_two_input_model(planner.folder / "two.onnx", batch=1)
    write_two_inputs(planner.folder / "two.npz")

    answer = planner(
        "bench", "--model", "two.onnx", "--data", "two.npz", "--variants", "fp32,int8-dynamic", *_SHORT, "--json"
    )

    document = _document(answer)
    (verdict,) = document["verdicts"]
    assert "not measured: batch 8: the model's batch axis is fixed at 1" in answer.stderr
    assert "data: no labels, so quality is not measured" in answer.stderr
    assert document["batches"] == [1]
    assert document["failures"] == []
    assert verdict["gate"] == "not-measured"
    assert "the workload has no labels" in verdict["gate_reasons"][0]
    assert answer.returncode in {1, 3, 4}


def test_a_model_near_chance_is_not_judged_and_says_what_to_check(planner: CommandLine) -> None:
    write_colours(planner.folder / "wrong.npz", names_are_mixed_up=True)

    answer = planner(
        *("bench", "--model", "mine.onnx", "--data", "wrong.npz", "--variants", "fp32,int8-static"),
        *(*_SHORT, "--batch", "1", "--json"),
    )

    (verdict,) = _document(answer)["verdicts"]
    assert verdict["gate"] == "not-measured"
    assert "not provably above chance" in verdict["gate_reasons"][0]
    assert "check preprocessing" in verdict["gate_reasons"][0]


def test_a_folder_of_pictures_is_judged_by_a_subset_in_the_order_of_the_classes_named(planner: CommandLine) -> None:
    pytest.importorskip("PIL")
    write_pictures(planner.folder / "images")
    (planner.folder / "classes.txt").write_text("\n".join(COLOURS) + "\n")

    answer = planner(
        *("bench", "--model", "mine.onnx", "--data", "images", "--classes", "classes.txt", "--preprocess", "imagenet"),
        *("--samples", "24", "--variants", "fp32", "--batch", "1", *_SHORT, "--json"),
    )

    figures = _quality(_document(answer))["fp32"]
    assert answer.returncode == 0
    assert figures["class_names"] == list(COLOURS)
    assert (figures["samples"], figures["accuracy"]) == (24, 1.0)
    assert "preprocessing: imagenet, as asked for: shorter side to 19, centre 16 x 16" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--data", "test.npz"), "name the model with --model"),
        (("--model", "missing.onnx"), "--model 'missing.onnx': no such file or folder"),
        (("--model", "test.npz", "--data", "test.npz"), "test.npz is not an ONNX file, or is damaged"),
        (("--model", "mine.onnx", "--data", "."), "planner: "),
        (("--model", "mine.onnx", "--data", "test.npz", "--candidate", "int8-qta=x"), "did you mean int8-qat?"),
        (("--model", "mine.onnx", "--data", "test.npz", "--candidate", "x.onnx"), "--candidate 'x.onnx': no such file"),
        (("--model", "mine.onnx", "--data", "test.npz", "--classes", "mine.onnx"), "it is no UTF-8 text"),
        (("--model", "mine.onnx", "--data", "test.npz", "--junit", "no/gate.xml"), "there is no folder no"),
        (("--model", "mine.onnx", "--data", "test.npz", "--out", "test.npz"), "is not an empty folder"),
        (
            ("--model", "mine.onnx", "--data", "test.npz", "--samples", "some"),
            "write a whole number of samples, or all",
        ),
        (("--model", "mine.onnx", "--data", "test.npz", "--baseline", "bf16"), "can run on no runtime here"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_sentence_before_anything_is_stored(
    planner: CommandLine, arguments: tuple[str, ...], says: str
) -> None:
    refusal = refuses(planner("bench", *arguments, *_SHORT, "--quiet"))

    assert says in refusal
    assert not (planner.folder / "results.db").exists()


def test_a_model_that_names_weights_outside_of_its_folder_is_never_opened(planner: CommandLine) -> None:
    import onnx  # noqa: PLC0415 - skipped above where it is missing

    (planner.folder / "inner").mkdir()
    (planner.folder / "secret.bin").write_bytes(b"\0" * 1000)
    model = onnx.load(str(planner.folder / "mine.onnx"))
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = tensor.EXTERNAL
    tensor.external_data.add(key="location", value="../secret.bin")
    (planner.folder / "inner" / "bad.onnx").write_bytes(model.SerializeToString())

    refusal = refuses(planner("bench", "--model", "inner/bad.onnx", "--data", "test.npz", *_SHORT, "--quiet"))

    assert "bad.onnx keeps weights in ../secret.bin, outside of its own folder" in refusal
    assert not (planner.folder / "results.db").exists()
