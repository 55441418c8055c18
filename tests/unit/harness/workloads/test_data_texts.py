"""Texts in tables: read strictly, tokenised by a local file, and labelled."""

import csv
import hashlib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from helpers.data_files import write_tokenizer

from harness.errors import WorkloadError
from harness.workloads.data.reading import LabelledData, read_data
from harness.workloads.description import Data, Texts

pytest.importorskip("tokenizers", reason="texts are read with tokenizers")

_CSV = b'text,label\n"good film",yes\n"bad, ""bad""\nfilm",no\ngood,yes\n'
_LAST = b'{"text": "good", "label": "yes"}'


@pytest.fixture
def tokenizer(tmp_path: Path) -> Path:
    return write_tokenizer(tmp_path / "tokenizer.json")


def _read(
    tokenizer: Path, content: bytes, name: str = "test.csv", *, data: Data | None = None, spec: Texts | None = None
) -> LabelledData:
    path = tokenizer.parent / name
    path.write_bytes(content)
    return read_data(path, spec or Texts(tokenizer="tokenizer.json"), data or Data(), tokenizer=tokenizer)


def _labels(read: LabelledData) -> list[int]:
    assert read.split.labels is not None
    return [int(label) for label in read.split.labels]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("test.csv", _CSV),
        ("test.csv", b"\xef\xbb\xbf" + _CSV.replace(b"\n", b"\r\n").replace(b'bad""\r\n', b'bad""\n')),
        ("test.CSV", b'id,label,text\n1,yes,good film\n2,no,"bad, ""bad""\nfilm"\n\n3, yes ,good\n'),
        ("test.tsv", b'text\tlabel\ngood film\tyes\n"bad, ""bad""\nfilm"\tno\ngood\tyes\n'),
        (
            "test.jsonl",
            b'{"text":"good film","label":"yes"}\n{"label":"no","text":"bad, \\"bad\\"\\nfilm","x":[{}]}\n\n' + _LAST,
        ),
    ],
    ids=["csv", "windows", "columns", "tsv", "jsonl"],
)
def test_texts_are_read_in_every_form(tokenizer: Path, name: str, content: bytes) -> None:
    read = _read(tokenizer, content, name)

    assert list(read.split.reader.fetch(np.arange(3))) == ["good film", 'bad, "bad"\nfilm', "good"]
    assert read.class_names == ("no", "yes")
    assert _labels(read) == [1, 0, 1]


def test_columns_have_the_names_that_the_description_gives(tokenizer: Path) -> None:
    data = Data(text_column="review", label_column="stars")

    assert _labels(_read(tokenizer, b"stars,review\n2,good\n0,bad\n", data=data)) == [2, 0]


def test_labels_are_declared_names_or_whole_numbers(tokenizer: Path) -> None:
    data = Data(classes=("yes", "no"))

    assert _labels(_read(tokenizer, _CSV, data=data)) == [0, 1, 0]
    assert _labels(_read(tokenizer, b"text,label\ngood,0\nbad,1\n", data=data)) == [0, 1]
    assert _labels(_read(tokenizer, b'{"text":"good","label":1}\n{"text":"bad","label":0}', "a.jsonl")) == [1, 0]


def test_texts_without_a_label_column_have_no_labels(tokenizer: Path) -> None:
    assert _read(tokenizer, b"text\ngood\nbad\n").split.labels is None


def test_a_batch_is_padded_to_its_longest_text_and_masked(tokenizer: Path) -> None:
    fed = _read(tokenizer, _CSV).split.feed(np.array([0, 2]))

    assert {name: array.dtype for name, array in fed.items()} == {"input_ids": np.int64, "attention_mask": np.int64}
    assert fed["input_ids"].tolist() == [[2, 4, 6, 3], [2, 4, 3, 1]]
    assert fed["attention_mask"].tolist() == [[1, 1, 1, 1], [1, 1, 1, 0]]


def test_texts_are_cut_and_padded_to_the_most(tokenizer: Path) -> None:
    spec = Texts(tokenizer="t", max_length=5, pad="max-length", ids="x", mask=None, types="kind", dtype="int32")

    fed = _read(tokenizer, b"text\ngood good good good good\nbad\n", spec=spec).split.feed(slice(None))

    assert fed["x"].tolist() == [[2, 4, 4, 4, 3], [2, 5, 3, 1, 1]]
    assert fed["kind"].tolist() == [[0] * 5, [0] * 5]
    assert (fed["x"].dtype.name, fed["x"].flags.c_contiguous, set(fed)) == ("int32", True, {"x", "kind"})


def test_the_side_that_the_tokenizer_pads_is_kept(tmp_path: Path) -> None:
    fed = _read(write_tokenizer(tmp_path / "t.json", padding="left"), _CSV).split.feed(np.array([0, 2]))

    assert fed["input_ids"].tolist() == [[2, 4, 6, 3], [1, 2, 4, 3]]


def test_a_text_is_known_by_its_bytes_and_the_file_by_its_hash(tokenizer: Path) -> None:
    split = _read(tokenizer, _CSV).split

    assert split.sample_digests()[0] == hashlib.sha256(b"good film").hexdigest()
    assert split.digest == hashlib.sha256(_CSV).hexdigest()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "no column 'text'; its first line names: nothing"),
        (
            "a.csv",
            b"sentence,category\n",
            "rename the columns, or name .*planner workloads new",
        ),
        ("a.csv", b"text,label\n", "holds no texts"),
        (
            "a.csv",
            b"Text,label\na,b\n",
            r"no column 'text' \(did you mean Text\?\); its first line names: 'Text', 'label'",
        ),
        ("a.csv", b"text,text\na,b\n", "more than one column 'text'"),
        ("a.csv", b"text,label\na,b\nc\n", "line 3 has 1 columns where the first line has 2"),
        ("a.csv", b"text,label\na,b,c\n", "line 2 has 3 columns"),
        ("a.csv", b'text,label\n"a,b\n', "line 2 is not well-formed: unexpected end of data"),
        ("a.csv", b'text,label\n"a"b,c\n', "line 2 is not well-formed"),
        ("a.csv", b"text,label\nok,b\na\xff,b\n", r"line 3 is no UTF-8 \(invalid start byte\)"),
        ("a.csv", b"text,label\na,b\n  ,b\n", "line 3: the text is empty"),
        ("a.csv", b"text,label\na,b\nc,\n", "line 3: the row has no label"),
        ("a.csv", "t\0xt".encode("utf-16"), "line 1 is no UTF-8"),
        ("a.jsonl", b'{"text":"a"}\n{"text":"b","label":"c"}\n', "line 1: the row has no label, as others have"),
        ("a.jsonl", b'{"text":"a"}\n[1]\n', "line 2 is not an object with texts: Expected `object`"),
        ("a.jsonl", b'{"text":"a"}\n{"text":', "line 2 is not an object with texts"),
        ("a.jsonl", b'{"text":5}\n', "line 1 is not an object with texts: Expected `str`, got `int`"),
        ("a.jsonl", b'{"text":"a","label":0.5}\n', r"Expected `int \| str`|Expected `str \| int`"),
        ("a.jsonl", b'{"text":"a","label":true}\n', "line 1 is not an object with texts"),
        ("a.jsonl", b'{"text":"\\ud800"}\n', "line 1 is not an object with texts"),
        (
            "a.jsonl",
            b'{"txt":"a"}\n',
            r"line 1 has no 'text' \(did you mean txt\?\), only 'txt': rename the columns",
        ),
        ("a.jsonl", b"[" * 100_000, "line 1 is not an object with texts"),
    ],
)
def test_a_row_that_is_not_as_it_should_be_is_refused_by_its_line(
    tokenizer: Path, name: str, content: bytes, says: str
) -> None:
    with pytest.raises(WorkloadError, match=says) as refusal:
        _read(tokenizer, content, name)

    assert str(refusal.value).startswith(str(tokenizer.parent / name))


def test_a_label_that_is_no_class_is_refused_by_its_line_with_the_nearest(tokenizer: Path) -> None:
    with pytest.raises(WorkloadError, match=r"test\.csv, line 3: 'nope' is none of the 2 .*did you mean no\?"):
        _read(tokenizer, b"text,label\ngood,yes\nbad,nope\n", data=Data(classes=("yes", "no")))


def test_a_class_without_texts_is_refused(tokenizer: Path) -> None:
    with pytest.raises(WorkloadError, match="class 'maybe' has no texts"):
        _read(tokenizer, _CSV, data=Data(classes=("yes", "no", "maybe")))


def test_a_line_as_long_as_a_library_is_no_text(tokenizer: Path) -> None:
    with pytest.raises(WorkloadError, match="line 2 is longer than 16 MiB"):
        _read(tokenizer, b"text\n" + b"a" * (2**24 + 1))


def test_a_table_that_does_not_fit_into_memory_is_refused(tokenizer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=100))

    with pytest.raises(WorkloadError, match=r"more than 20% of the free memory .*: take fewer texts"):
        _read(tokenizer, _CSV)


def test_a_text_of_megabytes_is_read_and_one_beyond_measure_is_refused(tokenizer: Path) -> None:
    before = csv.field_size_limit()

    assert _read(tokenizer, b"text,label\n" + b"good " * 50_000 + b",yes\nbad,no\n", data=Data()).split.samples == 2
    with pytest.raises(WorkloadError, match=r"a text is longer than 16 MiB.*look for a quote that does not end"):
        _read(tokenizer, b'text,label\n"' + b"good\n" * (17 << 20 >> 2) + b'",yes\n')

    assert csv.field_size_limit() == before
