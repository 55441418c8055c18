"""Which GPUs a process may see, and in which order: `CUDA_VISIBLE_DEVICES` as CUDA reads it. Pure.

`gpu:N` is the N-th GPU of that order, as `cuda:N` is in the same shell. It is told by UUID, because NVML counts all
cards by bus and CUDA counts the visible ones by a rule of its own.

Sources: CUDA Programming Guide, "CUDA Environment Variables" (numbers, UUIDs and beginnings of them, MIG names; what
follows an invalid entry is invisible); MIG User Guide (of several instances CUDA takes the first). What the guides
leave open (repetitions, spaces, digits followed by letters) as PyTorch's torch.cuda found CUDA to do.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_NUMBER = re.compile(r"[+-]?\d+")
_OLD_MIG = re.compile(r"MIG-(GPU-[^/]+)/(\d+)/(\d+)")
_MOST_DIGITS = 9
_MIXED = (
    "CUDA_VISIBLE_DEVICES names GPUs by number, and they differ: CUDA may count the fastest first, here they are "
    "counted as nvidia-smi does; set CUDA_DEVICE_ORDER=PCI_BUS_ID, or name UUIDs"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MigInstance:
    """A part of a card that computes on its own."""

    uuid: str
    name: str
    memory_bytes: int | None = None
    gpu_instance: int | None = None
    compute_instance: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGpu:
    """A card as NVML lists it. `instances` is None where MIG is off or unknown to the card."""

    uuid: str
    name: str
    instances: tuple[MigInstance, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleGpu:
    """What a process sees as one GPU: a card by its position in NVML's list, or an instance of it."""

    nvml_index: int
    uuid: str
    instance: MigInstance | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleGpus:
    """What is visible, in order. `reason` says why a card is not, or in which way the order is uncertain."""

    gpus: tuple[VisibleGpu, ...]
    reason: str | None = None


def visible_gpus(known: Sequence[KnownGpu], *, named: str | None = None, order: str | None = None) -> VisibleGpus:
    """The GPUs that a process with these settings may see.

    Args:
        known: every card, in the order of NVML, which is that of the bus.
        named: the value of `CUDA_VISIBLE_DEVICES`; None where it is not set.
        order: the value of `CUDA_DEVICE_ORDER`.
    """
    whole = [_as_cuda_sees_it(index, gpu) for index, gpu in enumerate(known)]
    if named is None:
        return VisibleGpus(gpus=tuple(one for one in whole if one), reason=_undivided(known))
    if not named.strip():
        return VisibleGpus(gpus=(), reason="CUDA_VISIBLE_DEVICES is set and empty, which hides every GPU: unset it")
    if named.lstrip().startswith(("GPU-", "MIG-")):
        return _named(named, list(_by_uuid(named, known, whole)))
    chosen = _named(named, list(_by_number(named, whole)))
    is_mixed = len({gpu.name for gpu in known}) > 1 and order != "PCI_BUS_ID"
    return VisibleGpus(gpus=chosen.gpus, reason=_MIXED) if is_mixed and chosen.gpus else chosen


def _named(named: str, chosen: list[VisibleGpu | None]) -> VisibleGpus:
    """What the list comes to: up to its first invalid entry, and nothing where it repeats itself."""
    end = chosen.index(None) if None in chosen else len(chosen)
    gpus = tuple(one for one in chosen[:end] if one)
    entries = [entry.strip() for entry in named.split(",")]
    if len({one.uuid for one in gpus}) < len(gpus):
        return VisibleGpus(
            gpus=(), reason="CUDA_VISIBLE_DEVICES names a GPU twice, which hides every GPU: name it once"
        )
    if end == len(entries):
        return VisibleGpus(gpus=gpus)
    reason = f"CUDA_VISIBLE_DEVICES: {_shown(entries[end])!r} is no GPU here, which hides it and what follows it"
    return VisibleGpus(gpus=gpus, reason=reason)


def _by_number(named: str, whole: Sequence[VisibleGpu | None]) -> Iterator[VisibleGpu | None]:
    for entry in named.split(","):
        match = _NUMBER.match(entry.strip())
        number = int(match[0]) if match and len(match[0]) <= _MOST_DIGITS else -1
        yield whole[number] if 0 <= number < len(whole) else None


def _by_uuid(named: str, known: Sequence[KnownGpu], whole: Sequence[VisibleGpu | None]) -> Iterator[VisibleGpu | None]:
    """Entries of the same kind as the first; of any other kind they end the list."""
    kind = named.lstrip()[:4]
    instances = [
        VisibleGpu(nvml_index=index, uuid=instance.uuid, instance=instance)
        for index, gpu in enumerate(known)
        for instance in gpu.instances or ()
    ]
    for entry in (one.strip() for one in named.split(",")):
        if not entry.startswith(kind):
            yield None
        elif kind == "GPU-":
            yield _only([seen for gpu, seen in zip(known, whole, strict=True) if gpu.uuid.startswith(entry)])
        elif match := _OLD_MIG.fullmatch(entry):
            yield _only([one for one in instances if _is_old_name(match, one, known)])
        else:
            yield _only([one for one in instances if one.uuid.startswith(entry)])


def _is_old_name(match: re.Match[str], one: VisibleGpu, known: Sequence[KnownGpu]) -> bool:
    instance = one.instance
    is_numbered = (
        instance is not None and match[2] == str(instance.gpu_instance) and match[3] == str(instance.compute_instance)
    )
    return is_numbered and known[one.nvml_index].uuid.startswith(match[1])


def _only(matches: Sequence[VisibleGpu | None]) -> VisibleGpu | None:
    """The one that is meant; a beginning that two share means none."""
    return matches[0] if len(matches) == 1 else None


def _as_cuda_sees_it(index: int, gpu: KnownGpu) -> VisibleGpu | None:
    """A divided card is its first instance, and nothing while it has none."""
    if gpu.instances is None:
        return VisibleGpu(nvml_index=index, uuid=gpu.uuid)
    if not gpu.instances:
        return None
    return VisibleGpu(nvml_index=index, uuid=gpu.instances[0].uuid, instance=gpu.instances[0])


def _undivided(known: Sequence[KnownGpu]) -> str | None:
    empty = [str(index) for index, gpu in enumerate(known) if gpu.instances == ()]
    return (
        f"MIG is on, but no instance is made on GPU {', '.join(empty)}: `sudo nvidia-smi mig -cgi`" if empty else None
    )


def _shown(entry: str) -> str:
    return entry if len(entry) <= 60 else f"{entry[:59]}…"  # noqa: PLR2004 - longer than any UUID
