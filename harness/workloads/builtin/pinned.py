"""Finds what built-in workloads are made of, and refuses anything that is not the pinned thing.

Python packages are located through their metadata and never imported, so that none of their code runs.
Debian packages are downloaded and unpacked into the cache, never installed.
"""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.errors import WorkloadError
from harness.workloads.places import cache_root, workload_cache

_INSTALLS = {
    "torch": "pip install 'torch==2.13.0' (where that brings CUDA, add --index-url https://download.pytorch.org/whl/cpu)",
    "transformers": "pip install 'transformers>=5.23,<6'",
    "onnx": "pip install 'onnx>=1.23,<1.24'",
    "tokenizers": "pip install 'tokenizers>=0.22'",
}
_VERSIONS = {"torch": "2.13", "transformers": "5"}
_DOWNLOAD_LIMIT_S = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class DebianPackage:
    """A Debian package for all architectures, by version and SHA-256 of the .deb file."""

    name: str
    version: str
    sha256: str

    @property
    def file_name(self) -> str:
        """As apt-get names what it downloads."""
        return f"{self.name}_{self.version.replace(':', '%3a')}_all.deb"

    @property
    def text(self) -> str:
        """For people."""
        return f"Debian {self.name} {self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonPackage:
    """A package from PyPI, with the SHA-256 of the files that are used, by path inside the package."""

    name: str
    version: str
    files: Mapping[str, str]

    @property
    def text(self) -> str:
        """For people."""
        return f"PyPI {self.name} {self.version}"


def require_modules(*names: str) -> None:
    """Refuse to begin without the Python packages that the work needs; nothing is imported.

    Raises:
        WorkloadError: one is missing or of another version, with the command that installs it, and what to do where
            that cannot be.
    """
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    others = [told for name in names if name not in missing and (told := _other_version(name)) is not None]
    if missing:
        commands = "; ".join(_INSTALLS[name] for name in missing)
        raise WorkloadError(
            f"preparing needs {' and '.join(missing)}, which this Python lacks: {commands}. {elsewhere()}"
        )
    if others:
        commands = "; ".join(_INSTALLS[told.split(" ", 1)[0]] for told in others)
        raise WorkloadError(
            f"preparing needs {'; '.join(others)}: another version may give another model: {commands}. {elsewhere()}"
        )


def _other_version(name: str) -> str | None:
    """What is here instead of the version that makes the pinned workload."""
    wanted = _VERSIONS.get(name)
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:  # a module that was put there by hand
        return None
    return f"{name} {wanted}, here is {found}" if wanted and not f"{found}.".startswith(f"{wanted}.") else None


def elsewhere() -> str:
    """What to do where a package cannot be had."""
    return (
        "Where it cannot be had, prepare the workload on another machine and copy its folder into "
        f"{workload_cache()}: running it needs none of this"
    )


def installed_file(package: PythonPackage, path: str) -> Path:
    """A file of an installed Python package.

    Raises:
        WorkloadError: the package is not installed, or its file is not the pinned one.
    """
    install = f"pip install --no-deps {package.name}=={package.version}"
    try:
        files = importlib.metadata.files(package.name) or []
    except importlib.metadata.PackageNotFoundError as error:
        raise WorkloadError(f"{package.name} is not installed: {install}. {elsewhere()}") from error
    found = [Path(str(file.locate())) for file in files if file.as_posix() == path]
    if not found:
        raise WorkloadError(f"the installed {package.name} has no {path}: {install}")
    require_sha256(found[0], package.files[path])
    return found[0]


def unpacked(package: DebianPackage, *, cache: Path | None = None) -> Path:
    """The root that a Debian package is unpacked into; downloaded first where it is not in the cache.

    Args:
        package: which.
        cache: the folder that keeps downloads; planner's own by default.

    Raises:
        WorkloadError: it can be neither found nor downloaded, or is not the pinned one.
    """
    folder = cache or cache_root() / "sources"
    root = _root_of(package, folder)
    if root.is_dir():
        return root
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".unfinished-") as name:
        temporary = Path(name)
        archive = folder / package.file_name  # somebody may have put it there
        if not archive.is_file():
            _run(["apt-get", "download", f"{package.name}={package.version}"], temporary, package, folder)
            archive = temporary / package.file_name
        require_sha256(archive, package.sha256)
        _run(["dpkg-deb", "-x", str(archive), "root"], temporary, package, folder)
        with contextlib.suppress(OSError):  # another process was first, with the same content
            (temporary / "root").rename(root)
    return root


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def require_sha256(path: Path, expected: str) -> None:
    """Refuse a file that is missing or differs from its pin.

    Raises:
        WorkloadError: it is missing, or its SHA-256 is not `expected`.
    """
    if not path.is_file():
        raise WorkloadError(f"{path} is missing")
    found = sha256_of(path)
    if found != expected:
        raise WorkloadError(f"{path} has SHA-256 {found}, expected {expected}: remove it and fetch the pinned version")


def _run(command: list[str], workplace: Path, package: DebianPackage, folder: Path) -> None:
    if shutil.which(command[0]) is None:
        raise WorkloadError(f"{command[0]} is not on this system. {_by_hand(package, folder)}. {elsewhere()}")
    by_hand = f"Try `apt-get update`, or: {_by_hand(package, folder)}. {elsewhere()}"
    said = f"`{' '.join(command)}`"
    try:
        result = subprocess.run(
            command, cwd=workplace, capture_output=True, text=True, check=False, timeout=_DOWNLOAD_LIMIT_S
        )
    except subprocess.TimeoutExpired as error:
        raise WorkloadError(f"{said} was not done within {_DOWNLOAD_LIMIT_S} s. {by_hand}") from error
    if result.returncode != 0:
        last = (result.stderr.strip().splitlines() or ["no message"])[-1]
        raise WorkloadError(f"{said} failed: {last}. {by_hand}")


def _by_hand(package: DebianPackage, folder: Path) -> str:
    archive = (
        f"{package.file_name} (SHA-256 {package.sha256}; every version is kept at "
        f"https://snapshot.debian.org/binary/{package.name}/)"
    )
    if shutil.which("dpkg-deb") is not None:
        return f"Put {archive} into {folder}"
    root = _root_of(package, folder)
    return (
        f"Where dpkg-deb is, unpack {archive} with `dpkg-deb -x {package.file_name} {root.name}`, and put it at {root}"
    )


def _root_of(package: DebianPackage, folder: Path) -> Path:
    return folder / f"{package.name}-{package.sha256[:12]}"
