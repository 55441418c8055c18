"""Bad and hostile models, data and descriptions, given to the real command: one sentence, or a stored failure."""

import functools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.brought_models import SIDE, write_colour_model, write_colours, write_pictures
from helpers.command_line import Answer, CommandLine, refuses
from helpers.data_files import npz_bytes
from helpers.hostile_models import (
    write_model_of_a_far_future,
    write_model_of_a_loop,
    write_model_of_absurd_weights,
    write_model_of_endless_laughter,
    write_model_of_more_classes,
    write_model_of_too_few_weights,
    write_model_that_answers_a_list,
    write_model_that_needs_all_memory,
    write_model_that_runs_in_a_circle,
    write_model_that_throws_dice,
    write_model_without_numbers,
)

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

_SHORT = ("--budget", "1s", "--runtimes", "onnxruntime", "--batch", "1", "--quiet")
_PIXELS = np.zeros((6, 3, SIDE, SIDE), dtype=np.float32)
_LABELS = np.arange(6) % 3
_CONTROLS = set("\x1b\x07\x9b\u202e\u2066\u200f")
_TOML = """schema = 2
name = "mine"
model = {{ file = "{model}" }}
data = {{ test = "{test}", classes = {classes} }}
preprocessing = {{ kind = "none" }}
{more}
"""


_CRASHING = """import ctypes

import torch


class Crashing(torch.nn.Module):
    def forward(self, x):
        return ctypes.string_at(0)


def make():
    return Crashing()
"""


@pytest.fixture
def planner(tmp_path: Path) -> CommandLine:
    """In a folder with a good model and good data."""
    write_colour_model(tmp_path / "mine.onnx")
    write_colours(tmp_path / "test.npz")
    return CommandLine(folder=tmp_path)


def _bench(planner: CommandLine, *options: str) -> Answer:
    return planner("bench", *options, *_SHORT)


def _document(answer: Answer) -> dict[str, Any]:
    assert "Traceback" not in answer.stderr
    document = json.loads(answer.stdout)
    assert isinstance(document, dict)
    return document


def _is_untouched(planner: CommandLine) -> bool:
    """Whether no run was stored."""
    return not (planner.folder / "results.db").exists()


_BAD_DATA: dict[str, tuple[Callable[[], bytes], str]] = {
    "pickled": (
        lambda: npz_bytes(inputs=np.array([print] * 6, dtype=object), labels=_LABELS),
        "holds pickled objects, which are never loaded",
    ),
    "bomb": (
        lambda: npz_bytes(
            inputs=np.zeros((90_000, 3, 64, 64), dtype=np.uint8), labels=np.zeros(90_000, dtype=np.uint8)
        ),
        "it looks like a decompression bomb and is not opened",
    ),
    "labels": (lambda: npz_bytes(inputs=_PIXELS, labels=_LABELS[:4]), "6 inputs but labels are int64 (4,)"),
    "huge labels": (lambda: npz_bytes(inputs=_PIXELS, labels=_LABELS + 10**18), "they count from 0 to 32766 at most"),
    "NaN": (lambda: npz_bytes(inputs=_PIXELS * np.nan, labels=_LABELS), "inputs of sample 0 holds NaN or infinity"),
    "shape": (
        lambda: npz_bytes(inputs=_PIXELS[:, :2], labels=_LABELS),
        "the model reads pixels float32 [N, 3, 16, 16]",
    ),
    "text": (lambda: b"not an archive", "is not an npz file"),
}


@pytest.mark.parametrize("kind", _BAD_DATA)
def test_data_that_cannot_be_used_are_refused_in_one_sentence(planner: CommandLine, kind: str) -> None:
    content, says = _BAD_DATA[kind]
    (planner.folder / "bad.npz").write_bytes(content())

    assert says in refuses(_bench(planner, "--model", "mine.onnx", "--data", "bad.npz"))
    assert _is_untouched(planner)


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (write_model_that_answers_a_list, "scores is no tensor"),
        (write_model_of_absurd_weights, "the tensor w claims the shape"),
        (write_model_of_a_far_future, "version 1099511627776 of ONNX's operators cannot be"),
        (write_model_of_endless_laughter, "nodes once its own functions are written out"),
        (functools.partial(write_model_of_a_loop, trips=None), "the loop l never ends"),
        (write_model_of_too_few_weights, "the tensor w claims 9 values and has 1: the file is damaged"),
    ],
)
def test_models_that_cannot_be_are_refused_before_a_runtime_sees_them(
    planner: CommandLine, write: Callable[[Path], Path], says: str
) -> None:
    write(planner.folder / "bad.onnx")

    assert says in refuses(_bench(planner, "--model", "bad.onnx", "--data", "test.npz"))
    assert says in refuses(_bench(planner, "--model", "mine.onnx", "--candidate", "bad.onnx", "--data", "test.npz"))
    assert _is_untouched(planner)


def test_a_candidate_that_was_made_of_another_model_is_refused(planner: CommandLine) -> None:
    write_model_of_more_classes(planner.folder / "other.onnx")

    refusal = refuses(_bench(planner, "--model", "mine.onnx", "--candidate", "other.onnx", "--data", "test.npz"))

    assert "candidate other.onnx answers scores float32 [N, 6], the model scores float32 [N, 3]" in refusal


@pytest.mark.parametrize(
    ("write", "says", "hint"),
    [
        (write_model_that_runs_in_a_circle, "cannot open bad.onnx", "check the model and data files"),
        (write_model_that_needs_all_memory, "out of memory: ", "use a smaller batch"),
    ],
)
def test_models_that_a_runtime_breaks_on_are_failed_trials(
    planner: CommandLine, write: Callable[[Path], Path], says: str, hint: str
) -> None:
    write(planner.folder / "bad.onnx")

    document = _document(
        _bench(planner, "--model", "bad.onnx", "--data", "test.npz", "--variants", "fp32,int8-dynamic", "--json")
    )

    assert document["exit_code"] == 5
    assert document["state"] == "completed"
    (failure,) = [one for one in document["failures"] if one["arm"] == "onnxruntime/fp32"]
    assert failure["message"].startswith(says) or says in failure["message"]
    assert failure["hint"].startswith(hint)


def test_a_candidate_that_gives_no_numbers_is_rejected(planner: CommandLine) -> None:
    write_model_without_numbers(planner.folder / "nan.onnx")

    answer = _bench(planner, "--model", "mine.onnx", "--candidate", "nan.onnx", "--data", "test.npz", "--json")

    (verdict,) = _document(answer)["verdicts"]
    assert verdict["gate"] == "rejected"
    assert "the candidate gives no number for" in verdict["gate_reasons"][0]
    assert answer.returncode in {1, 4}


def test_a_model_that_answers_differently_each_time_is_not_judged(planner: CommandLine) -> None:
    write_model_that_throws_dice(planner.folder / "dice.onnx")

    answer = _bench(planner, "--model", "dice.onnx", "--candidate", "mine.onnx", "--data", "test.npz", "--json")

    (verdict,) = _document(answer)["verdicts"]
    assert verdict["gate"] == "not-measured"
    assert "the baseline's answers change from call to call" in verdict["gate_reasons"][0]
    assert answer.returncode in {3, 4}


def test_a_picture_that_is_none_fails_what_reads_it_and_is_named_without_a_stack(planner: CommandLine) -> None:
    pytest.importorskip("PIL")
    write_pictures(planner.folder / "images", a_class=10)
    (planner.folder / "images" / "red" / "7.png").write_text("no picture")

    answer = _bench(
        *(planner, "--model", "mine.onnx", "--data", "images", "--preprocess", "imagenet", "--variants", "fp32")
    )

    assert answer.returncode == 5
    assert "red/7.png is not an image: remove it, or save it as" in " ".join(answer.stdout.split())
    assert "Traceback" not in answer.stdout + answer.stderr
    assert answer.stdout.splitlines()[-2] == "every variant failed: look at the sentences above"


def test_a_class_without_pictures_is_refused_by_its_name(planner: CommandLine) -> None:
    pytest.importorskip("PIL")
    write_pictures(planner.folder / "images", a_class=2)
    (planner.folder / "images" / "violet").mkdir()

    refusal = refuses(_bench(planner, "--model", "mine.onnx", "--data", "images", "--preprocess", "imagenet"))

    assert "class 'violet' has no images: add some, or remove the folder" in refusal


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"model": "/etc/passwd"}, "'/etc/passwd', which lies outside its folder"),
        ({"test": "../test.npz"}, "'../test.npz', which lies outside its folder"),
        ({"model": "link.onnx"}, "'link.onnx', which lies outside its folder"),
        ({"more": "[qualty]\nmetric = 'top-1'"}, "no key 'qualty' (did you mean quality?)"),
        ({"more": "[quality]\nmetrik = 'top-1'"}, "[quality] has no key 'metrik' (did you mean metric?)"),
        ({"more": "title = 'a\\nb'\ntask = 'clasification'"}, "no 'clasification' (did you mean classification?)"),
    ],
)
def test_a_description_that_names_what_it_must_not_is_refused(
    planner: CommandLine, fields: dict[str, str], says: str
) -> None:
    _write_workload(planner, **fields)

    assert says in refuses(_bench(planner, "--workload", "w"))
    assert _is_untouched(planner)


def test_names_that_a_terminal_would_obey_reach_none(planner: CommandLine) -> None:
    _write_workload(planner, classes='["\\u202ered", "gr\\u2066een", "blue\\u200f"]', more='title = "\\u202etitle"')

    answers = [
        planner("workloads", "show", "w"),
        _bench(planner, "--workload", "w", "--variants", "fp32,int8-dynamic"),
        planner("show", "latest"),
    ]

    for answer in answers:
        assert answer.stdout
        assert not _CONTROLS & set(answer.stdout + answer.stderr)


@pytest.mark.parametrize("option", ["--model", "--data", "--classes"])
def test_a_pipe_is_never_waited_for(planner: CommandLine, option: str) -> None:
    os.mkfifo(planner.folder / "pipe.npz")
    given = {"--model": "mine.onnx", "--data": "test.npz", option: "pipe.npz"}

    refusal = refuses(_bench(planner, *(word for pair in given.items() for word in pair)))

    assert refusal.startswith(f"planner: {option} ")
    assert "pipe.npz" in refusal


@pytest.mark.parametrize(("option", "name"), [("--model", "big.onnx"), ("--candidate", "big.onnx")])
def test_a_file_that_is_too_large_is_not_read(planner: CommandLine, option: str, name: str) -> None:
    with (planner.folder / name).open("wb") as stream:
        stream.truncate(2**42)  # holes, which take hours to be hashed
    given = {"--model": "mine.onnx", "--data": "test.npz", option: name}

    refusal = refuses(_bench(planner, *(word for pair in given.items() for word in pair)))

    assert "big.onnx has 4398.0 GB, an ONNX file can hold at most 2 GB" in refusal


def test_a_pinned_model_that_is_too_large_is_not_read(planner: CommandLine) -> None:
    _write_workload(planner, more=f'candidates = [{{ file = "big.onnx", sha256 = "{"0" * 64}" }}]')
    with (planner.folder / "w" / "big.onnx").open("wb") as stream:
        stream.truncate(2**42)

    assert "an ONNX file can hold at most 2 GB" in refuses(_bench(planner, "--workload", "w"))


def test_a_model_whose_name_breaks_the_line_is_refused_on_one_line(planner: CommandLine) -> None:
    (planner.folder / "mine.onnx").rename(planner.folder / "two\nlines.onnx")

    assert "'two\\nlines.onnx': its name has control characters" in refuses(
        _bench(planner, "--model", "two\nlines.onnx", "--data", "test.npz")
    )


def test_a_segmentation_fault_in_native_code_is_a_stored_failure(planner: CommandLine) -> None:
    pytest.importorskip("torch")
    (planner.folder / "crashing.py").write_text(_CRASHING)

    answer = planner(
        *("bench", "--model", "crashing:make", "--data", "test.npz", "--variants", "fp32", "--runtimes", "torch"),
        *("--budget", "1s", "--batch", "1", "--quiet", "--json"),
    )

    document = _document(answer)
    (failure,) = document["failures"]
    assert answer.returncode == document["exit_code"] == 5
    assert failure["message"] == "torch/fp32 died of signal SIGSEGV"
    assert "Fatal Python error: Segmentation fault" in failure["log_tail"]
    assert "crashing.py" in failure["log_tail"]
    shown = planner("show", "latest").stdout
    assert "Segmentation fault" in shown
    assert "most recent call first" not in shown


def test_a_function_that_crashes_while_it_makes_a_module_is_refused_before_anything_is_stored(
    planner: CommandLine,
) -> None:
    pytest.importorskip("torch")
    (planner.folder / "crashing.py").write_text("import ctypes\n\n\ndef make():\n    return ctypes.string_at(0)\n")

    refusal = refuses(planner("bench", "--model", "crashing:make", "--data", "test.npz", "--quiet"))

    assert "SIGSEGV" in refusal


def _write_workload(planner: CommandLine, **fields: str) -> None:
    """A workload `w` whose files lie in its folder, unless `fields` name others."""
    folder = planner.folder / "w"
    folder.mkdir()
    write_colour_model(folder / "mine.onnx")
    write_colours(folder / "test.npz")
    (folder / "link.onnx").symlink_to(planner.folder / "mine.onnx")
    found = {"model": "mine.onnx", "test": "test.npz", "classes": '["a", "b", "c"]', "more": ""} | fields
    (folder / "workload.toml").write_text(_TOML.format(**found), encoding="utf-8")
