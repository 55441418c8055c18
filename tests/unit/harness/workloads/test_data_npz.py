"""Numpy archives that nobody vouches for: looked at before they are unpacked, and never unpickled."""

import io
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil
import pytest
from helpers.data_files import npy_bytes, npz_bytes, zip_bytes

from harness.errors import WorkloadError
from harness.workloads.data.npz import read_npz

_IMAGES = np.arange(4 * 2 * 3, dtype=np.uint8).reshape(4, 2, 3)
_LABELS = np.array([0, 1, 2, 1])
_GIB = 2**30


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "test.npz"


class _Bomb:
    """What pickles as a call: whoever unpickles it touches the file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._path,)


def test_every_array_comes_back_in_the_byte_order_of_this_machine(path: Path) -> None:
    path.write_bytes(npz_bytes(big=np.arange(3, dtype=">f4"), fortran=np.asfortranarray(_IMAGES)))

    arrays = read_npz(path)

    assert arrays["big"].dtype == np.dtype("=f4")
    assert arrays["big"].dtype.isnative
    np.testing.assert_array_equal(arrays["big"], [0, 1, 2])
    np.testing.assert_array_equal(arrays["fortran"], _IMAGES)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_archive_is_read_however_it_is_compressed(path: Path, method: int) -> None:
    stream = io.BytesIO()
    np.save(stream, _IMAGES)
    path.write_bytes(zip_bytes({"inputs.npy": stream.getvalue(), "readme.txt": b"not read"}, method=method))

    np.testing.assert_array_equal(read_npz(path)["inputs"], _IMAGES)


def test_only_the_arrays_that_are_chosen_are_unpacked(path: Path) -> None:
    path.write_bytes(zip_bytes({"good.npy": npy_bytes("(2,)", data=b"ab"), "bad.npy": b"no array"}))

    assert list(read_npz(path, lambda names: [name for name in names if name == "good"])) == ["good"]


def test_pickled_content_is_refused_and_not_executed(path: Path, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    np.savez(path, inputs=_IMAGES, labels=np.array([_Bomb(touched)] * 4, dtype=object))

    with pytest.raises(WorkloadError, match="labels holds pickled objects, which are never loaded"):
        read_npz(path)

    assert not touched.exists()


def _npy() -> bytes:
    stream = io.BytesIO()
    np.save(stream, _IMAGES)
    return stream.getvalue()


_WHOLE = npz_bytes(inputs=_IMAGES, labels=_LABELS)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        _npy(),
        _WHOLE[: len(_WHOLE) // 2],
        _WHOLE[:60] + b"\xff\xff\xff\xff" + _WHOLE[64:],
        _WHOLE.replace(b"\x08\x00", b"\x63\x00"),
        zip_bytes({"inputs.npy": b"not an array"}, method=zipfile.ZIP_STORED),
        zip_bytes({"inputs.npy": b""}, method=zipfile.ZIP_LZMA),
        zip_bytes({"inputs.npy": npy_bytes("(" * 3000)}),
        zip_bytes({"inputs.npy": npy_bytes("open('/etc/passwd').read()")}),
    ],
    ids=["empty", "head", "npy", "cut", "damaged", "method", "no array", "nothing", "nested", "code"],
)
def test_a_file_that_is_no_archive_of_arrays_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    with pytest.raises(WorkloadError, match=f"{path} is not an npz file"):
        read_npz(path)


def test_a_file_that_is_missing_is_refused(path: Path) -> None:
    with pytest.raises(WorkloadError, match="No such file"):
        read_npz(path)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (npy_bytes("(4, 2, 3)", data=bytes(23)), r"says it is uint8 \(4, 2, 3\), but 23 bytes are stored"),
        (npy_bytes("(1099511627776, 1048576)", data=bytes(24)), "but 24 bytes are stored"),
        (npy_bytes("(-4, -6)", data=bytes(24)), r"says it is uint8 \(-4, -6\)"),
        (npy_bytes("(3,)", dtype="<c8", data=bytes(24)), r"is complex64 \(3,\); give numbers"),
        (npy_bytes("(3,)", dtype="<U2", data=bytes(24)), r"is <U2 \(3,\); give numbers"),
        (npy_bytes("(3,)", dtype="<M8[s]", data=bytes(24)), "is datetime64"),
        (npy_bytes("(3,)", dtype="|V8", data=bytes(24)), "is |V8"),
        (npy_bytes("()", dtype="|O", data=b"cos\nsystem\n"), "pickled objects"),
    ],
)
def test_a_header_that_lies_or_names_no_numbers_is_refused(path: Path, header: bytes, says: str) -> None:
    path.write_bytes(zip_bytes({"inputs.npy": header}))

    with pytest.raises(WorkloadError, match=says):
        read_npz(path)


@pytest.mark.parametrize("name", ["", "a\nb", "a\x1b[31m", "x" * 300, "\u202eabc"])
def test_a_name_that_no_report_could_show_is_refused(path: Path, name: str) -> None:
    path.write_bytes(zip_bytes({f"{name}.npy": _npy()}))

    with pytest.raises(WorkloadError, match="is no name for an array"):
        read_npz(path)


def test_a_name_with_slashes_and_colons_is_a_tensors_name(path: Path) -> None:
    path.write_bytes(zip_bytes({"serving/x:0.npy": _npy()}))

    assert list(read_npz(path)) == ["serving/x:0"]


def test_more_arrays_than_any_model_has_inputs_are_refused(path: Path) -> None:
    path.write_bytes(zip_bytes({f"{number}.npy": b"" for number in range(300)}))

    with pytest.raises(WorkloadError, match="holds 300 arrays, more than 256"):
        read_npz(path)


def test_a_decompression_bomb_is_refused_before_it_is_unpacked(path: Path) -> None:
    header = npy_bytes(f"({2 * _GIB},)")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inputs.npy", header + bytes(1 << 20))
        archive.infolist()[0].file_size = len(header) + 2 * _GIB  # what the directory then claims

    with pytest.raises(WorkloadError, match=r"unpacks \d+ bytes to 2\.0 GiB, .* decompression bomb"):
        read_npz(path)


def test_an_archive_that_does_not_fit_into_memory_is_refused_with_both_sizes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(zip_bytes({"inputs.npy": npy_bytes("(600,)", data=bytes(600))}))
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1000))

    with pytest.raises(WorkloadError, match=r"more than 50% of the free memory .*: take fewer samples"):
        read_npz(path)


def test_a_header_of_gigabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    header = b"\x93NUMPY\x02\x00" + (3 << 30).to_bytes(4, "little") + b" " * 100
    (tmp_path / "bomb.npz").write_bytes(zip_bytes({"inputs.npy": header}))

    with pytest.raises(WorkloadError, match="begins with a header of 3,221,225,472 bytes, 10,000 are the most"):
        read_npz(tmp_path / "bomb.npz")


def test_a_long_header_is_refused_without_numpys_advice(tmp_path: Path) -> None:
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)}".ljust(20_000)
    content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(4)
    (tmp_path / "long.npz").write_bytes(zip_bytes({"inputs.npy": content}))

    with pytest.raises(WorkloadError) as refusal:
        read_npz(tmp_path / "long.npz")

    assert "allow_pickle" not in str(refusal.value)
