"""The closed set of claim kinds: the figures that each may hold, with their units, for reading and for the template."""

from dataclasses import dataclass, replace
from enum import StrEnum

from pricing.units import Dimension


class Kind(StrEnum):
    """What a claim is about."""

    DEVICE_FACTS = "device-facts"
    ANNUAL_COST = "annual-cost"
    THROUGHPUT = "throughput"
    QUANTISATION = "quantisation"
    LATENCY = "latency"
    QUALITY = "quality"
    FLEET_SWAP = "fleet-swap"
    SAVING = "saving"
    POWER_SAVING = "power-saving"
    MEMORY_FIT = "memory-fit"


class Word(StrEnum):
    """What a text in a claim names."""

    DEVICE = "device"
    MODEL = "model"
    PRECISION = "precision"
    PER = "per"


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a claim: what it is measured in or names, an example as TOML writes it, and what it means.

    What is not usual stands in the template as a comment: it is for other models, or in place of another key.
    """

    name: str
    what: Dimension | Word
    example: str
    meaning: str
    is_usual: bool = True


@dataclass(frozen=True, slots=True)
class KindForm:
    """A kind of claim: what it is for, the rules that look at it, and its keys."""

    kind: Kind
    meaning: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """The key of that name."""
        return next((one for one in self.fields if one.name == name), None)


_DEVICE = Field("device", Word.DEVICE, '"t4"', "an id or alias (planner targets list); `cpu` or `gpu` names none")
_MODEL = Field("model", Word.MODEL, '"resnet50"', "resnet50, vit-base, vit-large, bert-base, bert-large, llama-2-7b, …")
_BATCH = Field("batch", Dimension.COUNT, "32", "samples that go through together")
_SEQUENCE = Field("sequence", Dimension.COUNT, "384", "tokens of a sample, of models that read text", is_usual=False)
_BEFORE = Field("precision_before", Word.PRECISION, '"fp32"', "fp32, tf32, bf16, fp16, fp8, int8, int4")
_AFTER = Field("precision_after", Word.PRECISION, '"int8"', "likewise")
_SPEED_UP = Field("speed_up", Dimension.COUNT, "6.67", "as it is told")
_SAVING = Field("saving", Dimension.HOURLY, '"900000 USD/year"', "an amount a year or a month")
FORMS = {
    form.kind: form
    for form in (
        KindForm(Kind.DEVICE_FACTS, "what a device draws and costs (R6 R8 R13)", (
            _DEVICE,
            Field("power", Dimension.POWER, '"70 W"', "of one board"),
            Field("idle_power", Dimension.POWER, '"10 W"', "what it draws idle, where known", is_usual=False),
            Field("purchase_price", Dimension.MONEY, '"2500 USD"', "of one"),
            Field("rent", Dimension.HOURLY, '"0.526 USD/h"', "of one"),
            Field("rent_per_year", Dimension.HOURLY, '"4600 USD/year"', "what the same is told to come to in a year"),
        )),
        KindForm(Kind.ANNUAL_COST, "what a device costs to rent (R13)", (
            _DEVICE,
            Field("cost", Dimension.HOURLY, '"4600 USD/year"', "of one device or instance"),
            Field("per", Word.PER, '"gpu"', "gpu (default) or instance"),
            Field("gpus", Dimension.COUNT, "4", "in the instance", is_usual=False),
        )),
        KindForm(Kind.THROUGHPUT, "how fast one configuration runs, and its size (R1 R2 R3 R4 R5 R8 R11 R17)", (
            _MODEL, _DEVICE, _BATCH, _SEQUENCE,
            Field("precision", Word.PRECISION, '"int8"', "what it runs in"),
            Field("latency", Dimension.TIME, '"6 ms"', "of the whole batch"),
            Field("rate", Dimension.RATE, '"5300 images/s"', "in place of a latency", is_usual=False),
            Field("size", Dimension.SIZE, '"25.6 MB"', "of the model"),
            Field("moved", Dimension.SIZE, '"120 MB"', "bytes that a batch moves, where known", is_usual=False),
            Field("latency_before", Dimension.TIME, '"40 ms"', "of the baseline that a speed-up refers to"),
            _BEFORE, _SPEED_UP,
        )),
        KindForm(Kind.QUANTISATION, "one model before and after, on one device (R1 R3 R4 R5 R8 R11 R17)", (
            _MODEL, _DEVICE, _BATCH, _SEQUENCE, _BEFORE, _AFTER,
            Field("latency_before", Dimension.TIME, '"40 ms"', "of the whole batch"),
            Field("latency_after", Dimension.TIME, '"6 ms"', "likewise"),
            Field("size_before", Dimension.SIZE, '"102.2 MB"', "of the model"),
            Field("size_after", Dimension.SIZE, '"25.6 MB"', "likewise"),
            _SPEED_UP,
        )),
        KindForm(Kind.LATENCY, "quantiles and load of a service (R16)", (
            Field("p50", Dimension.TIME, '"12 ms"', "half of the requests are answered within it"),
            Field("p99", Dimension.TIME, '"40 ms"', "99 of 100 are"),
            Field("mean", Dimension.TIME, '"14 ms"', "the mean, for Little's law"),
            Field("concurrency", Dimension.COUNT, "16", "requests in flight"),
            Field("rate", Dimension.RATE, '"1140 requests/s"', "answered at the same time"),
        )),
        KindForm(Kind.QUALITY, "accuracy before and after (R18)", (
            Field("accuracy_before", Dimension.SHARE, '"76.1 %"', "share right"),
            Field("accuracy_after", Dimension.SHARE, '"75.9 %"', "likewise"),
            Field("samples", Dimension.COUNT, "50000", "in the test set"),
            Field("changed", Dimension.SHARE, '"2 %"', "share on which exactly one is right, where known"),
        )),
        KindForm(Kind.FLEET_SWAP, "devices in place of others (R8 R10 R13 R19)", (
            Field("from_device", Word.DEVICE, '"a100-sxm4-40"', "rented now"),
            Field("from_count", Dimension.COUNT, "100", "how many"),
            Field("from_price", Dimension.HOURLY, '"5 USD/h"', "of one"),
            Field("to_device", Word.DEVICE, '"t4"', "in their place"),
            Field("to_count", Dimension.COUNT, "621", "how many"),
            Field("to_price", Dimension.HOURLY, '"0.526 USD/h"', "of one"),
            Field("throughput_ratio", Dimension.COUNT, "6.21", "of one now over one then, where the claim tells it"),
            _MODEL, replace(_BEFORE, example='"int8"'), _AFTER, replace(_SAVING, example='"1520000 USD/year"'),
        )),
        KindForm(Kind.SAVING, "a saving against what was spent (R7 R8 R17)", (
            Field("cost_before", Dimension.HOURLY, '"100000 USD/month"', "of the whole"),
            Field("cost_after", Dimension.HOURLY, '"25000 USD/month"', "likewise"),
            Field("count_before", Dimension.COUNT, "100", "in place of costs: devices now", is_usual=False),
            Field("count_after", Dimension.COUNT, "25", "devices then", is_usual=False),
            Field("price", Dimension.HOURLY, '"3 USD/h"', "of one device", is_usual=False),
            Field("load_factor", Dimension.COUNT, "4", "how many times the load is carried then", is_usual=False),
            _DEVICE, _BEFORE, _AFTER, _SAVING,
        )),
        KindForm(Kind.POWER_SAVING, "a saving of power (R7 R9)", (
            replace(_DEVICE, example='"a100-sxm4-40"'),
            Field("power", Dimension.POWER, '"400 W"', "of one, if not the data sheet's", is_usual=False),
            Field("count", Dimension.COUNT, "1", "devices; without it and without a fleet's cost: one"),
            Field("fleet_cost", Dimension.HOURLY, '"100000 USD/month"', "in place of a count", is_usual=False),
            Field("rent", Dimension.HOURLY, '"3 USD/h"', "of one: it holds the power", is_usual=False),
            Field("share", Dimension.SHARE, '"40 %"', "the part of the power that is saved, at most"),
            Field("pue", Dimension.COUNT, "1.56", "default 1.56: industry average, Uptime 2024"),
            Field("energy_price", Dimension.ENERGY_PRICE, '"0.12 USD/kWh"', "default 0.12: US commercial is 0.07–0.17"),
            replace(_SAVING, example='"260 USD/year"'),
        )),
        KindForm(Kind.MEMORY_FIT, "a language model on a card (R5 R12)", (
            replace(_MODEL, example='"llama-2-13b"'), replace(_BEFORE, example='"fp16"'), _AFTER,
            Field("size_before", Dimension.SIZE, '"26 GB"', "of the weights"),
            Field("size_after", Dimension.SIZE, '"13 GB"', "likewise"),
            Field("memory_before", Dimension.SIZE, '"40 GB"', "of the card now"),
            Field("memory_after", Dimension.SIZE, '"24 GB"', "of the card that is said to do"),
            Field("kv_precision", Word.PRECISION, '"fp16"', "of keys and values (default: fp16)"),
            Field("tokens", Dimension.COUNT, "4096", "of all requests in flight (default: one of the longest)"),
            Field("try_also", Word.DEVICE, '"t4"', "another device whose memory is looked at beside it"),
        )),
    )
}  # fmt: skip
