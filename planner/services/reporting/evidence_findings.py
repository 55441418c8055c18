"""What the sanity rules say of the plan, and who waived what: both as they are stored."""

from collections.abc import Iterator, Sequence

from planner.reports.document import Block, Paragraph, Row, Section, Table
from planner.reports.figures import Tone, Words
from planner.services.plans.document import FindingDocument
from planner.services.reporting.evidence_runs import Behind
from planner.services.reporting.evidence_words import code, left, text
from planner.store.waivers import Waiver
from pricing.sanity.finding import TITLES, Verdict

KEY = "appendix.findings"
_COUNTED = {
    Tone.GOOD: "in order",
    Tone.CAUTION: "that cannot be told",
    Tone.BAD: "at fault, waived by nobody",
}
_WORST_FIRST = (Tone.BAD, Tone.CAUTION, Tone.GOOD)
_TITLES = {str(rule): title for rule, title in TITLES.items()}


def findings_section(behind: Behind, waivers: Sequence[Waiver]) -> Section:
    """Every finding about the plan, then every waiver of the database."""
    return Section(
        key=KEY,
        title="Sanity findings and waivers",
        blocks=(*_findings(behind), *_waivers(waivers)),
        level=2,
    )


def tone_of(finding: FindingDocument) -> Tone:
    """Good where it holds, bad where something has to be done, caution where it cannot be told."""
    known = {str(one): one for one in Verdict}
    verdict = known.get(finding.verdict)
    if verdict is Verdict.HOLDS:
        return Tone.GOOD
    return Tone.CAUTION if verdict is not None and not verdict.is_fault else Tone.BAD


def _findings(behind: Behind) -> Iterator[Block]:
    found = [(projection.model, one) for projection in behind.plan.projections for one in projection.findings]
    if not found:
        yield Paragraph(words=Words(text="No sanity rule applies to this plan."))
        return
    found.sort(key=lambda pair: _WORST_FIRST.index(tone_of(pair[1])))
    tones = [tone_of(one) for _, one in found]
    told = "all in order" if set(tones) == {Tone.GOOD} else ", ".join(_counted(tones))
    worst = next((tone for tone in (Tone.BAD, Tone.CAUTION) if tone in tones), Tone.GOOD)
    yield Paragraph(words=Words(text=f"{len(found):,} findings about the plan: {told}.", tone=worst))
    yield Table(
        key="findings-of-rules",
        title="What the sanity rules say of the plan",
        headings=(
            left("question", "Question", is_wide=True),
            left("rule", "Rule"),
            left("about", "RuleTitle", is_wide=True),
            left("of", "Subject"),
            left("verdict", "Verdict"),
            left("finding", "Finding", is_wide=True),
        ),
        rows=tuple(
            Row(
                key=f"findings-of-rules.{number}",
                cells=(
                    text(title),
                    text(one.rule),
                    text(_TITLES.get(one.rule, "")),
                    text(one.subject),
                    Words(text=one.verdict, tone=tone_of(one)),
                    text(one.sentence),
                ),
            )
            for number, (title, one) in enumerate(found, start=1)
        ),
    )


def _counted(tones: Sequence[Tone]) -> Iterator[str]:
    for tone, words in _COUNTED.items():
        if tone in tones:
            yield f"{tones.count(tone):,} {words}"


def _waivers(waivers: Sequence[Waiver]) -> Iterator[Block]:
    if not waivers:
        yield Paragraph(words=Words(text="Nobody waived anything in this database."))
        return
    yield Table(
        key="waivers",
        title="Waivers in this database",
        headings=(
            left("claim", "Claim"),
            left("rules", "Rules"),
            left("waived by", "WaivedBy"),
            left("when (UTC)", "WaivedAt"),
            left("why", "Note", is_wide=True),
            left("content (SHA-256)", "Digest"),
        ),
        rows=tuple(
            Row(
                key=f"waivers.{number}",
                cells=(
                    text(one.claim_id),
                    text(", ".join(one.rules)),
                    text(one.by),
                    text(f"{one.moment:%Y-%m-%d %H:%M}"),
                    text(one.note),
                    code(one.digest),
                ),
            )
            for number, one in enumerate(waivers, start=1)
        ),
        note="Each is of a claim that was held against the rules (planner sanity), not of a finding about this plan.",
    )
