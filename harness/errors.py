"""What can go wrong in the harness, as one family.

Every message says what happened, to what, and what to do next. Errors of other
libraries are translated into these at the border, with `raise … from`.
"""


class HarnessError(Exception):
    """The base of everything this package raises on purpose."""


class UsageError(HarnessError):
    """A request that cannot be meant: an unknown variant, an option out of range."""


class WorkloadError(HarnessError):
    """A workload, model or data file that cannot be used as it is."""


class UnavailableError(HarnessError):
    """A runtime, device or recipe that is not here, with the reason."""


class QuantizeError(HarnessError):
    """A recipe that could not be carried out on a model."""


class NothingToQuantizeError(QuantizeError):
    """A model none of whose operators a recipe can quantise."""


class MeasurementError(HarnessError):
    """Numbers that cannot be had, or that make no sense."""


class GpuLostError(MeasurementError):
    """A GPU that does not answer any more: nothing that was asked of it since can be trusted."""


class GpuMemoryError(HarnessError):
    """What does not fit into a GPU's memory."""


class WorkerError(HarnessError):
    """A measuring process that died, hung, or spoke out of turn."""


class HostBusyError(HarnessError):
    """Another run holds this host: two runs at once would measure each other."""


class ArtifactError(HarnessError):
    """A cached artifact that is missing, damaged or not what its name says."""
