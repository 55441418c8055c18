"""What the fields of a description may hold: words, lengths and ranges, as types that a reader checks."""

from typing import Annotated

from msgspec import Meta

from harness.vocabulary import Method

MOST_MODEL_BYTES = 2**31 - 1  # what protobuf can hold; larger weights lie in files beside the model
MOST_TOKENIZER_BYTES = 2**28  # the largest vocabularies in use take 35 MB
MOST_CLASSES = 2**15 - 1  # labels and predictions are kept in 16 bits with a sign
MOST_SAMPLE_VALUES = 2**28  # of one random sample: 1 GiB of float32
MOST_SIDE = 8192  # three channels of float32 are then 0.8 GB for one picture


def _one_of(*words: str) -> Meta:
    return Meta(extra={"words": words})


Name = Annotated[str, Meta(min_length=1, max_length=200)]
Label = Annotated[str, Meta(min_length=1, max_length=100)]
PathText = Annotated[str, Meta(min_length=1)]
Prose = Annotated[str, Meta(extra={"lines": True})]
Share = Annotated[float, Meta(ge=0, le=1, extra={"hint": "0.9 is 90 %"})]
Side = Annotated[int, Meta(ge=1, le=MOST_SIDE)]
Seed = Annotated[int, Meta(ge=0, le=2**32 - 1)]
Whole = Annotated[int, Meta(ge=-(2**31), le=2**31)]
Figure = Annotated[float, Meta(ge=-1e6, le=1e6)]
Divisor = Annotated[float, Meta(gt=0, le=1e6)]
Sha256 = Annotated[
    str, Meta(extra={"pattern": "[0-9a-f]{64}", "means": "what `sha256sum` prints (64 digits 0-9 and a-f)"})
]
Maker = Annotated[str, Meta(extra={"pattern": r"[\w.]+:\w+", "means": "package.module:function"})]
Task = Annotated[str, _one_of("classification", "none")]
Metric = Annotated[str, _one_of("top-1", "top-5")]
Resize = Annotated[str, _one_of("stretch", "crop", "pad")]
Colour = Annotated[str, _one_of("RGB", "BGR", "grey")]
Layout = Annotated[str, _one_of("NCHW", "NHWC")]
ImageType = Annotated[str, _one_of("float32", "float16", "uint8")]
Padding = Annotated[str, _one_of("longest", "max-length")]
TextType = Annotated[str, _one_of("int64", "int32")]
RandomType = Annotated[
    str,
    _one_of(
        "float32",
        "float16",
        "float64",
        "int64",
        "int32",
        "int16",
        "int8",
        "uint64",
        "uint32",
        "uint16",
        "uint8",
        "bool",
    ),
]
MadeElsewhere = Annotated[
    str, _one_of(*(str(one) for one in Method if one.is_int8 or one in {Method.BF16, Method.FP16}))
]
"""How a model was made that somebody else made: the variants that a candidate can be judged as."""
