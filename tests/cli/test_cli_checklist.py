"""`planner checklist`: shows ten points, keeps and takes back people's words, and has an exit code to act on."""

import json

from helpers.builders import INT8, make_arm
from helpers.command_line import Ask, refuses
from helpers.plans import record_priced_run
from helpers.runs import create_run

from harness.vocabulary import Gate
from planner.store import Store

ROLLBACK = ("--attest", "rollback", "--by", "A. Name", "--note", "drill of 3 November")


def states(ask: Ask, *arguments: str) -> dict[str, str]:
    document = json.loads(ask("checklist", *arguments, "--json").stdout)
    assert document["schema"] == "planner.checklist/1"
    return {one["point"]: one["state"] for one in document["points"]}


def test_ten_points_are_shown_with_what_to_do_and_an_exit_code(ask: Ask, store: Store) -> None:
    run_id = record_priced_run(store)
    answer = ask("checklist")

    assert (answer.returncode, answer.stderr) == (3, "")
    assert f"run {run_id}" in answer.stdout
    assert "~ open" in answer.stdout
    assert f"planner checklist {run_id}" in " ".join(answer.stdout.split())
    assert len(states(ask)) == 10


def test_a_word_is_kept_shown_and_taken_back(ask: Ask, store: Store) -> None:
    run_id = record_priced_run(store)
    kept = ask("checklist", run_id[:4], *ROLLBACK)

    assert kept.returncode == 0
    assert kept.stdout.startswith(f"rollback in run {run_id}: attested by A. Name on 20")
    assert states(ask)["rollback"] == "attested"
    assert "attested by A. Name" in ask("checklist").stdout
    assert ask("checklist", "--withdraw", "rollback").stdout == f"1 word was taken back: rollback in run {run_id}\n"
    assert states(ask)["rollback"] == "open"
    assert "nobody vouches for rollback" in refuses(ask("checklist", "--withdraw", "rollback"))


def test_a_word_does_not_turn_what_is_refuted(ask: Ask, store: Store) -> None:
    record_priced_run(store, gate=Gate.REJECTED)
    kept = ask("checklist", "--attest", "accuracy-loss", "--by", "B", "--note", "the customer agreed")

    assert "accuracy-loss stays refuted" in kept.stderr
    answer = ask("checklist")
    assert answer.returncode == 1
    assert "accepted by B on" in answer.stdout
    assert states(ask)["accuracy-loss"] == "refuted"


def test_names_of_strangers_reach_no_terminal_raw(ask: Ask, store: Store) -> None:
    arms = (make_arm("fp32"), make_arm("int8-static:per-channel", runtime="fa\x1b[31m\u202ek"))
    create_run(store, workload="a\x1b[2Jb\x9b", arms=arms)
    kept = ask("checklist", "--attest", "ci", "--by", "\x1b]0;x\x07Eve", "--note", "l1\r\nl2\u202e")
    for answer in (kept, ask("checklist")):
        assert answer.stdout.replace("\n", "").isprintable()
    assert not {"\x1b", "\x9b"} & set(ask("checklist", "--json").stdout)
    assert "by ]0;x Eve" in kept.stdout


REFUSED: tuple[tuple[tuple[str, ...], str], ...] = (
    (("--attest", "rolback", "--by", "A", "--note", "x"), "did you mean rollback?"),
    (("--attest", "nothing", "--by", "A", "--note", "x"), "there are fp32-accuracy, calibration"),
    (("--attest", "ci"), "add --by NAME --note TEXT"),
    (("--by", "A"), "belong to --attest"),
    (("--attest", "ci", "--by", " ", "--note", "x"), "--by is empty"),
    (("--attest", "ci", "--by", "A", "--note", "x" * 501), "--note has 501 characters"),
    (("--candidate", "fake/int8-static:per-chanel"), f"did you mean {INT8}?"),
    (("--plan", "latest"), "no plan is stored yet: `planner plan` makes one"),
    (("ffffffff",), "there is no run"),
    (("--withdraw", "x" * 5000), "is no point"),
)


def test_what_cannot_be_meant_is_refused(ask: Ask, store: Store) -> None:
    record_priced_run(store)
    for arguments, told in REFUSED:
        said = refuses(ask("checklist", *arguments))
        assert told in said
        assert len(said) < 600
