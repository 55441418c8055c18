"""Turns texts into token ids with a local `tokenizer.json`: `fetch` takes texts, `prepare` tokenises them.

Never asks a network for anything, and tokenises in one thread: what is measured beside it must not share.
"""

import contextlib
import functools
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import UnavailableError, WorkloadError
from harness.runtimes.base import Inputs
from harness.workloads.data.identity import TEXTS, digest_of_text
from harness.workloads.data.split import Positions
from harness.workloads.data.telling import sentence_of
from harness.workloads.data.text_table import TextTable
from harness.workloads.description import Texts
from harness.workloads.files import digest_of, require_size
from harness.workloads.limits import MOST_TOKENIZER_BYTES

_MOST_TOKENS = 2**17
_SHOWN = 40
_PROBE = "a text"
_PADS = ("longest", "max-length")
_DTYPES = ("int64", "int32")
_PADDING_TOKENS = ("[PAD]", "<pad>", "<|pad|>", "<|endoftext|>", "</s>", "<|end_of_text|>", "<|im_end|>")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPreprocessing:
    """Texts to token ids, attention mask and token types, cut to `max_length` and padded.

    `tokenizer` is a `tokenizers.Tokenizer` set up for that; `names` are the model's for ids, mask and types,
    `None` where it does not read one.
    """

    tokenizer: Any
    names: tuple[str, str | None, str | None]
    dtype: str

    def __call__(self, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Arrays [N, length] by the model's names, of `dtype`.

        Raises:
            WorkloadError: a text gives no tokens.
        """
        # What its Rust code says of a panic is not kept from standard error here: that takes time, and this is timed.
        try:
            encodings = self.tokenizer.encode_batch(list(texts))
            table = np.array([[one.ids, one.attention_mask, one.type_ids] for one in encodings], dtype=self.dtype)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # as in `_translated`
            raise WorkloadError(
                f"the tokenizer fails on one of {len(texts)} texts, {_longest(texts)} ({sentence_of(error)}): its "
                "pattern or normalizer does not bear it; leave such texts out, or save the tokenizer without"
            ) from error
        is_empty = ~table[:, 1].any(axis=1)
        if is_empty.any():
            raise WorkloadError(f"the text {texts[int(is_empty.argmax())][:60]!r} gives no tokens: leave it out")
        return {name: np.ascontiguousarray(table[:, row]) for row, name in enumerate(self.names) if name is not None}


@dataclass(frozen=True, kw_only=True, eq=False)
class TextReader:
    """The texts of a table, for the tokenizer that lies at `tokenizer`, which is loaded when texts are prepared.

    It is a program of its own: whoever only looks at texts must not have to run it.
    """

    table: TextTable
    spec: Texts
    tokenizer: Path

    def __post_init__(self) -> None:
        """Refuse a description that cannot be followed."""
        _check(self.spec)

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self.table.texts)

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return digest_of(self.table.path)

    def fetch(self, positions: Positions) -> Sequence[str]:
        """The texts."""
        return [self.table.texts[position] for position in positions]

    def prepare(self, raw: Sequence[str]) -> Inputs:
        """Tokenised, and padded to the longest or to the most."""
        return self._preprocessing(raw)

    @property
    def form(self) -> str:
        """Texts."""
        return TEXTS

    def sample_digests(self, positions: Positions) -> tuple[str, ...]:
        """Of each text's words."""
        return tuple(digest_of_text(self.table.texts[position]) for position in positions)

    @functools.cached_property
    def _preprocessing(self) -> TextPreprocessing:
        return text_preprocessing(self.spec, self.tokenizer)


def text_preprocessing(spec: Texts, tokenizer: Path) -> TextPreprocessing:
    """What a text description asks for, with the tokenizer that lies at `tokenizer`.

    Raises:
        WorkloadError: a word that does not exist, or a file that is no tokenizer.
        UnavailableError: the tokenizers package is not installed.
    """
    names = _check(spec)
    loaded = _load(tokenizer)
    with _translated(f"{tokenizer} is not a tokenizer.json that works"), _without_panics():
        added = loaded.num_special_tokens_to_add(is_pair=False)
        if not added < spec.max_length <= _MOST_TOKENS:
            raise WorkloadError(
                f"[preprocessing]: max_length {spec.max_length} cannot be: the tokenizer adds {added} tokens to each "
                f"text, give more, and {_MOST_TOKENS} at most"
            )
        _set_up(loaded, tokenizer, spec)
        loaded.encode_batch([_PROBE])  # where its parts contradict one another, the first text shows it
    return TextPreprocessing(tokenizer=loaded, names=names, dtype=spec.dtype)


def _longest(texts: Sequence[str]) -> str:
    longest = max(texts, key=len)
    return f"of which the longest has {len(longest):,} letters and begins with {longest[:_SHOWN]!r}"


def _check(spec: Texts) -> tuple[str, str | None, str | None]:
    if spec.pad not in _PADS or spec.dtype not in _DTYPES:
        raise WorkloadError(
            f"[preprocessing]: pad {spec.pad!r} and dtype {spec.dtype!r}: give pad {' or '.join(_PADS)}, dtype "
            f"{' or '.join(_DTYPES)}"
        )
    names = (spec.ids, spec.mask, spec.types)
    if len({name for name in names if name is not None}) < sum(name is not None for name in names):
        raise WorkloadError(f"[preprocessing]: ids, mask and types are {names}: give each the name of its own input")
    return names


def _load(path: Path) -> Any:  # noqa: ANN401 - a class of a package that may not be here
    os.environ["HF_HUB_OFFLINE"] = "1"  # read when the package is imported
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # its threads would spin beside the model's
    try:
        from tokenizers import Tokenizer  # noqa: PLC0415 - absence is a normal answer
    except ImportError as error:
        raise UnavailableError("texts are read with tokenizers: pip install 'planner[cpu]'") from error
    try:
        require_size(path, MOST_TOKENIZER_BYTES)
        content = path.read_bytes()
    except OSError as error:
        raise WorkloadError(f"{path} cannot be read: {error.strerror or error}") from error
    with _translated(f"{path} is not a tokenizer.json that works"), _without_panics():
        return Tokenizer.from_buffer(content)


@contextlib.contextmanager
def _without_panics() -> Iterator[None]:
    """Its Rust code tells of a panic on standard error, past Python, where a user reads our own sentence."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - no path of ours
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


@contextlib.contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except (WorkloadError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the package raises bare Exception, and where its Rust panics, BaseException
        raise WorkloadError(
            f"{what} ({sentence_of(error)}): save it again with the tokenizer's own save(), or with save_pretrained() "
            "of a fast tokenizer"
        ) from error


def _set_up(tokenizer: Any, path: Path, spec: Texts) -> None:  # noqa: ANN401 - see above
    padding = tokenizer.padding or {"direction": "right", "pad_type_id": 0}
    if "pad_token" not in padding:
        known = [one for one in _PADDING_TOKENS if tokenizer.token_to_id(one) is not None]
        if not known:
            raise WorkloadError(
                f"{path} names no padding token, nor has it one of {', '.join(_PADDING_TOKENS)}: call "
                "enable_padding() before you save it"
            )
        padding |= {"pad_token": known[0], "pad_id": tokenizer.token_to_id(known[0])}
    tokenizer.enable_truncation(spec.max_length)
    tokenizer.enable_padding(
        direction=padding["direction"],
        pad_id=padding["pad_id"],
        pad_type_id=padding["pad_type_id"],
        pad_token=padding["pad_token"],
        length=spec.max_length if spec.pad == "max-length" else None,
    )
