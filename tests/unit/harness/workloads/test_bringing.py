"""From files that a user names to a description: what is taken over, what is assumed, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.model_cards import handed_out, make_card, make_spec

from harness.errors import HarnessError, UsageError, WorkloadError
from harness.vocabulary import ModelCard, TensorSpec
from harness.vocabulary.model import ANY_DTYPE
from harness.workloads.bringing import Brought, bring
from harness.workloads.description import Arrays, Images, RandomTensors
from harness.workloads.keeping import keep
from harness.workloads.naming import BringRequest, CandidateFile, name_of
from harness.workloads.presets import read_preset
from harness.workloads.workload import BUILTIN_DEFAULT, open_workload

_SAMPLES = 40


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a model, a candidate and data in several forms, which is the current one."""
    (tmp_path / "mine.onnx").write_bytes(b"a model")
    (tmp_path / "int8.onnx").write_bytes(b"another")
    labels = np.arange(_SAMPLES) % 3
    ready = np.zeros((_SAMPLES, 3, 8, 8), dtype=np.float32)
    np.savez(tmp_path / "ready.npz", inputs=ready, labels=labels)
    np.savez(tmp_path / "unlabelled.npz", inputs=ready)
    np.savez(tmp_path / "pictures.npz", inputs=np.zeros((_SAMPLES, 20, 24, 3), dtype=np.uint8), labels=labels)
    np.savez(tmp_path / "two.npz", a=ready, b=np.zeros((_SAMPLES, 4), dtype=np.int64), labels=labels)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PLANNER_CACHE", str(tmp_path / "cache"))
    return tmp_path


def _bring(card: ModelCard | None = None, candidate: ModelCard | None = None, **fields: Any) -> Brought:  # noqa: ANN401 - see BringRequest
    cards = {"mine.onnx": card or make_card(), "int8.onnx": candidate or make_card(file="int8.onnx", is_quantized=True)}
    request = BringRequest(**({"model": "mine.onnx", "data": "ready.npz"} | fields))
    return bring(request, None, inspect=handed_out(cards), build=_built)


def _built(reference: str) -> tuple[TensorSpec, ...]:
    """In place of the process that builds a PyTorch module: one that reads `image`."""
    if reference.endswith(":broken"):
        raise WorkloadError(f"{reference} failed")
    return (TensorSpec(name="image", dtype=ANY_DTYPE, shape=()),)


def _told(brought: Brought) -> str:
    return "\n".join(note.sentence for note in brought.notes)


@pytest.mark.usefixtures("files")
def test_the_same_request_gives_the_same_name_and_another_gives_another() -> None:
    first, again, other = (keep(_bring(data=data)) for data in ("ready.npz", "ready.npz", "unlabelled.npz"))

    assert first == again != other
    assert first.startswith("mine@")
    assert open_workload(first).described == _bring().described


def test_what_is_brought_can_be_opened_from_anywhere(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = keep(_bring())
    monkeypatch.chdir("/")

    workload = open_workload(reference)

    assert workload.model == files / "mine.onnx"
    assert workload.split("test").samples == 32
    assert workload.class_names == ("class 0", "class 1", "class 2")


def test_another_model_under_the_same_name_is_another_workload(files: Path) -> None:
    before = keep(_bring())
    (files / "mine.onnx").write_bytes(b"trained further")

    assert keep(_bring()) != before
    with pytest.raises(HarnessError, match="is not the file its description names"):
        open_workload(before)


def test_weights_beside_the_model_are_part_of_it(files: Path) -> None:
    (files / "mine.data").write_bytes(b"weights")
    card = make_card(external_files=("mine.data",))
    before = keep(_bring(card))
    digest = open_workload(before).model_digest
    (files / "mine.data").write_bytes(b"others!")

    after = keep(_bring(card))

    assert open_workload(after).model_digest != digest
    with pytest.raises(HarnessError, match=r"mine\.data is not the file its description names"):
        open_workload(before)


@pytest.mark.usefixtures("files")
def test_a_calibration_sample_that_is_taken_from_the_test_data_is_told() -> None:
    assert "calibration: what needs it takes 8 of the 40 test samples, seed 1" in _told(_bring())
    assert "calibration: up to 40 samples of their own; test: 40 samples" in _told(_bring(calibration="ready.npz"))


@pytest.mark.usefixtures("files")
def test_arrays_that_fit_the_model_are_fed_as_they_are() -> None:
    brought = _bring()

    assert brought.described.preprocessing == Arrays()
    assert "preprocessing: none, ready.npz is fed as it is (inputs float32 [3, 8, 8])" in _told(brought)


@pytest.mark.parametrize(
    ("shape", "preset", "expected"),
    [
        ((None, 3, 8, 8), None, {"resize": "crop", "shorter_side": 10, "scale": 255.0, "layout": "NCHW"}),
        ((None, 8, 8, 3), None, {"resize": "crop", "layout": "NHWC", "height": 8, "width": 8}),
        ((None, 3, 299, 299), None, {"resize": "stretch", "mean": (127.5,), "std": (127.5,), "scale": 1.0}),
        ((None, 1, 8, 8), None, {"colour": "grey", "scale": 255.0, "mean": (0.0,), "resize": "stretch"}),
        ((None, 3, 8, 8), "unit", {"scale": 255.0, "mean": (0.0,), "std": (1.0,)}),
        ((None, 3, 8, 8), "raw", {"scale": 1.0, "mean": (0.0,), "std": (1.0,)}),
        ((None, 3, 224, None), "inception", {"height": 224, "width": 224}),
        ((None, 3, None, None), "imagenet:32x48", {"height": 32, "width": 48, "shorter_side": 55}),
    ],
)
@pytest.mark.usefixtures("files")
def test_pictures_get_the_preprocessing_that_the_model_looks_like_or_the_one_asked_for(
    shape: tuple[int | None, ...], preset: str | None, expected: dict[str, object]
) -> None:
    card = make_card(inputs=(make_spec("image", *shape),))

    brought = _bring(card, data="pictures.npz", preset=read_preset(preset) if preset else None)

    images = brought.described.preprocessing
    assert isinstance(images, Images)
    assert {name: getattr(images, name) for name in expected} == expected
    assert images.input == "image"
    assert ("as asked for" if preset else "assumed") in _told(brought)


@pytest.mark.parametrize(
    ("shape", "preset", "says"),
    [
        ((None, 3, 20, 24), None, "the pictures have the model's size: not resized"),
        ((None, 3, 20, 24), "imagenet", "the pictures have the model's size: not resized"),
        ((None, 3, None, None), "imagenet:20x24", "the pictures have the model's size: not resized"),
        ((None, 3, None, None), None, "pictures of any size: all of them are 20 x 24, so they are not resized"),
        ((None, 3, 20, 24), "inception", "the pictures have the model's size: not resized"),
    ],
)
@pytest.mark.usefixtures("files")
def test_pictures_of_the_models_own_size_keep_every_pixel(
    shape: tuple[int | None, ...], preset: str | None, says: str
) -> None:
    card = make_card(inputs=(make_spec("image", *shape),))
    noise = np.random.default_rng(1).integers(0, 256, (_SAMPLES, 20, 24, 3), dtype=np.uint8)
    np.savez("pictures.npz", inputs=noise, labels=np.arange(_SAMPLES) % 3)

    brought = _bring(card, data="pictures.npz", preset=read_preset(preset) if preset else None)

    images = brought.described.preprocessing
    assert isinstance(images, Images)
    fed = open_workload(keep(brought)).test_split(None, keeps_calibration_apart=False).feed(slice(0, 2))["image"]
    mean, std = (np.array(one).reshape(-1, 1, 1) for one in (images.mean, images.std))
    np.testing.assert_allclose(fed * std + mean, noise[:2].transpose(0, 3, 1, 2) / images.scale, atol=1e-4)
    assert says in _told(brought)


@pytest.mark.usefixtures("files")
def test_large_pictures_for_a_model_of_any_size_are_brought_to_the_usual_one() -> None:
    np.savez("pictures.npz", inputs=np.zeros((_SAMPLES, 300, 300, 3), dtype=np.uint8), labels=np.arange(_SAMPLES) % 3)
    card = make_card(inputs=(make_spec("image", None, 3, None, None),))

    brought = _bring(card, data="pictures.npz")

    assert isinstance(brought.described.preprocessing, Images)
    assert (brought.described.preprocessing.height, brought.described.preprocessing.shorter_side) == (224, 256)
    assert "the model takes pictures of any size: 224 x 224 is assumed" in _told(brought)


@pytest.mark.usefixtures("files")
def test_a_model_that_reads_bytes_gets_pixels_as_they_are() -> None:
    card = make_card(inputs=(make_spec("image", None, 16, 16, 3, dtype="uint8"),))

    workload = open_workload(keep(_bring(card, data="pictures.npz")))

    pixels = workload.split("test").feed(slice(0, 2))["image"]
    assert (pixels.dtype.name, pixels.shape) == ("uint8", (2, 16, 16, 3))
    with pytest.raises(HarnessError, match="--preprocess raw alone, and only uint8"):
        _bring(card, data="pictures.npz", preset=read_preset("imagenet"))


@pytest.mark.parametrize("text", ["imagnet", "unit:", "unit:0", "unit:8x", "unit:8x8x8", "unit:x", "unit:-3", ""])
def test_a_preset_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--preprocess"):
        read_preset(text)


@pytest.mark.usefixtures("files")
def test_data_without_labels_are_measured_without_a_judgement() -> None:
    brought = _bring(data="unlabelled.npz")

    assert brought.described.task == "none"
    assert "no labels, so quality is not measured" in _told(brought)


@pytest.mark.usefixtures("files")
def test_a_pytorch_module_is_built_once_before_it_is_described() -> None:
    brought = _bring(model="nets:build")

    assert brought.described.model.torch == "nets:build"
    assert "model: nets:build was called and makes a PyTorch module that reads image" in _told(brought)
    with pytest.raises(HarnessError, match="nets:broken failed"):
        _bring(model="nets:broken")


@pytest.mark.usefixtures("files")
def test_data_that_a_pytorch_module_does_not_read_are_told_before_anything_is_measured() -> None:
    with pytest.raises(HarnessError, match="the model reads image; the data give a, b: 'image' is missing"):
        _bring(model="nets:build", data="two.npz")


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (("X", "y"), "arrays['image'] = arrays.pop('X'); arrays['labels'] = arrays.pop('y'); np.savez(FILE"),
        (
            ("features", "Target"),
            "arrays['image'] = arrays.pop('features'); arrays['labels'] = arrays.pop('Target'); np.sa",
        ),
        (("data", "labels"), "dict(np.load(FILE)); arrays['image'] = arrays.pop('data'); np.savez(FILE, **arrays)"),
    ],
)
@pytest.mark.usefixtures("files")
def test_arrays_of_other_names_are_refused_with_the_line_that_renames_them(names: tuple[str, str], line: str) -> None:
    values = (np.zeros((_SAMPLES, 3, 8, 8), dtype=np.float32), np.arange(_SAMPLES) % 3)
    np.savez("other.npz", **dict(zip(names, values, strict=True)))  # type: ignore[arg-type] # the stub takes a flag there

    with pytest.raises(HarnessError) as refusal:
        _bring(data="other.npz")

    assert "'image' is missing; [preprocessing] names what pictures and texts become; an npz" in str(refusal.value)
    assert line in str(refusal.value)


@pytest.mark.usefixtures("files")
def test_labels_under_another_name_are_told_from_data_without_labels() -> None:
    labels = np.arange(_SAMPLES) % 3
    np.savez("named.npz", image=np.zeros((_SAMPLES, 3, 8, 8), dtype=np.float32), y=labels)

    assert "(the model reads no y: labels are to be called `labels`)" in _told(_bring(data="named.npz"))
    assert "labels are to be called" not in _told(_bring(data="unlabelled.npz"))


@pytest.mark.usefixtures("files")
def test_without_data_inputs_are_random_and_of_the_models_own_shape() -> None:
    card = make_card(inputs=(make_spec("ids", None, None, dtype="int64"), make_spec("image", 1, 3, None, 32)))

    described = _bring(card, data=None).described

    assert isinstance(described.preprocessing, RandomTensors)
    assert [(one.name, one.shape, one.dtype) for one in described.preprocessing.tensors] == [
        ("ids", (128,), "int64"),
        ("image", (3, 224, 32), "float32"),
    ]
    assert described.task == "none"


@pytest.mark.usefixtures("files")
def test_several_inputs_are_fed_by_their_names() -> None:
    card = make_card(inputs=(make_spec("a", None, 3, 8, 8), make_spec("b", None, 4, dtype="int64")))

    assert keep(_bring(card, data="two.npz"))
    with pytest.raises(HarnessError, match=r"one without a name: 'a' is missing; .*npz file calls inputs as"):
        _bring(make_card(inputs=(*card.inputs[:1], make_spec("b", None, 4))), data="ready.npz")


@pytest.mark.usefixtures("files")
def test_classes_are_as_many_as_the_model_answers_where_the_data_do_not_name_them() -> None:
    described = _bring(make_card(outputs=(make_spec("scores", None, 5),))).described

    assert described.data.classes == ("class 0", "class 1", "class 2", "class 3", "class 4")


@pytest.mark.usefixtures("files")
def test_the_output_that_answers_with_a_score_a_class_is_judged() -> None:
    card = make_card(outputs=(make_spec("features", None, 64), make_spec("scores", None, 3)))

    assert _bring(card).described.model.output == "scores"
    assert _bring().described.model.output is None


@pytest.mark.usefixtures("files")
def test_a_candidate_is_measured_against_fp32_alone_and_one_without_int8_is_told() -> None:
    brought = _bring(
        candidate=make_card(file="int8.onnx"), candidates=(CandidateFile(path="int8.onnx", variant="int8-qat"),)
    )
    workload = open_workload(keep(brought))

    assert [recipe.label for recipe in workload.default_variants] == ["fp32", "int8-qat:file=int8.onnx"]
    assert "int8.onnx has no operator in INT8: it will not pass for int8-qat" in _told(brought)


@pytest.mark.parametrize(
    ("cards", "fields", "says"),
    [
        ({}, {"model": None}, "name the model with --model"),
        ({}, {"model": "missing.onnx"}, "--model 'missing.onnx': no such file or folder"),
        ({}, {"model": "."}, "is a folder: name the ONNX file in it"),
        ({}, {"data": "mine.onnx"}, "is in no known form: give an .npz file, a folder"),
        ({}, {"data": "a\0b.npz"}, "--data 'a\\x00b.npz'"),
        ({}, {"data": ""}, "--data '': no such file or folder"),
        ({}, {"tokenizer": "mine.onnx"}, "--tokenizer is for texts in CSV or JSONL"),
        ({}, {"output": "logits"}, "the model has no output 'logits'; there are: scores float32 [N, 3]"),
        ({}, {"classes": ("a", "b")}, "but 2 classes are named"),
        ({}, {"classes": ("a", "b", "c", "d")}, "3 classes, the data have 4 (a, b, c, d): name every class"),
        ({}, {"data": "unlabelled.npz", "classes": ("a", "b", "c")}, "--classes names the classes of labels"),
        ({"card": make_card(outputs=(make_spec("s", None, 2),))}, {}, "2 classes, the data have 3"),
        ({"card": make_card(outputs=(make_spec("s", None, 1),))}, {}, "1 class, the data have 3"),
        ({"card": make_card(inputs=(make_spec("x", None, 3, 9, 9),))}, {}, "check the preprocessing"),
        ({"card": make_card(inputs=(make_spec("x", None, 9),))}, {"data": "pictures.npz"}, "the model reads x float32"),
        (
            {"candidate": make_card(outputs=(make_spec("s", None, 7),))},
            {"candidates": (CandidateFile(path="int8.onnx"),)},
            "it was made of another model",
        ),
        (
            {"candidate": make_card(file="int8.onnx", inputs=(make_spec("x", None, 1, 8, 8),))},
            {"candidates": (CandidateFile(path="int8.onnx"),)},
            "candidate int8.onnx does not fit the data",
        ),
    ],
)
@pytest.mark.usefixtures("files")
def test_what_cannot_be_used_is_refused_before_anything_is_measured(
    cards: dict[str, ModelCard], fields: dict[str, Any], says: str
) -> None:
    with pytest.raises(HarnessError) as refusal:
        _bring(**cards, **fields)

    assert says in str(refusal.value)


@pytest.mark.usefixtures("files")
def test_a_candidate_named_twice_is_refused() -> None:
    both = (CandidateFile(path="int8.onnx"), CandidateFile(path="./int8.onnx"))

    with pytest.raises(HarnessError, match=r"name int8-static:file=.*int8\.onnx twice: rename one of the files"):
        keep(_bring(candidates=both))


def test_candidates_of_one_name_in_several_folders_are_known_by_both(files: Path) -> None:
    for folder in ("one", "two"):
        (files / folder).mkdir()
        (files / folder / "int8.onnx").write_bytes((files / "int8.onnx").read_bytes() + folder.encode())

    brought = _bring(candidates=tuple(CandidateFile(path=f"{folder}/int8.onnx") for folder in ("one", "two")))
    assert brought.described.candidate_names == ("one-int8.onnx", "two-int8.onnx")
    assert len(open_workload(keep(brought)).candidates) == 2


def test_files_named_beside_a_workload_take_the_place_of_its_own(files: Path) -> None:
    base = open_workload(BUILTIN_DEFAULT)
    own = make_card(inputs=(make_spec("image", None, 3, 96, 96),), outputs=(make_spec("logits", None, 10),))
    ten = make_card(
        file="mine.onnx", inputs=(make_spec("picture", None, 3, 96, 96),), outputs=(make_spec("s", None, 10),)
    )

    same = bring(
        BringRequest(calibration=str(base.file.parent / "search.npz")),
        base,
        inspect=handed_out({"model.onnx": own}),
        build=_built,
    ).described
    other = bring(BringRequest(model="mine.onnx"), base, inspect=handed_out({"mine.onnx": ten}), build=_built).described

    assert (same.sensitivity, same.variants) == (base.described.sensitivity, base.described.variants)
    assert same.model.file == str(base.model)
    assert same.data.calibration == str(base.file.parent / "search.npz")
    assert (other.sensitivity, other.variants) == (None, None)  # the ranking is of the other model's nodes
    assert other.model.file == str(files / "mine.onnx")
    assert isinstance(other.preprocessing, Images)
    assert other.preprocessing.input == "picture"


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("a/b/mine.onnx", "mine"),
        ("my model (1).onnx", "my-model-1"),
        ("..onnx", "model"),
        ("nets.resnet:build", "nets.resnet.build"),
        ("ä\x1b[31m.onnx", "31m"),
        ("x" * 300 + ".onnx", "x" * 60),
    ],
)
def test_a_workload_is_named_after_its_model_in_harmless_letters(model: str, name: str) -> None:
    assert name_of(model) == name
