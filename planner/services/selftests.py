"""Which self-test stands behind a run's figures, and what it comes to in a line."""

from datetime import datetime

from harness.vocabulary.selftest import Mark, SelfCheck, SelfTest
from planner.services.host_state import this_host
from planner.store.records import StoredRun
from planner.store.repository import Store

NONE_YET = "none yet: `planner selftest` measures this machine's own error rates"
_TOLD = (SelfCheck.AA_VERDICTS, SelfCheck.POWER)


def selftest_behind(store: Store, run: StoredRun) -> SelfTest | None:
    """The newest self-test of the run's host that ended before it began, else the first one after.

    A simulated run is only ever backed by a simulated self-test, and a real one by a real one.
    """
    return store.find_selftest(run.environment.host_id, moment=run.started_at, is_simulated=run.plan.is_simulated)


def newest_here(store: Store) -> SelfTest | None:
    """The newest real self-test of this host."""
    return store.latest_selftest(this_host())


def in_a_line(certificate: SelfTest) -> str:
    """`this machine's self-test of 28 Nov 2026: 4.8 % false alarms at nominal 5 %, finds +3 % in 97 %`."""
    parts = [_false_alarms(certificate), _power(certificate)]
    misses = len(certificate.marked(Mark.NOT_KEPT))
    unknown = sum(one.check not in _TOLD for one in certificate.marked(Mark.NOT_IDENTIFIED))
    if misses:
        parts.append(f"{misses} promise{'s' * (misses > 1)} not kept")
    if unknown:
        parts.append(f"{unknown} more not identified")
    kind = f"{'simulated ' if certificate.is_simulated else ''}self-test"
    return f"this machine's {kind} of {day(certificate)}: {', '.join(parts)}"


def day(certificate: SelfTest) -> str:
    """`28 Nov 2026`, in UTC."""
    moment = datetime.fromisoformat(certificate.finished_at)
    return f"{moment.day} {moment:%b %Y}"


def _false_alarms(certificate: SelfTest) -> str:
    share = _share(certificate, SelfCheck.AA_VERDICTS)
    return f"{share} false alarms at nominal 5 %" if share else "false alarms not identified"


def _power(certificate: SelfTest) -> str:
    share = _share(certificate, SelfCheck.POWER)
    return f"finds +3 % in {share}" if share else "whether it finds +3 % not identified"


def _share(certificate: SelfTest, check: SelfCheck) -> str | None:
    """The figure, unless it is one that nothing may be judged by."""
    line = certificate.line(check)
    if line is None or line.figure is None or line.mark is Mark.NOT_IDENTIFIED:
        return None
    return f"{100 * line.figure:.3g} %"
