"""What importing costs: static contracts do not see late imports, so a fresh Python tells."""

import subprocess
import sys

import pytest

_GPU = frozenset({"tensorrt", "tensorrt_rtx", "tensorrt_rtx_bindings", "pycuda", "cuda"})
_RUNTIMES = frozenset({"onnxruntime", "openvino", "torch", "onnx", "nncf", "pynvml"}) | _GPU
_SCREENS = frozenset({"textual", "rich"})
_STORE = frozenset({"sqlalchemy", "alembic"})
_HEAVY = _RUNTIMES | _SCREENS | _STORE | {"numpy", "scipy", "msgspec", "psutil", "shtab", "httpx2"}


def loaded_after(code: str) -> set[str]:
    """Top-level packages that a fresh Python has loaded after it ran the code."""
    ask = f"import sys\n{code}\nsys.stderr.write(' '.join(sys.modules))"
    answer = subprocess.run([sys.executable, "-P", "-c", ask], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in answer.stderr.split()}


@pytest.mark.parametrize("arguments", ["--help", "bench --help", "runs --help", "completion --help", "prices --help"])
def test_help_loads_nothing_heavy(arguments: str) -> None:
    code = f"from planner.__main__ import main\ntry:\n    main({arguments.split()!r})\nexcept SystemExit:\n    pass"
    assert not loaded_after(code) & _HEAVY


def test_the_version_loads_nothing_heavy() -> None:
    assert not loaded_after("from planner.__main__ import main\nmain(['--version'])") & _HEAVY


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("planner.__main__", _HEAVY),
        ("planner.cli.parser", _HEAVY),
        ("planner.settings", _HEAVY),
        ("planner.errors", _HEAVY),
        ("planner.version", _HEAVY),
        ("planner.wording.text", _HEAVY),
        ("pricing.book", _HEAVY),
        ("pricing.targets", _HEAVY),
        ("planner.wording.moments", _HEAVY),
        ("planner.cli.completion", _HEAVY - _SCREENS - {"msgspec", "shtab"}),
        ("planner.cli.run_command", _RUNTIMES | _SCREENS | _STORE | {"numpy"}),
        ("planner.cli.runs", _RUNTIMES | {"textual"}),
        ("planner.cli.prices", _RUNTIMES | {"textual", "numpy", "scipy", "httpx2"}),
        ("planner.cli.prices_refresh", _RUNTIMES | {"textual", "numpy", "scipy"}),
        ("planner.cli.plan", _RUNTIMES | {"textual"}),
        ("planner.tui.opening", _RUNTIMES | _STORE | {"numpy", "scipy", "psutil", "plotext", "markdown_it", "httpx2"}),
        ("planner.services.bench", _RUNTIMES | _SCREENS),
        ("planner.services.checkup", _RUNTIMES | _SCREENS),
        ("planner.services.engines", _RUNTIMES | _SCREENS | _STORE),
        ("harness.runtimes.tensorrt", _RUNTIMES | _SCREENS | _STORE),
        ("planner.store", _RUNTIMES | _SCREENS),
        ("harness.vocabulary", _HEAVY),
        ("harness.environment", _HEAVY),
        ("harness.devices", _HEAVY),
        ("harness.supervisor.experiment", _RUNTIMES | _SCREENS | _STORE),
        ("harness.worker.__main__", _RUNTIMES | _SCREENS | _STORE),
    ],
)
def test_a_headless_module_loads_only_what_it_needs(module: str, unwanted: frozenset[str]) -> None:
    assert not loaded_after(f"import {module}") & unwanted
