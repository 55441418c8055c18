"""Writes data as users bring them: pictures in folders, tables of texts with a tokenizer, numpy archives."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

VOCABULARY = ("[UNK]", "[PAD]", "[CLS]", "[SEP]", "good", "bad", "film")


def pixels(*shape: int, seed: int = 7) -> NDArray[np.uint8]:
    """Random bytes."""
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def encoded(image: NDArray[Any], kind: str = "PNG", **options: object) -> bytes:
    """A picture as a file of this kind."""
    from PIL import Image  # noqa: PLC0415 - tests that need no pictures run without it

    stream = io.BytesIO()
    Image.fromarray(image).save(stream, kind, **options)
    return stream.getvalue()


def write_pictures(root: Path, names: Mapping[str, int], *, size: tuple[int, int] = (6, 5)) -> Path:
    """`names` counts the pictures of each sub-folder; `.` is the folder itself. No two pictures are the same."""
    for place, (name, count) in enumerate(names.items()):
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(count):
            (folder / f"{number}.png").write_bytes(encoded(pixels(*size, 3, seed=100 * place + number)))
    return root


def npz_bytes(**arrays: object) -> bytes:
    """An archive of arrays as numpy writes it."""
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)  # type: ignore[arg-type] # numpy's stub takes the names for its own flag
    return stream.getvalue()


def npy_bytes(shape: str, *, dtype: str = "|u1", data: bytes = b"") -> bytes:
    """An array file whose header says what it is told to say, whatever data follow."""
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def zip_bytes(members: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of files, by name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def write_tokenizer(path: Path, *, padding: str | None = None) -> Path:
    """A tokenizer of words, with [CLS] and [SEP] round each text; `padding` names the side, if the file tells one."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors  # noqa: PLC0415 - as above

    vocabulary = {word: place for place, word in enumerate(VOCABULARY)}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))  # noqa: S106 - no such token
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    if padding is not None:
        tokenizer.enable_padding(direction=padding, pad_id=1, pad_token="[PAD]")  # noqa: S106 - no such token
    tokenizer.save(str(path))
    return path
