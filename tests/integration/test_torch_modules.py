"""A user's own PyTorch code, as it comes: what is built, called and refused."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.torch_models import FEATURES, MODULE, write_torch_workload

from harness.errors import WorkloadError
from harness.runtimes.registry import find_runtime
from harness.runtimes.torch_module import build_module, named_outputs
from harness.variants import parse_variant
from harness.workloads.data.feeding import fit
from harness.workloads.workload import open_workload

torch = pytest.importorskip("torch", reason="PyTorch is not here: pip install 'planner[torch]'")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's own, of its quantisation
_FP32 = parse_variant("fp32")


def open_fp32(maker: str) -> Any:  # noqa: ANN401 - a session with what only PyTorch's has
    return find_runtime("torch").open(Path(f"{MODULE}:{maker}"), recipe=_FP32, threads=1)


@pytest.mark.parametrize(
    ("maker", "reason"),
    [
        ("failing", r"failed: FileNotFoundError: weights.pth \(.*torch_models\.py, line \d+\): call it in"),
        ("leaving", "failed: SystemExit: 3"),
        ("number", "gives int, which is no torch.nn.Module"),
        ("half", "0.weight is torch.float16: give an FP32 module"),
        ("starred", "forward names no input"),
        ("NOT_CALLABLE", "has no function 'NOT_CALLABLE'"),
        ("absent", r"torch_models\.py\) has no function 'absent': it has "),
        ("mpl", r"has no function 'mpl' \(did you mean mlp\?\)"),
    ],
)
def test_what_makes_no_fp32_module_is_refused_in_one_sentence(maker: str, reason: str) -> None:
    with pytest.raises(WorkloadError, match=reason):
        build_module(f"{MODULE}:{maker}")


@pytest.mark.parametrize("reference", ["nets", "nets:", ":build", "../nets.py:build", "nets:build()", "a b:c", ""])
def test_what_is_no_reference_to_a_function_is_refused_before_anything_is_imported(reference: str) -> None:
    before = set(sys.modules)

    with pytest.raises(WorkloadError, match=r"write package\.module:function"):
        build_module(reference)
    assert "nets" not in set(sys.modules) - before


def test_a_module_that_is_not_there_is_refused_with_what_to_do() -> None:
    with pytest.raises(WorkloadError, match=r"no_such_nets cannot be imported: .* set PYTHONPATH"):
        build_module("no_such_nets:build")


def test_code_beside_a_workload_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, elsewhere = tmp_path / "workload", tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    write_torch_workload(folder, "mlp")
    (folder / "nets_beside.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", encoding="utf-8")

    with pytest.raises(WorkloadError, match="nets_beside cannot be imported"):
        build_module("nets_beside:build")
    assert not (tmp_path / "ran").exists()


def test_the_current_folder_is_searched_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nets_here.py").write_text("from torch.nn import Linear\ndef build(): return Linear(4, 2)\n")

    assert [spec.name for spec in build_module("nets_here:build").inputs] == ["input"]
    assert sys.path[-1] == str(tmp_path)


def test_random_weights_are_the_same_each_time_and_the_settings_tell_which() -> None:
    first, second = (open_fp32("mlp").settings for _ in range(2))

    assert first["parameters_sha256"] == second["parameters_sha256"] != open_fp32("cnn").settings["parameters_sha256"]
    assert first["intra_op_threads"] == first["inter_op_threads"] == "1"


def test_settings_that_building_the_module_changes_are_set_again() -> None:
    settings = open_fp32("meddling").settings

    assert (settings["intra_op_threads"], settings["float32_matmul_precision"]) == ("1", "highest")
    assert torch.get_num_threads() == 1


def test_an_example_tells_types_and_axes_that_data_are_checked_against() -> None:
    session = open_fp32("mlp_with_example")
    (spec,) = session.inputs

    assert (spec.dtype, spec.shape) == ("float32", (None, None))
    assert fit({"": np.zeros((2, FEATURES))}, session.inputs)["input"].dtype == np.float32
    with pytest.raises(WorkloadError, match="check the preprocessing"):
        fit({"": np.zeros((2, 3, FEATURES))}, session.inputs)


def test_inputs_go_by_name_and_those_with_a_default_may_be_left_out(tmp_path: Path) -> None:
    session = open_fp32("transformer")
    inputs = dict(open_workload(str(write_torch_workload(tmp_path, "transformer"))).split("test").feed(slice(0, 4)))

    masked = session.predict(fit(inputs, session.inputs))
    swapped = session.predict(fit(dict(reversed(inputs.items())), session.inputs))
    del inputs["attention_mask"]
    whole = session.predict(fit(inputs, session.inputs))

    assert list(masked) == ["output_0", "output_1"]
    np.testing.assert_array_equal(masked["output_0"], swapped["output_0"])
    assert not np.array_equal(masked["output_0"], whole["output_0"])


def test_data_that_the_module_cannot_take_are_refused_in_its_own_words() -> None:
    session = open_fp32("mlp")

    with pytest.raises(WorkloadError, match="the module failed: RuntimeError: mat1 and mat2 shapes cannot"):
        session.predict({"input": np.zeros((2, 3), dtype=np.float32)})


def test_answers_outlive_the_next_call_and_inputs_are_not_copied() -> None:
    session = open_fp32("mlp")
    array = np.zeros((1, FEATURES), dtype=np.float32)
    call = session.bind({"input": array})

    before = session.predict({"input": array})["output"].copy()
    array[:] = 1.0

    assert not np.array_equal(call().numpy(), before)


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        (lambda: torch.zeros(1), ["output"]),
        (lambda: (torch.zeros(1), None, torch.ones(1)), ["output_0", "output_2"]),
        (lambda: {"logits": torch.zeros(1), "cache": None}, ["logits"]),
    ],
)
def test_outputs_are_named_as_the_module_names_them(answer: Any, names: list[str]) -> None:  # noqa: ANN401 - see above
    assert list(named_outputs(answer())) == names


def test_an_answer_without_a_tensor_is_refused() -> None:
    with pytest.raises(WorkloadError, match="answers str without a tensor"):
        named_outputs("scores")


def test_torchscript_made_elsewhere_is_opened_and_anything_else_is_not(tmp_path: Path) -> None:
    recipe = parse_variant("int8-qat:file=trained.pt")
    module = torch.nn.Linear(FEATURES, 2).eval()
    torch.jit.save(torch.jit.script(module), str(tmp_path / "trained.pt"))
    torch.save(module, str(tmp_path / "pickled.pt"))
    runtime = find_runtime("torch")

    session = runtime.open(tmp_path / "trained.pt", recipe=recipe, threads=1)
    array = np.ones((3, FEATURES), dtype=np.float32)

    assert session.predict(fit({"": array}, session.inputs))["output"].shape == (3, 2)
    for name in ("pickled.pt", "absent.pt"):
        with pytest.raises(WorkloadError, match=f"PyTorch cannot open {name}: .*TorchScript is needed"):
            runtime.open(tmp_path / name, recipe=recipe, threads=1)
