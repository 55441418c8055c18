"""The checklist as a section of a report."""

from collections.abc import Iterator, Sequence

from planner.reports.document import Block, Bullets, Commands, Heading, Notice, Paragraph, Row, Section, Table
from planner.reports.figures import Tone, Words
from planner.services.checklist.document import Checklist, PointRecord, State

KEY = "checklist"
TONES = {State.EVIDENCED: Tone.GOOD, State.ATTESTED: Tone.GOOD, State.OPEN: Tone.CAUTION, State.REFUTED: Tone.BAD}
ACCEPTED = "accepted all the same by "
_MOST_NAMED = 6
_HEADINGS = (
    Heading(title="point", key="Point"),
    Heading(title="state", key="State"),
    Heading(title="evidence", key="Evidence", is_wide=True),
    Heading(title="vouched for by", key="AttestedBy"),
    Heading(title="on", key="AttestedOn"),
    Heading(title="note", key="Note"),
)


def checklist_section(
    checklists: Sequence[Checklist], *, missing: Sequence[str] = (), without: Sequence[str] = ()
) -> Section:
    """Ten points for every run.

    Args:
        checklists: Of the runs that a plan rests on.
        missing: Runs that it rests on and that are not there any more.
        without: Models of the plan that no run of it measured.
    """
    return Section(key=KEY, title="Deployment checklist", blocks=tuple(_blocks(checklists, missing, without)))


def _blocks(checklists: Sequence[Checklist], missing: Sequence[str], without: Sequence[str]) -> Iterator[Block]:
    if checklists:
        told = (
            "Each point is evidenced or refuted by what is stored, attested by a named person where nothing stored "
            "can show it, or open. Nobody's word changes what was refuted: it stands beside it."
        )
        yield Paragraph(words=Words(text=told))
        if without:
            named = f"{', '.join(without[:_MOST_NAMED])}{'' if len(without) <= _MOST_NAMED else ' and more'}"
            open_ones = f"No run of this plan measured {named}: every point is open for that, whatever stands below."
            yield Notice(tone=Tone.CAUTION, text=open_ones)
    elif not missing:
        told = "The plan rests on no run of its own, so that no point can be derived: measure, and plan with that run."
        yield Notice(tone=Tone.CAUTION, text=told)
        yield Commands(lines=("planner bench", "planner plan --run latest", "planner report"))
    for run in missing:
        yield Notice(tone=Tone.BROKEN, text=f"run {run} was deleted: nothing can be said of its points")
    for checklist in checklists:
        yield from _of_run(checklist)


def _of_run(checklist: Checklist) -> Iterator[Block]:
    for note in checklist.notes:
        yield Notice(tone=Tone.CAUTION, text=f"run {checklist.run}: {note}")
    whose = checklist.candidate or "no candidate"
    against = "" if checklist.baseline is None else f" against {checklist.baseline}"
    yield Table(
        key=f"{KEY}-{checklist.run}",
        title=f"Run {checklist.run}: {checklist.workload}, {whose}{against} on {checklist.device}",
        headings=_HEADINGS,
        rows=tuple(_row(checklist, one) for one in checklist.points),
        note=checklist.summary,
    )
    left = [Words(text=f"{one.point}: {one.todo}", tone=TONES[one.state]) for one in checklist.points if one.todo]
    if left:
        yield Paragraph(words=Words(text="What is left to do:"))
        yield Bullets(items=tuple(left))
        yield Commands(lines=(f"planner checklist {checklist.run}",))


def _row(checklist: Checklist, one: PointRecord) -> Row:
    given = one.attested
    cells = (
        Words(text=one.title),
        Words(text=str(one.state), tone=TONES[one.state]),
        Words(text=f"{one.sentence}{_elsewhere(checklist, one)}"),
        Words(text="" if given is None else f"{ACCEPTED if one.state is State.REFUTED else ''}{given.by}"),
        Words(text="" if given is None else given.day),
        Words(text="" if given is None else given.note),
    )
    return Row(cells=cells, key=f"{KEY}.{checklist.run}.{one.point}")


def _elsewhere(checklist: Checklist, one: PointRecord) -> str:
    """What a point rests on beside the run and the arms, which stand above the table."""
    known = {f"run {checklist.run}", f"arm {checklist.candidate}", f"arm {checklist.baseline}"}
    other = [text for text in one.rests_on if text not in known]
    return f" (rests on {'; '.join(other)})" if other else ""
