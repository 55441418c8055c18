"""CPUs as Linux describes them, x86 and ARM, and what control groups leave of them."""

import os
from pathlib import Path

import pytest

from harness.devices import CpuDevice, cpu_from, read_cpu

ZEN4 = """\
processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 17
model name\t: AMD EPYC
stepping\t: 1
cpu MHz\t\t: 2596.136
physical id\t: 0
siblings\t: 2
core id\t\t: 0
cpu cores\t: 2
flags\t\t: fpu sse2 ht fma avx hypervisor avx2 avx512f avx512dq avx512_bf16 avx512vbmi avx512_vnni rdpid
bugs\t\t: spectre_v1 spectre_v2

processor\t: 1
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 17
model name\t: AMD EPYC
flags\t\t: fpu sse2 ht fma avx hypervisor avx2 avx512f avx512dq avx512_bf16 avx512vbmi avx512_vnni rdpid
"""
BROADWELL = """\
processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 79
model name\t: Intel(R) Xeon(R) CPU E5-2686 v4 @ 2.30GHz
flags\t\t: fpu vme sse2 ss ht fma avx f16c rdrand avx2 bmi2 aperfmperf
"""
SAPPHIRE_RAPIDS = """\
processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 143
model name\t: Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz
flags\t\t: avx2 avx512f avx_vnni avx512_bf16 avx512_vnni amx_bf16 amx_tile amx_int8
"""
GRAVITON3 = """\
processor\t: 0
BogoMIPS\t: 2100.00
Features\t: fp asimd aes crc32 atomics asimddp sve i8mm bf16 svebf16
CPU implementer\t: 0x41
CPU architecture: 8
CPU variant\t: 0x1
CPU part\t: 0xd40
CPU revision\t: 1

processor\t: 1
BogoMIPS\t: 2100.00
Features\t: fp asimd aes crc32 atomics asimddp sve i8mm bf16 svebf16
CPU implementer\t: 0x41
CPU architecture: 8
CPU part\t: 0xd40
"""
CORTEX_A72 = """\
processor\t: 0
Features\t: fp asimd evtstrm crc32 cpuid
CPU implementer\t: 0x41
CPU architecture: 8
CPU part\t: 0xd08
"""


def described(cpuinfo: str) -> CpuDevice:
    return cpu_from(cpuinfo, allowed_cpus=(0,), physical_cores=None, quota_cores=None)


def a_machine(root: Path, **files: str) -> Path:
    places = {
        "cpuinfo": "proc/cpuinfo",
        "groups": "proc/self/cgroup",
        "siblings0": "sys/devices/system/cpu/cpu0/topology/thread_siblings_list",
        "siblings1": "sys/devices/system/cpu/cpu1/topology/thread_siblings_list",
        "limit": "sys/fs/cgroup/cpu.max",
        "inner_limit": "sys/fs/cgroup/team/job/cpu.max",
        "outer_limit": "sys/fs/cgroup/team/cpu.max",
        "v1_quota": "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us",
        "v1_period": "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us",
    }
    for name, text in files.items():
        place = root / places[name]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return root


def test_a_zen_4_guest_is_described_with_its_int8_instructions() -> None:
    cpu = described(ZEN4)

    assert (cpu.vendor, cpu.model, cpu.family, cpu.model_number) == ("AuthenticAMD", "AMD EPYC", 25, 17)
    assert cpu.logical_cores == 2
    assert cpu.features == ("avx2", "avx512f", "avx512_vnni", "avx512_bf16")
    assert cpu.int8_dot
    assert cpu.is_virtual


def test_an_intel_cpu_before_vnni_has_no_int8_dot_product() -> None:
    cpu = described(BROADWELL)

    assert cpu.model == "Intel(R) Xeon(R) CPU E5-2686 v4 @ 2.30GHz"
    assert cpu.features == ("avx2",)
    assert not cpu.int8_dot
    assert cpu.is_virtual is False


def test_matrix_extensions_are_named() -> None:
    assert {"amx_tile", "amx_int8", "amx_bf16", "avx_vnni"} <= set(described(SAPPHIRE_RAPIDS).features)


def test_an_arm_server_is_named_from_its_numbers() -> None:
    cpu = described(GRAVITON3)

    assert (cpu.vendor, cpu.model) == ("ARM", "ARM Neoverse-V1")
    assert (cpu.family, cpu.model_number) == (8, 0xD40)
    assert cpu.logical_cores == 2
    assert cpu.features == ("asimddp", "i8mm", "bf16")
    assert cpu.int8_dot
    assert cpu.is_virtual is None


def test_an_arm_cpu_without_dot_product_says_so() -> None:
    assert not described(CORTEX_A72).int8_dot


def test_an_arm_part_that_nobody_named_keeps_its_number() -> None:
    assert described(CORTEX_A72.replace("0x41", "0x99")).model == "0x99 part 0xd08"


def test_a_machine_that_describes_nothing_is_unknown_and_counts_what_is_allowed() -> None:
    cpu = cpu_from("", allowed_cpus=(3, 1), physical_cores=None, quota_cores=None)

    assert (cpu.vendor, cpu.model, cpu.family) == ("unknown", "unknown", None)
    assert cpu.allowed_cpus == (1, 3)
    assert cpu.logical_cores == 2
    assert not cpu.int8_dot


def test_two_threads_of_one_core_are_one_physical_core(tmp_path: Path) -> None:
    root = a_machine(tmp_path, cpuinfo=ZEN4, siblings0="0-1\n", siblings1="0-1\n")

    cpu = read_cpu(root=root, allowed_cpus=(0, 1))

    assert (cpu.physical_cores, cpu.logical_cores) == (1, 2)


@pytest.mark.parametrize(
    ("files", "quota_cores"),
    [
        ({"groups": "0::/\n", "limit": "150000 100000\n"}, 1.5),
        ({"groups": "0::/\n", "limit": "max 100000\n"}, None),
        ({"groups": "0::/team/job\n", "inner_limit": "max 100000\n", "outer_limit": "400000 100000\n"}, 4.0),
        ({"groups": "0::/team/job\n", "inner_limit": "50000 100000\n", "outer_limit": "400000 100000\n"}, 0.5),
        ({"groups": "0::/../other\n", "limit": "200000 100000\n"}, 2.0),
        ({"groups": "4:cpu,cpuacct:/job\n3:cpuset:/\n", "v1_quota": "300000\n", "v1_period": "100000\n"}, 3.0),
        ({"groups": "4:cpu,cpuacct:/job\n", "v1_quota": "-1\n", "v1_period": "100000\n"}, None),
        ({}, None),
    ],
)
def test_the_tightest_control_group_sets_the_quota(
    tmp_path: Path, files: dict[str, str], quota_cores: float | None
) -> None:
    assert read_cpu(root=a_machine(tmp_path, **files), allowed_cpus=(0,)).quota_cores == quota_cores


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="affinity is Linux's")
def test_this_machine_allows_what_the_scheduler_allows() -> None:
    cpu = read_cpu()

    assert cpu.allowed_cpus == tuple(sorted(os.sched_getaffinity(0)))
    assert cpu.logical_cores >= len(cpu.allowed_cpus)
