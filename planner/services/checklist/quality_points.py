"""The points about answers: FP32's accuracy, calibration data, the loss overall and by class."""

from harness.verdict.checks import Finding
from harness.verdict.gate import findings_of
from harness.verdict.wording import accuracy, threshold
from harness.vocabulary import CalibrationFinding, Gate, Method, ProofState, QualityComparison, Severity
from planner.services.checklist.document import Found, State
from planner.services.checklist.subject import Subject

LEAST_SAMPLES = 500
"""What the checklist asks for; `planner audit calibration` has its own, finer rules."""
RANDOM_DATA = "data"
"""The check of an audit that found nothing but random numbers (`harness.quantize.calibration_audit.DATA`)."""
USUAL_LOSS = 0.01
_DIGESTS = "calibration_digests"
_OVERALL = "overall accuracy"
_SHOWN = 3
_TELLING = ("size", "distribution", "classes")  # checks of an audit that say whether samples represent anything
_STATES = {Gate.ACCEPTED: State.EVIDENCED, Gate.REJECTED: State.REFUTED}


def fp32_accuracy(subject: Subject) -> Found:
    """Whether it is written down what the model reaches before it is quantised."""
    arm = subject.baseline
    labels = f"bring labelled test data, then measure: {subject.bench} --data PATH"
    if arm is None or arm.quality is None:
        return Found(state=State.OPEN, sentence="no right answers of the baseline were counted", todo=labels)
    if subject.recipe(arm).method is not Method.FP32:
        sentence = f"the baseline is {arm.label}: what FP32 reaches was not measured"
        return Found(state=State.OPEN, sentence=sentence, rests_on=subject.of_arms(arm), todo=subject.bench)
    told = f"{arm.label} is right in {accuracy(arm.quality.accuracy)} of {arm.quality.samples:,} test samples"
    rests_on = subject.of_arms(arm)
    if arm.proof is not None and arm.proof.state is ProofState.NOT_AS_NAMED:
        todo = "name the precision that ran, or turn it off in the runtime, and measure again"
        sentence = f"{told}, but it did not run in what it is named for: {arm.proof.reason}"
        return Found(state=State.REFUTED, sentence=sentence, rests_on=rests_on, todo=todo)
    doubt = next((one.gate_reasons for one in subject.verdicts if one.gate is Gate.NOT_MEASURED), ())
    if doubt:
        return Found(state=State.OPEN, sentence=f"{told}; {doubt[0]}", rests_on=rests_on, todo=labels)
    return Found(state=State.EVIDENCED, sentence=told, rests_on=rests_on)


def calibration(subject: Subject) -> Found:
    """Whether enough samples, and such as the model will see, set the ranges."""
    arm = subject.candidate
    if arm is None:
        return no_candidate(subject)
    recipe, rests_on = subject.recipe(arm), subject.of_arms(arm)
    if recipe.file is None and not recipe.method.is_calibrated:
        sentence = f"{arm.label} takes its ranges from each request: no calibration data are used"
        return Found(state=State.EVIDENCED, sentence=sentence, rests_on=rests_on)
    findings = subject.document.calibration_findings
    if any(one.check == RANDOM_DATA for one in findings):
        sentence = "not confirmed: it was calibrated with random numbers, which represent nothing"
        return Found(state=State.REFUTED, sentence=sentence, rests_on=rests_on, todo=_other_data(subject))
    samples = _samples(arm.provenance.get(_DIGESTS))
    if samples is None:
        sentence = "it is not known what it was calibrated with: it was made elsewhere, or its maker does not say"
        todo = "ask whoever made it, and attest the point with their answer"
        return Found(state=State.OPEN, sentence=sentence, rests_on=rests_on, todo=todo)
    return _judged_samples(subject, samples, findings, rests_on=rests_on)


def accuracy_loss(subject: Subject) -> Found:
    """Whether the loss overall is measured, and no larger than the gate allows."""
    comparison = _comparison(subject)
    if subject.candidate is None or comparison is None:
        return _not_compared(subject)
    rules = subject.document.gate
    findings = [one for one in findings_of(comparison, rules) if one.subject == _OVERALL]
    usual = "" if rules.overall_loss <= USUAL_LOSS else f" (most tasks allow {threshold(USUAL_LOSS)} %)"
    found = _worst(subject, findings, more=usual)
    is_class = any(one.gate is Gate.REJECTED for one in findings_of(comparison, rules))
    if subject.gate is Gate.REJECTED and not is_class:
        return _by_gate(subject, State.REFUTED)
    if subject.gate is Gate.UNPROVEN and found.state is State.EVIDENCED and _is_all_accepted(subject, comparison):
        return _by_gate(subject, State.OPEN)  # something else withholds acceptance: the calibration data
    return found


def per_class(subject: Subject) -> Found:
    """Whether no class that matters pays for the mean."""
    comparison = _comparison(subject)
    if subject.candidate is None or comparison is None:
        return _not_compared(subject)
    findings = [one for one in findings_of(comparison, subject.document.gate) if one.subject != _OVERALL]
    if not findings:
        todo = f"bring data whose labels are classes: {subject.bench} --data PATH --classes FILE"
        return Found(state=State.OPEN, sentence="no classes were compared", rests_on=_of_both(subject), todo=todo)
    judged = len({one.subject for one in findings})
    return _worst(subject, findings, more=f" ({judged} class{'es' * (judged != 1)} judged)")


def _judged_samples(
    subject: Subject, samples: int, findings: tuple[CalibrationFinding, ...], *, rests_on: tuple[str, ...]
) -> Found:
    told = f"{samples:,} samples were used"
    wrong = [one.sentence for one in findings if one.severity is Severity.SERIOUS]
    doubtful = [one.sentence for one in findings if one.severity is Severity.WARNING]
    if wrong:
        sentence = f"not confirmed: {told}; {'; '.join(wrong[:_SHOWN])}"
        return Found(state=State.REFUTED, sentence=sentence, rests_on=rests_on, todo=_other_data(subject))
    reassuring = sorted((one for one in findings if one.check in _TELLING), key=lambda one: _TELLING.index(one.check))
    seen = "; ".join([*doubtful, *(one.sentence for one in reassuring if one.severity is Severity.INFO)][:_SHOWN])
    if samples < LEAST_SAMPLES:
        return Found(
            state=State.REFUTED,
            sentence=f"not confirmed: {told}, {LEAST_SAMPLES} are asked for ({seen or 'they were not audited'})",
            rests_on=rests_on,
            todo=_more_samples(subject),
        )
    if doubtful or not findings:
        sentence = f"{told}; {seen or 'whether they represent anything was not looked at'}"
        return Found(state=State.OPEN, sentence=sentence, rests_on=rests_on, todo=_audit(subject))
    return Found(state=State.EVIDENCED, sentence=f"{told}: {seen}", rests_on=rests_on)


def _worst(subject: Subject, findings: list[Finding], *, more: str) -> Found:
    """The gravest answers to some questions of the gate."""
    for gate in (Gate.REJECTED, Gate.UNPROVEN, Gate.ACCEPTED):
        told = [one.sentence for one in findings if one.gate is gate]
        if told:
            shown = told[:1] if gate is Gate.ACCEPTED else told[:_SHOWN]
            left = len(told) - len(shown) if gate is not Gate.ACCEPTED else 0
            rest = f"; and {left} more" if left else ""
            return Found(
                state=_STATES.get(gate, State.OPEN),
                sentence=f"{'; '.join(shown)}{rest}{more}",
                rests_on=_of_both(subject),
                todo=None
                if gate is Gate.ACCEPTED
                else f"another recipe, or more samples: planner show {subject.document.run}",
            )
    return _by_gate(subject, State.OPEN)


def _by_gate(subject: Subject, state: State) -> Found:
    reasons = next((one.gate_reasons for one in subject.verdicts), ())
    sentence = "; ".join(reasons[:_SHOWN]) or "the gate has not judged it"
    return Found(
        state=state, sentence=sentence, rests_on=_of_both(subject), todo=f"planner show {subject.document.run}"
    )


def _not_compared(subject: Subject) -> Found:
    """No answers were compared: a candidate that gives no number is rejected all the same."""
    if subject.candidate is None:
        return no_candidate(subject)
    if subject.gate is Gate.REJECTED:
        return _by_gate(subject, State.REFUTED)
    reasons = next((one.gate_reasons for one in subject.verdicts), ())
    sentence = reasons[0] if reasons else "quality was not measured"
    todo = f"bring labelled test data: {subject.bench} --data PATH"
    return Found(state=State.OPEN, sentence=sentence, rests_on=_of_both(subject), todo=todo)


def no_candidate(subject: Subject) -> Found:
    """What to say of a candidate where the run has none."""
    todo = f"measure a variant: {subject.bench}"
    return Found(state=State.OPEN, sentence="the run measured no candidate", rests_on=(subject.of_run,), todo=todo)


def _comparison(subject: Subject) -> QualityComparison | None:
    found = None if subject.candidate is None else subject.candidate.quality_against_baseline
    return found if found is not None and found.samples and subject.gate is not Gate.NOT_MEASURED else None


def _is_all_accepted(subject: Subject, comparison: QualityComparison) -> bool:
    return all(one.gate is Gate.ACCEPTED for one in findings_of(comparison, subject.document.gate))


def _of_both(subject: Subject) -> tuple[str, ...]:
    return subject.of_arms(subject.candidate, subject.baseline)


def _samples(digests: object) -> int | None:
    return len(digests) if isinstance(digests, list | tuple) and digests else None


def _other_data(subject: Subject) -> str:
    return f"calibrate with data as the model will see them: {subject.bench} --calibration PATH"


def _audit(subject: Subject) -> str:
    return f"planner audit calibration {subject.of_workload}"


def _more_samples(subject: Subject) -> str:
    made = f"planner quantize {subject.of_workload} --samples {LEAST_SAMPLES} --out DIR"
    return f"{made}, then judge what it writes: {subject.bench} --candidate FILE"
