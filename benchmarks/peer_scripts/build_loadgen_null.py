"""Builds LoadGen's C++ library with a system that answers at once, from LoadGen's own source package.

Run by the Python of the peers' environment; leaves `loadgen-null` beside that Python.
"""

import subprocess
import sys
import tarfile
import tempfile
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Fetch the source package of the installed version, compile, install."""
    version = metadata.version("mlcommons-loadgen")
    with tempfile.TemporaryDirectory() as folder:
        fetch = ["pip", "download", "--quiet", "--no-deps", "--no-binary", "mlcommons-loadgen", "--dest", folder]
        subprocess.run([sys.executable, "-m", *fetch, f"mlcommons-loadgen=={version}"], check=True)
        (package,) = Path(folder).glob("*.tar.gz")
        with tarfile.open(package) as archive:
            archive.extractall(folder, filter="data")
        source = Path(folder) / package.name.removesuffix(".tar.gz")
        files = [*source.glob("*.cc"), *source.glob("generated/*.cc"), HERE / "loadgen_null.cc"]
        target = Path(sys.executable).parent / "loadgen-null"
        flags = ["-O2", "-std=c++14", "-pthread", f"-I{source}"]
        subprocess.run(["g++", *flags, *map(str, files), "-o", str(target)], check=True)  # noqa: S607 - the compiler on the path
    return 0


if __name__ == "__main__":
    sys.exit(main())
