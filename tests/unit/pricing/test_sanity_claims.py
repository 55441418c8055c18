"""Claims files: the template, what is missing and becomes a finding, what is broken or hostile and is refused."""

from datetime import date
from pathlib import Path

import pytest

from pricing.errors import ClaimError
from pricing.sanity.claims import Claim, read_claims
from pricing.sanity.finding import Verdict
from pricing.sanity.judging import Judgement, judge
from pricing.sanity.kinds import FORMS, Kind
from pricing.sanity.shipped import shipped_reference
from pricing.sanity.template import template
from pricing.targets.shipped import TABLES

_DAY = date(2026, 7, 30)
_SIZED = 'model = "resnet50"\ndevice = "t4"\nbatch = 32\nprecision = "int8"\nlatency = "6 ms"'


def read(folder: Path, body: str, *, kind: str = "throughput", head: str = "") -> tuple[Claim, ...]:
    path = folder / "claims.toml"
    path.write_text(f'{head}\n[[claim]]\nid = "one"\nsays = "it"\nkind = "{kind}"\n{body}\n', encoding="utf-8")
    return read_claims(path).claims


def verdict(folder: Path, body: str, *, kind: str = "throughput") -> Judgement:
    (one,) = judge(read(folder, body, kind=kind), shipped_reference(_DAY))
    return one


def test_the_template_holds_every_kind_and_is_itself_in_order(tmp_path: Path) -> None:
    path = tmp_path / "template.toml"
    path.write_text(template(), encoding="utf-8")

    judged = judge(read_claims(path).claims, shipped_reference(_DAY))

    assert [one.claim.kind for one in judged] == list(Kind)
    assert {one.claim.claim_id: one.words for one in judged if one.faults} == {}
    assert all(f"{one.name} = " in template() for form in FORMS.values() for one in form.fields)


def test_the_shipped_file_documents_every_kind() -> None:
    head = (TABLES / "article-claims.toml").read_text(encoding="utf-8").partition("title =")[0]

    assert all(f"{kind} " in head for kind in Kind)


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        (_SIZED.replace('"6 ms"', '"6"'), "throughput", "latency is '6', without a unit"),
        (_SIZED.replace('"6 ms"', "6"), "throughput", "latency is 6, without a unit"),
        (_SIZED.replace("batch = 32", ""), "throughput", "the batch is not told"),
        (_SIZED.replace('precision = "int8"', ""), "throughput", "the precision is not told"),
        (_SIZED.replace('device = "t4"', ""), "throughput", "the device is not named"),
        (_SIZED.replace('model = "resnet50"', ""), "throughput", "the model is not named"),
        (_SIZED.replace("resnet50", "bert-large"), "throughput", "the sequence length is not told"),
        ('cost_before = "9 USD/month"\ncost_after = "1 USD/month"\nsaving = "8 USD"', "saving", "without a period"),
        ('device = "t4"\ncost = "9 USD/h"\nper = "instance"', "annual-cost", "the price is of an instance"),
        ('device = "t4"\ncost = "9 USD/h"\ngpus = 8', "annual-cost", "a price beside 8 GPUs"),
        ('model = "llama-2-13b"\nsize_before = "26 GB"\nsize_after = "13 GiB"', "memory-fit", "side by side"),
        ("accuracy_before = 0.7\naccuracy_after = 0.8", "quality", "the size of the test set"),
        ('concurrency = 3\nrate = "3 requests/s"', "latency", "Little's law is about the mean"),
        ('from_device = "t4"\nfrom_count = 3', "fleet-swap", "a count or a price is missing"),
        ('device = "a100"', "device-facts", "no figure that a rule looks at"),
    ],
)
def test_what_a_claim_leaves_out_is_a_finding_and_no_error(tmp_path: Path, body: str, kind: str, says: str) -> None:
    judged = verdict(tmp_path, body, kind=kind)

    assert any(says in one.sentence for one in judged.findings if one.verdict is Verdict.INCOMPLETE), judged.findings


def test_what_is_told_in_full_is_judged_beside_what_is_missing(tmp_path: Path) -> None:
    judged = verdict(tmp_path, _SIZED.replace('"6 ms"', "6") + '\nsize = "25.6 MB"')

    assert judged.words == "holds, in part incomplete"


def test_models_and_devices_that_nobody_knows_are_unverifiable(tmp_path: Path) -> None:
    judged = verdict(tmp_path, _SIZED.replace("resnet50", "my-net").replace('"t4"', '"tpu-v9"'))

    assert judged.verdict is Verdict.UNVERIFIABLE
    assert not judged.faults


def test_a_family_of_devices_is_blamed_only_where_every_member_fails(tmp_path: Path) -> None:
    assert verdict(tmp_path, 'device = "a100"\npower = "310 W"', kind="device-facts").verdict is Verdict.HOLDS
    assert verdict(tmp_path, 'device = "a100"\npower = "500 W"', kind="device-facts").verdict is Verdict.IMPOSSIBLE


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('latncy = "3 ms"', "'latncy' is not known (did you mean latency"),
        ('latency = "3 GB"', "that measures size in bytes, and time is needed"),
        ('latency = "-3 ms"', "must be a positive number"),
        ('latency = "0 ms"', "must be a positive number"),
        ('latency = "nan ms"', "latency is 'nan ms'"),
        ("latency = nan", "write a time"),
        ("latency = inf", "write a time"),
        ('latency = "1e300 s"', "must be a positive number"),
        ("latency = true", "latency is True"),
        ('latency = ["3 ms"]', "latency is"),
        ("batch = 1.5", "a whole number"),
        (f"batch = 0x{'f' * 5000}", "a huge number"),
        ('precision = "int9"', "there is no 'int9' (did you mean int8"),
        ("model = 3", "write a name"),
        (f'model = "{"m" * 5000}"', "write a name"),
    ],
)
def test_a_figure_that_cannot_be_meant_is_refused_with_file_and_claim(tmp_path: Path, body: str, says: str) -> None:
    with pytest.raises(ClaimError) as refused:
        read(tmp_path, body)

    assert says in str(refused.value)
    assert str(refused.value).startswith(f"{tmp_path / 'claims.toml'}, claim one")
    assert len(str(refused.value)) < 600


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "holds no claims"),
        ("claim = 3", "holds no claims"),
        ("[[claims]]", "did you mean claim?"),
        ("[[claim]]\nid = 'A b'", "claim 1 has the id 'A b'"),
        ("[[claim]]\nid = 'a\\u001b[31m'", "claim 1 has the id"),
        ("[[claim]]\nid = 'a'", "says is ''"),
        ("[[claim]]\nid = 'a'\nsays = 'x'", "has no kind: there are device-facts"),
        ("[[claim]]\nid = 'a'\nsays = 'x'\nkind = 'thoughput'", "(did you mean throughput?)"),
        ("[[claim]]\nid = 'a'\nsays = 'x'\nkind = 3", "there is no kind 3; there are"),
        ("[[claim]]\nid='a'\nsays='x'\nkind='latency'\n" * 2, "two claims are named 'a'"),
        ("[[claim]]\nid='a'\nsays='x'\nkind='latency'\n" * 501, "501 claims: 500 are the most"),
        ("as_of = 'soon'\n[[claim]]\nid='a'\nsays='x'\nkind='latency'", "as_of is 'soon'"),
        ("as_of = 2026-07-30T10:00:00\n[[claim]]\nid='a'\nsays='x'\nkind='latency'", "write a day"),
        ("[[claim]\nid", "cannot be read as TOML"),
        ("x = " + "[" * 20_000, "claims.toml cannot be read"),
        ("#" * 4_000_001, "more than"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "claims.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ClaimError) as refused:
        read_claims(path)

    assert says in str(refused.value)
    assert "\x1b" not in str(refused.value)
    assert len(str(refused.value)) < 600


def test_a_changed_claim_is_another_one(tmp_path: Path) -> None:
    (one,), (same,), (other,) = (
        read(tmp_path, body) for body in (_SIZED, f"{_SIZED}\n# words", f"{_SIZED}\nspeed_up = 2")
    )

    assert one.digest == same.digest
    assert one.digest != other.digest
