"""From what a user calls a workload to the description that is meant."""

from pathlib import Path

from harness.errors import WorkloadError
from harness.workloads.catalogue import built_ins
from harness.workloads.description import DESCRIPTION_FILE
from harness.workloads.files import is_file
from harness.workloads.places import workload_cache
from harness.workloads.strictness import nearest, shown


def find_description(reference: str) -> Path:
    """The description that a name or a path leads to. Names of built-in workloads come before all else.

    Raises:
        WorkloadError: there is none, or it is that of a built-in workload that is not prepared yet.
    """
    built_in = next((one for one in built_ins() if one.name == reference), None)
    if built_in is not None:
        if (damage := built_in.damage) is not None:
            raise WorkloadError(
                f"workload {reference} is damaged ({damage}): run `planner workloads prepare {reference} --refresh`"
            )
        if not built_in.is_ready:
            raise WorkloadError(
                f"workload {reference} is not prepared yet: run `planner workloads prepare {reference}`"
            )
        return built_in.folder / DESCRIPTION_FILE
    brought = workload_cache() / reference / DESCRIPTION_FILE
    if reference and "/" not in reference and not reference.startswith(".") and is_file(brought):
        return brought
    path = Path(reference)
    file = path if path.suffix == ".toml" else path / DESCRIPTION_FILE
    if not is_file(file):
        names = [one.name for one in built_ins()]
        raise WorkloadError(
            f"no workload {shown(reference)}{nearest(reference, names)}: give a built-in name ({', '.join(names)}), "
            f"a folder with a {DESCRIPTION_FILE}, or such a file; see `planner workloads list`",
        )
    return file
