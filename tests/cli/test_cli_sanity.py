"""`planner sanity` as a process: a file that cannot be read becomes one sentence and exit code 2."""

from pathlib import Path

from helpers.command_line import CommandLine, refuses


def test_a_broken_file_is_refused_with_file_claim_and_figure(planner: CommandLine, tmp_path: Path) -> None:
    broken = "[[claim]]\nid = 'a'\nsays = 'x'\nkind = 'latency'\np50 = '3 GB'\n"
    (tmp_path / "claims.toml").write_text(broken, encoding="utf-8")

    assert "claims.toml, claim a: p50 is '3 GB': that measures size" in refuses(planner("sanity", "claims.toml"))
