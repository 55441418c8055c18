"""What is shown of a log: what was said, not the stacks, folders and options of other programs."""

import pytest

from harness.supervisor.log_excerpt import shown_log, without_scratch

_TRACEBACK = """ONNX Runtime Model Optimization Failed! Consider rerun with option `--skip_optimization'.
Traceback (most recent call last):
  File "/x/onnx/numpy_helper.py", line 3, in to_array
    return data.reshape(dims)
           ^^^^^^^^^^^^^^^^^^
ValueError: cannot reshape array of size 1

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/x/y.py", line 3, in z
QuantizeError: /home/me/cache/artifacts/staging/tmpab_12/model.onnx cannot be made (--calibration)"""
_CRASH = """Fatal Python error: Segmentation fault

Current thread 0x00007f0b (most recent call first):
  File "/usr/lib/python3.11/ctypes/__init__.py", line 519 in string_at
  File "/x/mine.py", line 4 in make

Extension modules: numpy._core._multiarray_umath, torch._C (total: 2)"""


def test_of_a_stack_only_what_it_ends_with_is_shown() -> None:
    assert shown_log(_TRACEBACK).splitlines() == [
        "ValueError: cannot reshape array of size 1",
        "QuantizeError: model.onnx cannot be made (--calibration)",
    ]


def test_of_a_crash_its_kind_is_shown() -> None:
    assert shown_log(_CRASH) == "Fatal Python error: Segmentation fault"


def test_of_a_panic_its_reason_is_shown() -> None:
    log = "thread '<unnamed>' panicked at /src/x.rs:59:4:\nno end\nnote: run with `RUST_BACKTRACE=1` environment"
    assert shown_log(log) == "no end"


@pytest.mark.parametrize(
    "line", ["WorkloadError: /data/mine.onnx is damaged", "  indented, and no stack", "see https://x.org/staging/"]
)
def test_everything_else_is_shown_as_it_is(line: str) -> None:
    assert shown_log(line) == line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/tmp/planner-profile-x_1/profile.json is gone", "profile.json is gone"),  # noqa: S108 - a text
        ("open '/c/staging/tmp123/m.onnx' failed", "open 'm.onnx' failed"),
        ("/home/me/planner-data/test.npz", "/home/me/planner-data/test.npz"),
    ],
)
def test_files_in_scratch_folders_have_their_names_alone(text: str, shown: str) -> None:
    assert without_scratch(text) == shown


def test_the_error_itself_is_not_told_twice() -> None:
    log = "a remark on the way\nQuantizeError: there is no such node"

    assert shown_log(log, beside="there is no such node") == "a remark on the way"
    assert shown_log(log, beside="another error") == log


def test_what_colours_a_terminal_is_taken_out() -> None:
    assert shown_log("\x1b[1;31mno memory\n\x1b[m") == "no memory"
