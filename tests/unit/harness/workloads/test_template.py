"""The commented template: complete, true to the defaults, and accepted by the reader as it is."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from harness.workloads.default_variants import default_variants
from harness.workloads.description import (
    Arrays,
    Candidate,
    Data,
    Description,
    Images,
    Model,
    Preprocessing,
    RandomTensor,
    RandomTensors,
    Texts,
    read_description,
)
from harness.workloads.strictness import faults_in
from harness.workloads.template import template_text

_KINDS: dict[str, Preprocessing] = {
    "image": Images(height=8, width=8),
    "text": Texts(tokenizer="tokenizer.json"),
    "none": Arrays(),
    "random": RandomTensors(tensors=(RandomTensor(name="x", shape=(3,)), RandomTensor(name="y", shape=()))),
}
_OFF = re.compile(r"#(\w+ = .*|\[+\w+\]+)")


def _described(kind: str) -> Description:
    is_random = kind == "random"
    return Description(
        schema=2,
        name="mine",
        model=Model(file="model.onnx"),
        preprocessing=_KINDS[kind],
        data=Data() if is_random else Data(test="test.npz"),
        task="none" if is_random else "classification",
    )


@pytest.mark.parametrize("kind", _KINDS)
def test_the_template_reads_back_as_what_it_was_made_of(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(template_text(_described(kind), file="mine.toml"))

    assert read_description(file) == _described(kind)


@pytest.mark.parametrize("kind", _KINDS)
def test_every_line_that_is_switched_off_may_be_switched_on(kind: str) -> None:
    lines = template_text(_described(kind), file="mine.toml").splitlines()
    headings: list[int] = []
    for number, line in enumerate(lines):
        headings = headings if not line.startswith(("#[", "[")) else [number]
        if _OFF.fullmatch(line):
            on = [one[1:] if place in {*headings, number} and one[0] == "#" else one for place, one in enumerate(lines)]
            rest = [fault for fault in faults_in(tomllib.loads("\n".join(on)), Description) if "lacks" not in fault]
            assert not rest, line


@pytest.mark.parametrize("kind", _KINDS)
def test_every_key_that_there_is_stands_in_the_template_with_its_meaning(kind: str) -> None:
    described = _described(kind)
    lines = template_text(described, file="mine.toml").splitlines()
    tables = [described, described.model, described.preprocessing, described.data, described.quality]

    for table in (*tables, *described.candidates, Candidate(file="x")):
        for field in msgspec.structs.fields(table):
            name = re.escape(field.name)
            at = next((n for n, line in enumerate(lines) if re.match(rf"#?{name} = |#?\[+{name}\]+$", line)), None)
            assert at is not None, field.name
            assert lines[at - 1].startswith("# "), field.name


def test_what_is_known_is_switched_on_and_hashes_are_shown_switched_off() -> None:
    text = template_text(_described("image"), file="mine.toml", hashes={"model": "a" * 64})

    assert '\nfile = "model.onnx"\n' in text
    assert f'\n#sha256 = "{"a" * 64}"\n' in text
    assert '\n#resize = "stretch"\n' in text


@pytest.mark.parametrize("kind", _KINDS)
def test_the_variants_shown_as_the_default_are_the_default(kind: str) -> None:
    text = template_text(_described(kind), file="mine.toml")

    (line,) = [line for line in text.splitlines() if line.startswith("#default = ")]

    assert tuple(tomllib.loads(line[1:])["default"]) == default_variants(_described(kind))


def test_dynamic_int8_is_tried_where_texts_are_read() -> None:
    assert [kind for kind in _KINDS if "int8-dynamic" in default_variants(_described(kind))] == ["text"]


def test_no_name_of_a_file_can_end_the_comment_it_stands_in() -> None:
    text = template_text(_described("none"), file="a\nschema = 3\n.toml")

    assert tomllib.loads(text)["schema"] == 2
