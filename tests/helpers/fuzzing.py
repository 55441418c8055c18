"""A process that reads one damaged file after the other and ends at the first one that is not handled.

`python -m helpers.fuzzing KIND COUNT SEED` in an empty folder. The file that is being read lies in that folder
until it has been read, so that a crash or a hang leaves behind what caused it. A case that takes too long ends
the process; so does one that writes anywhere else, or opens the file `secret` beside the folder.
"""

import faulthandler
import functools
import io
import os
import random
import resource
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from helpers.brought_models import write_colour_model
from helpers.data_files import encoded, npz_bytes, pixels, write_tokenizer
from helpers.fake_workload import write_fake_workload
from helpers.hostile_models import write_model_of_a_loop, write_model_of_endless_laughter
from helpers.mutations import damaged, swapped_json, swapped_lines, swapped_message
from numpy.typing import NDArray

from harness.errors import HarnessError
from harness.workloads.data.reading import read_data
from harness.workloads.description import Arrays, Data, Images, Preprocessing, Texts
from harness.workloads.workload import open_workload

CASE_S = 20  # a case takes milliseconds; a machine under load may take longer
LONGEST_REFUSAL = 4000
_MEMORY_BYTES = 6 * 2**30
_CONTROLS = {"Cc", "Zl", "Zp"}  # a terminal obeys more, which the command line replaces
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_TABLES = {
    ".csv": b'text,label\n"good, film",yes\nbad,no\n',
    ".jsonl": b'{"text":"good","label":"yes"}\n{"text":"bad","label":3}\n',
}
_TOML = """
[quality]
metric = "top-1"
classes = ["class 1"]
max_relative_loss = 0.01

[[candidates]]
file = "model.fake.json"
variant = "int8-qat"
"""
Case = Callable[[random.Random], None]


def main(kind: str, count: int, seed: int) -> None:
    """Read `count` damaged files of a kind; print how many were refused."""
    place = Path.cwd()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    case = KINDS[kind](place)
    _forbid(place)
    refused = 0
    for number in range(count):
        faulthandler.dump_traceback_later(CASE_S, exit=True)
        try:
            case(random.Random(f"{kind} {seed} {number}"))
        except HarnessError as error:
            refused += 1
            require_a_refusal(error)
    faulthandler.cancel_dump_traceback_later()
    sys.stdout.write(f"{refused} of {count} refused\n")


def require_a_refusal(error: HarnessError) -> None:
    """Fail unless it tells something, in lines that can be shown."""
    told = str(error)
    assert told.strip()
    assert len(told) < LONGEST_REFUSAL, told[:200]
    assert not any(unicodedata.category(one) in _CONTROLS for one in told.replace("\n  ", " ")), told


def model_seeds(path: Path) -> list[bytes]:
    """Good models to damage: layers, functions of its own, a loop that ends."""
    write_calls = functools.partial(write_model_of_endless_laughter, depth=3)
    write_loop = functools.partial(write_model_of_a_loop, trips=3, condition="sum")
    return [write(path).read_bytes() for write in (write_colour_model, write_calls, write_loop)]


def mutants(whole: bytes, source: random.Random) -> bytes:
    """An ONNX model with damage: in the bytes, or in a field so that the file still parses."""
    import onnx  # noqa: PLC0415 - an extra

    if source.random() < 0.4:
        return damaged(whole, source)
    model = onnx.load_model_from_string(whole)
    for _ in range(source.choice((1, 1, 2, 3))):
        swapped_message(model, source)
    return bytes(model.SerializeToString())


def _models(place: Path) -> Case:
    from harness.quantize.inspection import inspect_onnx  # noqa: PLC0415 - as above

    path = place / "model.onnx"
    wholes = model_seeds(path)

    def case(source: random.Random) -> None:
        path.write_bytes(mutants(source.choice(wholes), source))
        inspect_onnx(path)

    return case


def _archives(place: Path) -> Case:
    path, labels = place / "data.npz", np.array([0, 1, 0, 1])
    whole = npz_bytes(inputs=pixels(4, 5, 5), labels=labels)
    arrays = {"inputs": _npy(np.zeros((4, 5, 5), np.uint8)), "labels": _npy(labels), "left": _npy(np.ones((4, 2)))}

    def case(source: random.Random) -> None:
        if source.random() < 0.5:
            path.write_bytes(damaged(whole, source))
        else:  # with check sums that are right
            with zipfile.ZipFile(path, "w") as archive:
                for name, content in arrays.items():
                    member = damaged(content, source) if source.random() < 0.5 else content
                    archive.writestr(f"{name}.npy", member)
        _read(path, source.choice((Images(height=4, width=4), Arrays())))

    return case


def _pictures(place: Path) -> Case:
    path = place / "pictures" / "a" / "x.jpg"
    path.parent.mkdir(parents=True)
    grey, colour = pixels(12, 9), pixels(12, 9, 3)
    kinds = ("PNG", "JPEG", "GIF", "BMP", "PPM", "WEBP", "TIFF")
    wholes = [encoded(one, kind) for one in (grey, colour) for kind in kinds]

    def case(source: random.Random) -> None:
        path.write_bytes(damaged(source.choice(wholes), source, wholes))
        _read(place / "pictures", Images(height=4, width=4))

    return case


def _tables(place: Path) -> Case:
    tokenizer = write_tokenizer(place / "tokenizer.json")

    def case(source: random.Random) -> None:
        suffix, whole = source.choice(list(_TABLES.items()))
        path = place / f"data{suffix}"
        path.write_bytes(damaged(whole, source, list(_TABLES.values())))
        _read(path, Texts(tokenizer="t"), tokenizer)

    return case


def _tokenizers(place: Path) -> Case:
    tokenizer, table = write_tokenizer(place / "tokenizer.json", padding="left"), place / "data.csv"
    table.write_bytes(_TABLES[".csv"])
    whole = tokenizer.read_bytes()

    def case(source: random.Random) -> None:
        tokenizer.write_bytes(source.choice((swapped_json, swapped_json, damaged))(whole, source))
        _read(table, Texts(tokenizer="t"), tokenizer)

    return case


def _descriptions(place: Path) -> Case:
    folder = write_fake_workload(place / "workload", samples=40, calibration_samples=20)
    path = folder / "workload.toml"
    whole = path.read_bytes() + _TOML.encode()

    def case(source: random.Random) -> None:
        path.write_bytes(source.choice((swapped_lines, swapped_lines, damaged))(whole, source))
        workload = open_workload(str(folder))
        workload.split("test").feed(slice(0, 2))
        workload.classes_that_matter  # noqa: B018 - it is computed
        workload.default_variants  # noqa: B018 - as above

    return case


KINDS: dict[str, Callable[[Path], Case]] = {
    "models": _models,
    "archives": _archives,
    "pictures": _pictures,
    "tables": _tables,
    "tokenizers": _tokenizers,
    "descriptions": _descriptions,
}


def _read(path: Path, spec: Preprocessing, tokenizer: Path | None = None) -> None:
    split = read_data(path, spec, Data(), tokenizer=tokenizer).split
    fed = split.feed(slice(0, 2))
    assert all(len(array) == min(2, split.samples) for array in fed.values())
    assert len(split.sample_digests()) == split.samples


def _npy(array: NDArray[Any]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def _forbid(place: Path) -> None:
    """End the process when Python writes outside of `place`, or opens what lies beside it."""

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], str | bytes):
            return
        path, flags = Path(os.path.realpath(os.fsdecode(arguments[0]))), arguments[2]
        is_inside = path.is_relative_to(place)
        writes = isinstance(flags, int) and flags & _WRITING
        if path == place.parent / "secret" or (writes and not is_inside and path != Path(os.devnull)):
            sys.stderr.write(f"\nopened {path}\n")
            sys.stderr.flush()
            os._exit(3)

    sys.addaudithook(watch)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
