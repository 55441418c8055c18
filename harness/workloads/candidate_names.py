"""What models made elsewhere are called: by their files, and by their folders where that is not enough.

Recipes leave files of one name in folders of several, so that file names alone would refuse what belongs together.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath


def candidate_names(files: Sequence[str], variants: Sequence[str]) -> tuple[str, ...]:
    """A name for each file, of which `int8-qat:file=NAME` makes a variant.

    It is the file's own, or `FOLDER-NAME` where two of one variant would be called alike.
    """
    paths = [PurePosixPath(file) for file in files]
    counts = Counter((path.name, variant) for path, variant in zip(paths, variants, strict=True))
    return tuple(
        _with_folder(path) if counts[path.name, variant] > 1 else path.name
        for path, variant in zip(paths, variants, strict=True)
    )


def _with_folder(path: PurePosixPath) -> str:
    return f"{path.parent.name}-{path.name}" if path.parent.name else path.name
