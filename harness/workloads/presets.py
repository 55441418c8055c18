"""Preprocessing by name, and the likeliest one where none is named.

What is guessed is told with its reason: a wrong guess costs accuracy without any error, so that whoever
knows the model can contradict.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from harness.errors import UsageError, WorkloadError
from harness.vocabulary import TensorSpec
from harness.workloads.data.picture_sizes import PictureSize
from harness.workloads.description import Images, Texts

_IMAGENET_MEAN, _IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_IMAGENET_SHARE = 0.875  # of the shorter side is kept: 224 of 256
_IMAGENET_SIDE = 224
_INCEPTION_SIDE = 299
_RANK = 4
_CHANNELS = {1, 3}
_LONGEST_TEXT = 128
_MOST_DIGITS = 5
_BYTES = "uint8"
_WHOLE = "pictures become whole numbers by --preprocess raw alone, and only uint8; else give its inputs in an npz file"
_TEXT_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


class Preset(StrEnum):
    """The ways in which most published models want their inputs."""

    IMAGENET = "imagenet"
    INCEPTION = "inception"
    UNIT = "unit"
    RAW = "raw"
    TOKENS = "tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPreset:
    """A preset as the user named it: `imagenet`, or `imagenet:192x256` (height x width)."""

    preset: Preset
    height: int | None = None
    width: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """A preprocessing, and sentences on what it does and why it was taken."""

    preprocessing: Images | Texts
    notes: tuple[str, ...]


def read_preset(text: str) -> AskedPreset:
    """Read `imagenet`, `imagenet:224` or `imagenet:192x256`.

    Raises:
        UsageError: no such preset, or no such size.
    """
    name, has_size, size = text.strip().partition(":")
    if name not in set(Preset):
        raise UsageError(f"--preprocess: no preset {name!r}; there are: {', '.join(Preset)}")
    sides = size.split("x") if has_size else []
    if has_size and not (len(sides) <= 2 and all(_is_side(one) for one in sides)):  # noqa: PLR2004 - height, width
        raise UsageError(f"--preprocess {text!r}: write the size as {name}:224, or {name}:192x256 (height x width)")
    height = int(sides[0]) if sides else None
    return AskedPreset(preset=Preset(name), height=height, width=int(sides[-1]) if sides else None)


def image_guess(spec: TensorSpec | None, asked: AskedPreset | None, stored: PictureSize | None = None) -> Guess:
    """How pictures become the input that a model reads.

    Pictures that have the model's size are prepared for it: enlarging and cropping them again would spoil them.

    Args:
        spec: the input; `None` where nothing tells it, as of a PyTorch module.
        asked: what the user named.
        stored: the size that all pictures have; `None` where they differ, or nobody knows.

    Raises:
        WorkloadError: the input is no picture.
    """
    layout, channels, height, width = _picture(spec)
    is_whole = spec is not None and spec.dtype.startswith(("int", "uint"))
    preset, why = _preset(asked, channels=channels, side=height, is_whole=is_whole)
    if spec is not None and is_whole and (preset is not Preset.RAW or spec.dtype != _BYTES):
        raise WorkloadError(f"the model reads {spec.text}: {_WHOLE}")
    is_known = (height, width) != (None, None) or (asked is not None and asked.height is not None)
    size = _size(preset, asked, PictureSize(height or width or 0, width or height or 0), stored)
    is_ready = size == stored
    images = _images(preset, size, layout=layout, channels=channels, spec=spec, is_ready=is_ready)
    notes = [f"preprocessing: {preset}, {why}: {_told(preset, images, is_ready=is_ready)}"]
    if is_ready and is_known:
        notes.append("the pictures have the model's size: not resized")
    elif is_ready:
        notes.append(
            f"the model takes pictures of any size: all of them are {size.height} x {size.width}, so they are not "
            f"resized (--preprocess {preset}:{_usual_side(preset)} names a size)"
        )
    elif not is_known:
        notes.append(
            f"the model takes pictures of any size: {size.height} x {size.width} is assumed "
            f"(--preprocess {preset}:{size.height})"
        )
    return Guess(preprocessing=images, notes=tuple(notes))


def _size(preset: Preset, asked: AskedPreset | None, own: PictureSize, stored: PictureSize | None) -> PictureSize:
    """What was asked for, else the model's own, else that of small pictures of one size, else the usual one."""
    if asked is not None and asked.height is not None:
        return PictureSize(asked.height, asked.width or asked.height)
    if all(own):
        return own
    side = _usual_side(preset)
    return stored if stored is not None and max(stored) <= side else PictureSize(side, side)


def _usual_side(preset: Preset) -> int:
    return _INCEPTION_SIDE if preset is Preset.INCEPTION else _IMAGENET_SIDE


def text_guess(specs: tuple[TensorSpec, ...], tokenizer: str, sha256: str) -> Guess:
    """How texts become the inputs that a model reads.

    Raises:
        WorkloadError: the model reads other inputs than token ids, a mask and token types.
    """
    by_name = {spec.name: spec for spec in specs}
    ids, mask, types = (_text_input(by_name, name) for name in _TEXT_INPUTS)
    unknown = set(by_name) - {ids, mask, types}
    if unknown or ids is None:
        told = ", ".join(spec.text for spec in specs)
        raise WorkloadError(
            f"the model reads {told}: texts give {', '.join(_TEXT_INPUTS)}; for other inputs make an npz file, or "
            "describe them with `planner workloads new`"
        )
    first = by_name[ids]
    length = first.shape[1] if len(first.shape) > 1 else None
    texts = Texts(
        tokenizer=tokenizer,
        sha256=sha256,
        max_length=length or _LONGEST_TEXT,
        pad="max-length" if length else "longest",
        ids=ids,
        mask=mask or _TEXT_INPUTS[1],  # a file cannot say that there is none, and what a model does not read is not fed
        types=types,
        dtype=first.dtype,
    )
    filled = "padded to that length" if length else "padded to the longest of a batch"
    told = f"texts are cut after {texts.max_length} tokens, {filled}"
    return Guess(preprocessing=texts, notes=(f"preprocessing: tokens, by {tokenizer}: {told}",))


def _text_input(by_name: dict[str, TensorSpec], name: str) -> str | None:
    """The model's own name for an input; some put a number or a prefix to it."""
    return name if name in by_name else next((one for one in by_name if name in one), None)


def _is_side(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS and int(text) > 0


def _picture(spec: TensorSpec | None) -> tuple[str, int, int | None, int | None]:
    """Layout, channels, height and width of an input."""
    if spec is None or not spec.shape:
        return "NCHW", 3, None, None
    if len(spec.shape) != _RANK:
        raise WorkloadError(
            f"the model reads {spec.text}, which is no batch of pictures: give its inputs ready in an npz file"
        )
    _, second, third, last = spec.shape
    if second not in _CHANNELS and last in _CHANNELS:
        return "NHWC", int(last), second, third
    if second is not None and second not in _CHANNELS:
        raise WorkloadError(
            f"the model reads {spec.text}: pictures have 1 or 3 channels; give its inputs in an npz file"
        )
    return "NCHW", second or 3, third, last


def _preset(asked: AskedPreset | None, *, channels: int, side: int | None, is_whole: bool) -> tuple[Preset, str]:
    if asked is not None:
        if asked.preset is Preset.TOKENS:
            raise WorkloadError("--preprocess tokens is for texts: give --tokenizer and data in CSV or JSONL")
        return asked.preset, "as asked for"
    if is_whole:
        return Preset.RAW, "because the model reads whole numbers"
    if channels == 1:
        return Preset.UNIT, "assumed for one channel (--preprocess changes it)"
    if side == _INCEPTION_SIDE:
        return Preset.INCEPTION, f"assumed for {_INCEPTION_SIDE} pixels (--preprocess changes it)"
    return Preset.IMAGENET, "assumed, as most models of three channels are trained so (--preprocess changes it)"


def _images(
    preset: Preset, size: PictureSize, *, layout: str, channels: int, spec: TensorSpec | None, is_ready: bool
) -> Images:
    is_imagenet = preset is Preset.IMAGENET
    mean, std, scale = {
        Preset.IMAGENET: (_IMAGENET_MEAN, _IMAGENET_STD, 255.0),
        Preset.INCEPTION: ((127.5,), (127.5,), 1.0),
        Preset.UNIT: ((0.0,), (1.0,), 255.0),
    }.get(preset, ((0.0,), (1.0,), 1.0))
    if channels == 1 and is_imagenet:  # the means of three channels, as a grey picture has them
        mean, std = (sum(_IMAGENET_MEAN) / 3,), (sum(_IMAGENET_STD) / 3,)
    return Images(
        height=size.height,
        width=size.width,
        input=spec.name if spec else None,
        resize="crop" if is_imagenet else "stretch",
        shorter_side=math.ceil(max(size) / _IMAGENET_SHARE) if is_imagenet and not is_ready else None,
        colour="grey" if channels == 1 else "RGB",
        layout=layout,
        scale=scale,
        mean=mean,
        std=std,
        dtype=spec.dtype if spec and spec.dtype in {"float16", "uint8"} else "float32",
    )


def _told(preset: Preset, images: Images, *, is_ready: bool) -> str:
    size = f"{images.height} x {images.width}"
    crop, stretch = f"shorter side to {images.shorter_side}, centre {size}", f"stretched to {size}"
    fitted = size if is_ready else crop if images.resize == "crop" else stretch
    figures = {
        Preset.IMAGENET: "(x / 255 - mean) / std of ImageNet",
        Preset.INCEPTION: "(x - 127.5) / 127.5",
        Preset.UNIT: "x / 255",
    }.get(preset, "0 to 255 as they are")
    return f"{fitted}, {images.colour}, {images.layout}, {figures}"
