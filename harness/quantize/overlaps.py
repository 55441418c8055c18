"""Whether calibration samples are held out for something else, however the two are stored.

What cannot be compared, or takes longer than a run allows, is told as not checked.
"""

from harness.accuracy.calibration import AUDIT, OVERLAP, check_overlap, not_checked
from harness.vocabulary import CalibrationFinding, Severity
from harness.workloads.data.arrays import ArrayReader
from harness.workloads.data.image_reader import ImageReader
from harness.workloads.data.split import SampleReader, Split

_MOST_DECODED = 2**27
"""Bytes of encoded pictures that a run decodes to compare them: about 10 s on one core, once, for it is remembered."""


def find_overlap(drawn: Split, held_out: Split, *, purpose: str, is_brief: bool) -> CalibrationFinding:
    """Are samples among those held out for `purpose`?

    Args:
        drawn: calibration samples.
        held_out: what they must not be among.
        purpose: `test` or `search`.
        is_brief: compare many pictures by their files alone.

    Raises:
        WorkloadError: a sample cannot be read.
    """
    ours, theirs = _on_common_ground(drawn.reader, held_out.reader)
    if ours.form != theirs.form:
        reason = f"the calibration data hold {ours.form}, the {purpose} data {theirs.form}: give both in the same form"
        return not_checked(OVERLAP, reason)
    if is_brief and isinstance(theirs, ImageReader) and theirs.stored_bytes(held_out.positions) > _MOST_DECODED:
        return _by_files(drawn, ours, held_out, theirs, purpose=purpose)
    return check_overlap(
        ours.sample_digests(drawn.positions), theirs.sample_digests(held_out.positions), purpose=purpose
    )


def _on_common_ground(ours: SampleReader, theirs: SampleReader) -> tuple[SampleReader, SampleReader]:
    """Both without the arrays that only one of them has: the model reads those that both have."""
    if not isinstance(ours, ArrayReader) or not isinstance(theirs, ArrayReader) or ours.form == theirs.form:
        return ours, theirs
    common = ours.arrays.keys() & theirs.arrays.keys()
    return (ours.only(common), theirs.only(common)) if common else (ours, theirs)


def _by_files(
    drawn: Split, ours: SampleReader, held_out: Split, theirs: ImageReader, *, purpose: str
) -> CalibrationFinding:
    told = f"the {held_out.samples:,} pictures of the {purpose} data take long to decode"
    if not isinstance(ours, ImageReader):
        return not_checked(OVERLAP, f"{told}; {AUDIT}")
    found = check_overlap(ours.file_digests(drawn.positions), theirs.file_digests(held_out.positions), purpose=purpose)
    if found.severity is not Severity.INFO:
        return found
    return not_checked(OVERLAP, f"{told}, so that their files alone were compared, of which none is the same; {AUDIT}")
