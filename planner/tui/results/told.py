"""The panes of a run that are text and tables: verdict, limits, environment, audit, provenance."""

import json
from collections.abc import Iterable, Iterator, Mapping

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.environment import Environment
from harness.vocabulary import Severity
from planner.drawing.findings_view import findings_table
from planner.drawing.gpu_run_view import gpus_in_full
from planner.drawing.limits_view import impossible, limits_in_full
from planner.drawing.request_view import requests_in_full
from planner.drawing.run_details import energy_told, memory_table, selftest_told
from planner.drawing.run_view import story
from planner.services.reporting.evidence_commands import bench_command
from planner.services.reporting.quality_rules import rule_lines
from planner.services.run_document import ArmDocument
from planner.tui.results.opened import Chosen, Differing, Opened
from planner.wording import quantities
from planner.wording.marks import signed
from planner.wording.text import plain

_LONGEST = 400  # characters of a foreign value
_SIGN_OF_MARK = {"kept": "✓", "not kept": "✗", "not proven": "~", "not judged": "~"}


def verdict_lines(opened: Opened, width: int, *, database: str) -> Iterator[RenderableType]:
    """The story, then what each candidate was held to."""
    yield from story(opened.document, database=database, width=width)
    for arm in opened.document.arms:
        if (rules := rules_table(opened, arm)) is not None:
            yield Text()
            yield Text(plain(f"what was asked of {arm.name}"), style="italic")
            yield rules


def rules_table(opened: Opened, arm: ArmDocument) -> Table | None:
    """Thresholds of the gate, asked and found; None where quality was not compared."""
    lines = rule_lines(opened.behind, arm)
    if not lines:
        return None
    table = _table(("rule", "asked", "found", ""))
    for one in lines:
        cells = (Text(plain(text)) for text in (one.rule, one.asked, one.found))
        table.add_row(*cells, signed(_SIGN_OF_MARK[one.kept], one.kept))
    return table


def limit_lines(opened: Opened, _width: int) -> Iterator[RenderableType]:
    """How near each arm came to what is possible, and what else a request needs."""
    document = opened.document
    yield Text("How near each arm came to the least time that this machine's arithmetic and memory allow.", style="dim")
    yield from impossible(document.limits)
    yield from limits_in_full(document)
    if document.is_simulated:
        yield signed("~", "simulated: the fake runtime computes nothing, so no machine limits it")
    elif not document.limits:
        yield signed("~", "no call alone was timed: nothing to set against the limit")
    yield from requests_in_full(document)
    yield Text()
    yield memory_table(document)
    yield Text()
    yield from energy_told(document)
    yield from gpus_in_full(document)


def environment_lines(opened: Opened, differing: Differing | None) -> Iterator[RenderableType]:
    """The machine and its software, then what differs where another run was measured."""
    yield _pairs(_machine(opened.document.environment))
    yield Text()
    packages = ((one.name, one.version) for one in opened.document.environment.packages)
    yield Text("versions", style="italic")
    yield _pairs(packages)
    variables = [(one.name, one.value) for one in opened.document.environment.variables]
    if variables:
        yield Text()
        yield Text("settings of the environment", style="italic")
        yield _pairs(variables)
    yield Text()
    yield from _differences(opened, differing)


def _machine(found: Environment) -> Iterator[tuple[str, str]]:
    cpu = found.cpu
    yield "processor", f"{cpu.model} ({cpu.vendor}, family {cpu.family}, model {cpu.model_number})"
    cores = f"{cpu.logical_cores} logical, {cpu.physical_cores or '?'} physical, {len(cpu.allowed_cpus)} allowed"
    yield "cores", cores + (f", quota {cpu.quota_cores:g}" if cpu.quota_cores is not None else "")
    yield "features", ", ".join(cpu.features) or quantities.ABSENT
    for gpu in found.gpus:
        yield f"gpu:{gpu.index}", gpu.name
    yield "memory", quantities.size(found.memory_bytes)
    yield "virtual machine", {True: "yes", False: "no", None: "not told"}[cpu.is_virtual]
    yield "container", found.container or "none that leaves a mark"
    yield "system", f"{found.system} {found.kernel}, {found.architecture}, Python {found.python}"
    yield "governor", found.governor or "not told"
    yield "boost", {True: "allowed", False: "off", None: "not told"}[found.is_boost_allowed]
    load = found.load_average
    yield "load before", "not told" if load is None else ", ".join(f"{one:.2f}" for one in load)
    yield "CPU pressure", quantities.share(found.cpu_pressure_share, digits=1)
    yield "watched", "by the app" if found.observer == "tui" else "by nobody"


def _differences(opened: Opened, differing: Differing | None) -> Iterator[RenderableType]:
    if differing is None:
        yield Text("no other run is stored whose conditions could be set beside these", style="dim")
        return
    other = differing.other
    name = plain(f"{other.plan.workload_name or other.plan.workload}, {other.started_at:%Y-%m-%d %H:%M} UTC")
    yield Text(f"beside run {other.run_id} ({name}) · o chooses another", style="italic")
    if not differing.differences:
        yield signed("✓", "nothing that is recorded differs")
        return
    table = _table(("! makes the runs unlike", f"here, {opened.document.run}", f"there, {other.run_id}"))
    for one in differing.differences:
        values = (Text(_cut(value or quantities.ABSENT)) for value in (one.before, one.after))
        table.add_row(signed("!" if one.makes_unlike else "~", one.field), *values)
    yield table


def audit_lines(opened: Opened, _width: int) -> Iterator[RenderableType]:
    """What was found about the calibration data, and about the harness itself."""
    found = opened.document.calibration_findings
    yield Text("calibration data", style="italic")
    if found:
        worst = {Severity.SERIOUS: "✗", Severity.WARNING: "!", Severity.INFO: "✓"}
        order = (Severity.SERIOUS, Severity.WARNING, Severity.INFO)
        for severity in order:
            count = sum(one.severity is severity for one in found)
            if count:
                yield signed(worst[severity], f"{count} {severity}")
        ordered = sorted(found, key=lambda one: order.index(one.severity))
        yield Padding(findings_table(ordered), (1, 0, 0, 2))
    else:
        told = "nothing was looked at: no arm of this run was calibrated with data, or the workload keeps none apart"
        yield signed("~", told)
    yield Text()
    command = f"planner audit calibration --workload {opened.document.workload}"
    yield Text(plain(f"{command}   looks further"), style="dim")
    yield Text()
    yield from selftest_told(opened.document)


def provenance_lines(opened: Opened, _width: int) -> Iterator[RenderableType]:
    """What was measured, by name and by hash, under which rules; and the command that does it again."""
    run, document = opened.run, opened.document
    yield Text("the same again · y copies it", style="italic")
    yield Padding(Text(plain(f"$ {bench_command(run)}"), style="yellow"), (0, 0, 1, 2))
    yield _pairs(_run(opened))
    for arm in document.arms:
        yield Text()
        yield from _arm(opened, arm)
    yield Text()
    yield Text("timing", style="italic")
    yield _pairs(_fields(document.timing))
    yield Text()
    yield Text("gate", style="italic")
    yield _pairs(_fields(document.gate))
    for name, reason in document.unavailable:
        yield signed("~", f"not measured: {name}: {reason}")


def _run(opened: Opened) -> Iterator[tuple[str, str]]:
    document = opened.document
    yield "run", document.run
    yield "workload", f"{document.workload_name} ({document.workload})"
    yield "workload SHA-256", document.workload_digest
    yield "began", document.started_at
    yield "ended", document.finished_at or "not"
    yield (
        "state",
        f"{document.state}, exit code {quantities.ABSENT if document.exit_code is None else document.exit_code}",
    )
    yield "planner", document.planner_version
    yield "seed", str(document.seed)
    yield "scenarios", ", ".join(document.scenarios)
    yield "batch sizes", ", ".join(map(str, document.batches))
    yield "calls in flight", ", ".join(map(str, document.concurrencies))
    samples = document.test_samples
    yield "judged by", "all test samples" if samples is None else f"{samples:,} test samples at most"
    for sentence in document.assumed:
        yield "assumed", sentence


def _arm(opened: Opened, arm: ArmDocument) -> Iterator[RenderableType]:
    yield Text(plain(f"{arm.name}{' · baseline' if arm.is_baseline else ''}"), style="bold")
    planned = opened.run.planned_arm(arm.name)
    recipe = dict(_fields(planned.recipe)) if planned is not None else {}
    facts = {
        "artifact SHA-256": arm.artifact_digest or quantities.ABSENT,
        "size": quantities.size(arm.artifact_bytes),
        "recipe": ", ".join(f"{name} {value}" for name, value in recipe.items()),
        "threads": str(arm.threads),
        "settings": ", ".join(f"{name}={value}" for name, value in sorted(arm.settings.items())),
        **{f"made: {name}": _json(value) for name, value in arm.provenance.items()},
    }
    yield Padding(_pairs((name, value) for name, value in facts.items() if value), (0, 0, 0, 2))


def _json(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def _fields(value: object) -> Iterator[tuple[str, str]]:
    """Of one of the harness's own values, those that are set."""
    slots: Mapping[str, object] = {name: getattr(value, name) for name in getattr(value, "__dataclass_fields__", ())}
    for name, one in slots.items():
        if one is None or one in ((), "", False):
            continue
        words = name.replace("_", " ")
        yield (words.removesuffix(" s"), f"{_value(one)} s") if words.endswith(" s") else (words, _value(one))


def _value(one: object) -> str:
    if isinstance(one, tuple):
        return ", ".join(map(str, one))
    return f"{one:g}" if isinstance(one, float) else str(one)


def _pairs(pairs: Iterable[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in pairs:
        table.add_row(Text(_cut(name)), Text(_cut(value)))
    return table


def _cut(text: str) -> str:
    shown = plain(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _table(headings: Iterable[str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for heading in headings:
        table.add_column(plain(heading), overflow="fold")
    return table


def head_of(chosen: Chosen) -> Text:
    """Which arm and load the panes are about."""
    opened = chosen.opened
    arms, loads = opened.candidates_first, opened.document.loads
    number = [arm.name for arm in arms].index(chosen.arm.name) + 1
    text = Text(plain(chosen.arm.name), style="bold").append(f"  arm {number} of {len(arms)}", style="not bold dim")
    text.append(f" · {chosen.load.label}", style="not bold")
    return text.append(f"  load {loads.index(chosen.load) + 1} of {len(loads)}", style="not bold dim")
