"""The conditions of a run: what is read, what is withheld, and when two runs are unlike."""

import getpass
import hashlib
import platform
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from harness.devices import CpuDevice, NvidiaDevice, cpu_from
from harness.environment import (
    Environment,
    EnvironmentVariable,
    Observer,
    PackageVersion,
    difference,
    read_environment,
)

H200 = NvidiaDevice(
    index=0, name="NVIDIA H200", uuid="GPU-1", compute_capability=(9, 0), memory_bytes=2**37, driver="580.95.05"
)
CPUINFO = "processor : 0\nvendor_id : GenuineIntel\nmodel name : Xeon\nflags : avx2 avx512_vnni\n"


def an_environment() -> Environment:
    return Environment(
        observer=Observer.HEADLESS,
        host_id="0123456789ab",
        host_id_source="machine-id",
        system="Linux",
        kernel="6.12.0",
        architecture="x86_64",
        python="3.11.9",
        cpu=cpu_from(CPUINFO, allowed_cpus=(0, 1), physical_cores=2, quota_cores=None),
        gpus=(H200,),
        memory_bytes=16 * 2**30,
        governor="performance",
        is_boost_allowed=True,
        container=None,
        load_average=(0.1, 0.2, 0.3),
        cpu_pressure_share=0.0,
        variables=(EnvironmentVariable(name="OMP_NUM_THREADS", value="2"),),
        packages=(PackageVersion(name="numpy", version="2.4.6"), PackageVersion(name="onnxruntime", version="1.32.0")),
    )


def a_root(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        place = root / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return root


def test_an_environment_survives_json_unchanged() -> None:
    for environment in (an_environment(), read_environment(Observer.TUI)):
        text = msgspec.json.encode(environment)

        assert msgspec.json.decode(text, type=Environment) == environment


def test_this_machines_environment_names_neither_host_nor_user_nor_path() -> None:
    text = msgspec.json.encode(read_environment(Observer.HEADLESS)).decode()

    assert str(Path.home()) not in text
    assert str(Path.cwd()) not in text
    assert f'"{platform.node()}"' not in text
    assert f'"{getpass.getuser()}"' not in text


def test_settings_of_runtimes_are_kept_and_all_others_left_out() -> None:
    variables = {"ORT_LOG": "1", "OMP_NUM_THREADS": "2", "HOME": "/home/someone", "SECRET_TOKEN": "x"}

    environment = read_environment(Observer.HEADLESS, variables=variables)

    assert environment.variables == (
        EnvironmentVariable(name="OMP_NUM_THREADS", value="2"),
        EnvironmentVariable(name="ORT_LOG", value="1"),
    )


def test_a_setting_that_is_a_path_is_withheld_and_a_long_one_is_cut() -> None:
    variables = {"OV_CACHE_DIR": "/home/someone/cache", "OMP_PLACES": "{0}," * 100}

    places, cache = read_environment(Observer.HEADLESS, variables=variables).variables

    assert cache.value == "(a path)"
    assert len(places.value) == 120
    assert places.value.endswith("…")


def test_the_host_is_a_digest_of_its_machine_id(tmp_path: Path) -> None:
    root = a_root(tmp_path, {"etc/machine-id": "0123456789abcdef0123456789abcdef\n"})

    environment = read_environment(Observer.HEADLESS, root=root)

    assert environment.host_id == hashlib.sha256(b"0123456789abcdef0123456789abcdef").hexdigest()[:12]
    assert environment.host_id_source == "machine-id"


@pytest.mark.parametrize("machine_id", ["", "uninitialized\n"])
def test_a_host_without_a_machine_id_is_told_by_its_hardware(tmp_path: Path, machine_id: str) -> None:
    root = a_root(tmp_path, {"etc/machine-id": machine_id, "proc/cpuinfo": CPUINFO})

    environment = read_environment(Observer.HEADLESS, root=root)

    assert environment.host_id_source == "hardware"
    assert len(environment.host_id) == 12


def test_a_machine_that_tells_much_is_read_in_full(tmp_path: Path) -> None:
    root = a_root(
        tmp_path,
        {
            "proc/meminfo": "MemTotal:       16777216 kB\nMemFree:  5 kB\n",
            "proc/loadavg": "1.21 0.89 0.45 4/93 6316\n",
            "proc/pressure/cpu": "some avg10=19.50 avg60=20.16 avg300=7.13 total=28689948\n",
            "proc/self/cgroup": "0::/kubepods/burstable/pod1\n",
            "sys/devices/system/cpu/cpufreq/policy0/scaling_governor": "powersave\n",
            "sys/devices/system/cpu/cpufreq/policy1/scaling_governor": "performance\n",
            "sys/devices/system/cpu/intel_pstate/no_turbo": "1\n",
        },
    )

    environment = read_environment(Observer.HEADLESS, root=root)

    assert environment.memory_bytes == 2**34
    assert environment.load_average == (1.21, 0.89, 0.45)
    assert environment.cpu_pressure_share == pytest.approx(0.195)
    assert environment.container == "kubepods"
    assert environment.governor == "performance, powersave"
    assert environment.is_boost_allowed is False


def test_a_machine_that_tells_nothing_leaves_the_conditions_open(tmp_path: Path) -> None:
    environment = read_environment(Observer.HEADLESS, root=tmp_path)

    assert environment.memory_bytes is None
    assert (environment.governor, environment.is_boost_allowed, environment.container) == (None, None, None)
    assert (environment.load_average, environment.cpu_pressure_share) == (None, None)


@pytest.mark.parametrize(("mark", "engine"), [(".dockerenv", "docker"), ("run/.containerenv", "podman")])
def test_a_container_is_told_by_the_mark_of_its_engine(tmp_path: Path, mark: str, engine: str) -> None:
    assert read_environment(Observer.HEADLESS, root=a_root(tmp_path, {mark: ""})).container == engine


def test_installed_packages_are_named_by_version() -> None:
    packages = {package.name: package.version for package in read_environment(Observer.HEADLESS).packages}

    assert packages["numpy"].startswith("2.")


def test_an_environment_does_not_differ_from_itself() -> None:
    assert difference(an_environment(), an_environment()) == ()


def test_another_runtime_version_makes_two_runs_unlike() -> None:
    old = an_environment()
    new = replace(old, packages=(old.packages[0], PackageVersion(name="onnxruntime", version="1.33.0")))

    (found,) = difference(old, new)

    assert (found.field, found.before, found.after) == ("packages.onnxruntime", "1.32.0", "1.33.0")
    assert found.makes_unlike


def test_a_setting_on_one_side_only_makes_two_runs_unlike() -> None:
    (found,) = difference(an_environment(), replace(an_environment(), variables=()))

    assert (found.field, found.before, found.after) == ("variables.OMP_NUM_THREADS", "2", None)
    assert found.makes_unlike


CPU = an_environment().cpu


@pytest.mark.parametrize(
    ("field", "cpu"),
    [
        ("cpu.model", replace(CPU, model="Another")),
        ("cpu.features", replace(CPU, features=("avx2",))),
        ("cpu.quota_cores", replace(CPU, quota_cores=1.5)),
        ("cpu.allowed_cpus", replace(CPU, allowed_cpus=(0,))),
    ],
)
def test_another_cpu_or_less_of_it_makes_two_runs_unlike(field: str, cpu: CpuDevice) -> None:
    (found,) = difference(an_environment(), replace(an_environment(), cpu=cpu))

    assert found.field == field
    assert found.makes_unlike


def test_the_same_number_of_other_cores_is_no_difference() -> None:
    assert difference(an_environment(), replace(an_environment(), cpu=replace(CPU, allowed_cpus=(2, 3)))) == ()


def test_gpus_are_compared_by_kind_and_driver_and_not_by_uuid() -> None:
    old = an_environment()
    twin = replace(old, gpus=(replace(H200, uuid="GPU-2"),))
    updated = replace(old, gpus=(replace(H200, driver="590.10"),))

    assert difference(old, twin) == ()
    assert [found.makes_unlike for found in difference(old, updated)] == [True]


def test_load_and_observer_are_notable_and_leave_runs_alike() -> None:
    old = an_environment()
    new = replace(
        old,
        observer=Observer.TUI,
        host_id="ba9876543210",
        load_average=(2.0, 1.0, 0.5),
        cpu_pressure_share=0.2,
        memory_bytes=17 * 2**30,
    )

    found = difference(old, new)

    assert [one.field for one in found] == ["cpu_pressure_share", "host_id", "load_average", "memory", "observer"]
    assert not any(one.makes_unlike for one in found)


def test_a_few_megabytes_that_a_kernel_keeps_are_no_difference() -> None:
    old = an_environment()

    assert difference(old, replace(old, memory_bytes=16 * 2**30 - 3 * 2**20)) == ()


def test_what_makes_runs_unlike_comes_first() -> None:
    old = an_environment()
    new = replace(old, governor="powersave", container="docker")

    assert [one.field for one in difference(old, new)] == ["governor", "container"]
