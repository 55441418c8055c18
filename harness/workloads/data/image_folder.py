"""Which pictures lie in a folder: one sub-folder a class, or pictures without classes.

Counts as a picture what is named like one. Hidden files and what lies beside pictures everywhere
(`Thumbs.db`, texts, tables) are skipped; any other file is refused rather than silently left out. Links may
lead to files inside the folder, never outside.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.errors import WorkloadError
from harness.workloads.data.telling import shown_path

_PICTURES = frozenset(
    {".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".webp", ".tif", ".tiff", ".gif", ".avif"}
    | {".ppm", ".pgm", ".pbm", ".pnm"}
)
_COMPANIONS = frozenset(
    {".txt", ".md", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".html", ".yaml", ".yml", ".toml", ".ini", ".db"}
    | {".log", ".sha256", ".md5"}
)
_COMPANION_NAMES = frozenset({"license", "licence", "readme", "copying", "notice", "md5sums", "sha256sums"})
_NOT_CLASSES = frozenset({"__MACOSX", "@eaDir", "lost+found"})
_DEEPEST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFolder:
    """Pictures below `root`, sorted by their paths `names` [N]; `words` [N] are their class folders, or `None`."""

    root: Path
    names: tuple[str, ...]
    words: tuple[str, ...] | None


def list_images(root: Path) -> ImageFolder:
    """Find the pictures in a folder. Decodes none.

    Raises:
        WorkloadError: there are none, or something that should not be there.
    """
    root = root.resolve()
    names = tuple(sorted(_walk(root, root, depth=0)))
    if not names:
        raise WorkloadError(
            f"{shown_path(root)} holds no images: give PNG, JPEG, WebP, BMP or TIFF, a sub-folder a class"
        )
    nested = [name for name in names if "/" in name]
    if not nested:
        return ImageFolder(root=root, names=names, words=None)
    if len(nested) < len(names):
        stray = next(name for name in names if "/" not in name)
        raise WorkloadError(
            f"{shown_path(root)} holds both sub-folders and images beside them, such as {stray!r}: put every image "
            "into the sub-folder of its class"
        )
    words = tuple(name.split("/", 1)[0] for name in names)
    _check_folders(root, set(words))
    return ImageFolder(root=root, names=names, words=words)


def _check_folders(root: Path, words: set[str]) -> None:
    for entry in _entries(root):
        if not entry.is_dir() or _is_skipped(entry.name):
            continue
        if entry.name not in words:
            raise WorkloadError(
                f"{shown_path(root)}: class {entry.name!r} has no images: add some, or remove the folder"
            )


def _walk(root: Path, folder: Path, *, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise WorkloadError(
            f"{shown_path(folder)} lies deeper than {_DEEPEST} folders below {shown_path(root)}: flatten it"
        )
    for entry in _entries(folder):
        path = Path(entry.path)
        if _is_skipped(entry.name):
            continue
        _check_name(path)
        if entry.is_symlink():
            _check_link(root, path)
        if entry.is_dir():
            yield from _walk(root, path, depth=depth + 1)
        elif path.suffix.lower() in _PICTURES and entry.is_file():
            yield path.relative_to(root).as_posix()
        elif not _is_companion(path) or not entry.is_file():
            raise WorkloadError(
                f"{shown_path(path)} is neither an image by its name (.png, .jpg, .webp, .bmp, .tif …) nor a text "
                "beside them: rename, convert or remove it"
            )


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        raise WorkloadError(f"{shown_path(folder)} cannot be read: {error.strerror or error}") from error


def _is_skipped(name: str) -> bool:
    return name.startswith(".") or name in _NOT_CLASSES


def _is_companion(path: Path) -> bool:
    return path.suffix.lower() in _COMPANIONS or path.name.lower() in _COMPANION_NAMES


def _check_name(path: Path) -> None:
    if not path.name.isprintable():  # also bytes that are no UTF-8, which no report could show
        raise WorkloadError(f"{shown_path(path)!r}: its name has control characters or is no UTF-8: rename it")


def _check_link(root: Path, path: Path) -> None:
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise WorkloadError(f"{shown_path(path)} is a link that leads nowhere: remove it") from error
    if not target.is_relative_to(root):
        raise WorkloadError(f"{shown_path(path)} is a link that leads out of the data folder: put a copy in its place")
    if target.is_dir():
        raise WorkloadError(f"{shown_path(path)} is a link to a folder: put the folder itself in its place")
