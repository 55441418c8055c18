"""Takes archives apart and builds them again, honest or not, for tests."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def entries_of(path: Path) -> dict[str, bytes]:
    """The files in an archive, by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def build_archive(path: Path, runs: Mapping[str, bytes], **manifest_fields: object) -> Path:
    """An archive of documents by run, with a manifest that fits unless its fields are replaced."""
    entries = {f"runs/{run_id}.json": data for run_id, data in runs.items()}
    return build_zip(path, {**entries, "manifest.json": manifest_for(entries, **manifest_fields)})


def manifest_for(entries: Mapping[str, bytes], **fields: object) -> bytes:
    """The manifest of these entries."""
    files = [
        {"name": name, "sha256": hashlib.sha256(data).hexdigest(), "size_bytes": len(data)}
        for name, data in entries.items()
    ]
    return json.dumps({"format_version": 1, "planner_version": "0.1.0", "files": files} | fields).encode()


def build_zip(path: Path, entries: Mapping[str, bytes]) -> Path:
    """A zip file of these entries."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def edited(data: bytes, change: Callable[[Any], object]) -> bytes:
    """A document after `change` was let loose on its JSON."""
    document = json.loads(data)
    change(document)
    return json.dumps(document).encode()
