"""Whatever bytes lie where data should be: they are read, or refused in our own words. Nothing else."""

from pathlib import Path

import numpy as np
import pytest
from helpers.data_files import encoded, npz_bytes, pixels, write_tokenizer
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from harness.errors import WorkloadError
from harness.workloads.data.reading import read_data
from harness.workloads.description import Arrays, Data, Images, Preprocessing, Texts

pytest.importorskip("PIL", reason="pictures are decoded with Pillow")
pytest.importorskip("tokenizers", reason="texts are read with tokenizers")

_IMAGES = Images(height=4, width=4)
_MANY = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
_CUTS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.binary(max_size=6)), min_size=1, max_size=4)

_NPZ = npz_bytes(inputs=pixels(4, 5, 5), labels=np.array([0, 1, 0, 1]))
_JPEG = encoded(pixels(12, 9, 3), "JPEG")
_PNG = encoded(pixels(12, 9))
_TIFF = encoded(pixels(12, 9, 3), "TIFF")
_CSV = b'text,label\n"good, film",yes\nbad,no\n'
_JSONL = b'{"text":"good","label":"yes"}\n{"text":"bad","label":3}\n'


def _damaged(content: bytes, cuts: list[tuple[float, int, bytes]]) -> bytes:
    """Some bytes replaced by others, at shares of the length."""
    for share, removed, added in cuts:
        place = int(share * len(content))
        content = content[:place] + added + content[place + removed :]
    return content


def _accept_or_refuse(path: Path, spec: Preprocessing, tokenizer: Path | None = None) -> None:
    refusal = "nothing"
    try:
        split = read_data(path, spec, Data(), tokenizer=tokenizer).split
        fed = split.feed(slice(0, 2))
    except WorkloadError as error:
        refusal = str(error)
    else:
        assert all(len(array) == min(2, split.samples) for array in fed.values())
        assert len(split.sample_digests()) == split.samples
    assert refusal.isprintable()  # so that no file can send commands to a terminal
    assert len(refusal) < 1000


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    write_tokenizer(folder / "tokenizer.json")
    (folder / "pictures" / "a").mkdir(parents=True)
    return folder


@pytest.fixture
def tokenizer_bytes(place: Path) -> bytes:
    return (place / "tokenizer.json").read_bytes()


@_MANY
@given(cuts=_CUTS, spec=st.sampled_from([_IMAGES, Arrays()]))
def test_any_archive_is_read_or_refused(place: Path, cuts: list[tuple[float, int, bytes]], spec: Preprocessing) -> None:
    (place / "a.npz").write_bytes(_damaged(_NPZ, cuts))

    _accept_or_refuse(place / "a.npz", spec)


@_MANY
@given(cuts=_CUTS, whole=st.sampled_from([_JPEG, _PNG, _TIFF]))
def test_any_picture_is_read_or_refused(place: Path, cuts: list[tuple[float, int, bytes]], whole: bytes) -> None:
    (place / "pictures" / "a" / "x.jpg").write_bytes(_damaged(whole, cuts))

    _accept_or_refuse(place / "pictures", _IMAGES)


@_MANY
@given(cuts=_CUTS, whole=st.sampled_from([("a.csv", _CSV), ("a.tsv", _CSV), ("a.jsonl", _JSONL)]))
def test_any_table_is_read_or_refused(
    place: Path, cuts: list[tuple[float, int, bytes]], whole: tuple[str, bytes]
) -> None:
    (place / whole[0]).write_bytes(_damaged(whole[1], cuts))

    _accept_or_refuse(place / whole[0], Texts(tokenizer="t"), place / "tokenizer.json")


@_MANY
@given(cuts=_CUTS)
def test_any_tokenizer_is_read_or_refused(
    place: Path, tokenizer_bytes: bytes, cuts: list[tuple[float, int, bytes]]
) -> None:
    (place / "damaged.json").write_bytes(_damaged(tokenizer_bytes, cuts))
    (place / "good.csv").write_bytes(_CSV)

    _accept_or_refuse(place / "good.csv", Texts(tokenizer="t"), place / "damaged.json")


_FORMS: dict[str, Preprocessing] = {"r.npz": _IMAGES, "r.csv": Texts(tokenizer="t"), "r.jsonl": Texts(tokenizer="t")}


@_MANY
@given(content=st.binary(max_size=200), name=st.sampled_from(sorted(_FORMS)))
@example(content=b"[" * 5000, name="r.jsonl")
@example(content=b'"' * 5001, name="r.csv")
def test_any_bytes_at_all_are_read_or_refused(place: Path, content: bytes, name: str) -> None:
    (place / name).write_bytes(content)

    _accept_or_refuse(place / name, _FORMS[name], place / "tokenizer.json")
