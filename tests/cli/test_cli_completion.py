"""`planner completion`: scripts that know every command."""

import shutil
import subprocess
from pathlib import Path

import pytest
from helpers.command_line import CommandLine

_COMMANDS = (
    "bench",
    "runs",
    "show",
    "compare",
    "regress",
    "report",
    "checklist",
    "resume",
    "delete",
    "doctor",
    "selftest",
    "cache",
    "export",
    "import",
    "schema",
)


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_the_script_contains_every_command(planner: CommandLine, shell: str) -> None:
    answer = planner("completion", shell)
    assert answer.returncode == 0
    assert all(command in answer.stdout for command in _COMMANDS)


def complete(planner: CommandLine, *words: str) -> list[str]:
    """What bash offers for the last word."""
    script = planner.folder / "completion.bash"
    script.write_text(planner("completion", "bash").stdout)
    line = " ".join(f"'{word}'" for word in words)
    question = f"source {script}; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _shtab_planner; "
    asked = ["bash", "-c", question + r"printf '%s\n' ${COMPREPLY[@]}"]
    return subprocess.run(asked, capture_output=True, text=True, cwd=planner.folder, check=True).stdout.split()


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("planner", "comp"), ["compare", "completion"]),
        (("planner", "bench", "--var"), ["--variants"]),
        (("planner", "plans", "repr"), ["reproduce"]),
        (("planner", "import", "arch"), ["archive.zip"]),
    ],
)
def test_bash_offers_commands_options_and_files(
    planner: CommandLine, tmp_path: Path, words: tuple[str, ...], offered: list[str]
) -> None:
    (tmp_path / "archive.zip").touch()
    assert complete(planner, *words) == offered


def test_another_shell_is_refused_with_the_choices(planner: CommandLine) -> None:
    answer = planner("completion", "cmd.exe")
    assert answer.returncode == 2
    assert "bash" in answer.stderr
