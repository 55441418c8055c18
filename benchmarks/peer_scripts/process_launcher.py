"""What optimum-benchmark's process launcher costs the machine while its child works: the parent's own CPU time.

Argument: seconds. The child sleeps, so that all CPU time of the parent is the launcher's.
"""

import json
import os
import sys
import time
from importlib import metadata


class Report:
    """What a worker hands back."""

    def to_dict(self):
        """No figures."""
        return {}


def work(seconds):
    """The child's part."""
    time.sleep(seconds)
    return Report()


def main():
    """Launch one child and read the clocks of this process before and after."""
    from optimum_benchmark import BenchmarkReport, ProcessConfig
    from optimum_benchmark.launchers.process.launcher import ProcessLauncher

    BenchmarkReport.from_dict = staticmethod(lambda _: None)
    seconds = json.loads(sys.argv[1])["seconds"]
    launcher = ProcessLauncher(ProcessConfig(start_method="fork"))
    before, began = os.times(), time.monotonic()
    launcher.launch(worker=work, worker_args=[seconds])
    after, wall_s = os.times(), time.monotonic() - began
    cpu_s = after.user + after.system - before.user - before.system
    versions = {"optimum-benchmark": metadata.version("optimum-benchmark")}
    print(json.dumps({"cpu_s": cpu_s, "wall_s": wall_s, "versions": versions}), flush=True)


if __name__ == "__main__":
    main()
