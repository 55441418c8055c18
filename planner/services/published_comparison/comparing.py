"""One stored run beside published figures and claims: the use case."""

from datetime import date

from planner.services.comparing import side_of
from planner.services.published_comparison.document import SCHEMA, BesidePublished, SourceClaim, Subject
from planner.services.published_comparison.own_figures import OwnFigures
from planner.services.published_comparison.pairing import Pairing
from planner.services.published_comparison.subject import names_of_models, subject_of
from planner.services.published_comparison.their_figures import claimed_of, published_of
from planner.store.records import StoredRun
from pricing.errors import TargetError
from pricing.sanity.claims import ClaimFile
from pricing.sanity.finding import Verdict
from pricing.sanity.judging import Judgement, judge
from pricing.sanity.models import find_models
from pricing.sanity.reference import GENERIC, Reference
from pricing.sanity.shipped import shipped_reference
from pricing.targets import Targets, shipped_targets

_SIMULATED = "a simulated run: a script's times are nobody's, so that nothing is laid beside them"


def compare_with_published(
    run: StoredRun, claims: ClaimFile, *, today: date, model: str | None = None, targets: Targets | None = None
) -> BesidePublished:
    """Everything that others say of the run's model, beside what the run found.

    Args:
        run: Of any device, complete or not.
        claims: The sources' figures.
        today: The day whose prices claims are judged by where their file names none.
        model: The known model that the run is of, where its workload does not say so.
        targets: Data sheets; those that are shipped by default.

    Raises:
        UsageError: the model named is not known.
    """
    known = targets or shipped_targets()
    subject = subject_of(run, model)
    own = OwnFigures(run, known, sequence=subject.sequence if subject else None)
    if subject is None or run.plan.is_simulated:
        note = _SIMULATED if run.plan.is_simulated else _no_model(run)
        return BesidePublished(schema=SCHEMA, run=side_of(run), devices=own.devices, model=subject, note=note)
    reference = shipped_reference(claims.as_of or today, targets=known)
    pairing = Pairing(own=own, subject=subject, meant=lambda name: _meant(reference, name))
    published = tuple(pairing.beside(one) for one in published_of(subject))
    return BesidePublished(
        schema=SCHEMA,
        run=side_of(run),
        devices=own.devices,
        model=subject,
        published=published,
        sources_title=claims.title,
        sources_from=claims.source,
        sources=tuple(
            found for one in judge(claims.claims, reference) if (found := _claim(one, pairing, subject)) is not None
        ),
        note=None if published else f"no figure of {subject.name} is published in the table that is shipped here",
    )


def _no_model(run: StoredRun) -> str:
    name = run.plan.workload_name or run.plan.workload
    return (
        f"nothing is published here of {name}. Where it is one of these models, say so with --model: "
        f"{', '.join(names_of_models())}"
    )


def _claim(judged: Judgement, pairing: Pairing, subject: Subject) -> SourceClaim | None:
    claim = judged.claim
    figures = claimed_of(subject, claim)
    if not figures:
        return None
    models = [one.name for one in find_models(claim.text("model") or "")]
    return SourceClaim(
        id=claim.claim_id,
        says=claim.says,
        verdict=judged.verdict,
        words=judged.words,
        is_fault=judged.verdict.is_fault,
        rules=tuple(map(str, judged.told)),
        sentences=tuple(
            f"{one.rule} {one.verdict}: {one.sentence}" for one in judged.findings if one.verdict is not Verdict.HOLDS
        ),
        figures=tuple(pairing.beside(one, models=models) for one in figures),
    )


def _meant(reference: Reference, name: str) -> tuple[str, ...]:
    if name in GENERIC:
        return ()
    try:
        return tuple(one.target_id for one in reference.devices(name))
    except TargetError:
        return ()
