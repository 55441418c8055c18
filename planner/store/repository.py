"""The store as the rest of the application sees it: findings in, findings out.

Every recording is one transaction, on the disk when the call returns; recording the same thing
again replaces it. Nothing of SQLAlchemy leaves this package, neither rows nor errors.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from harness.environment import Environment, Observer
from harness.vocabulary import (
    Agreement,
    CalibrationFinding,
    Comparison,
    EnergyReading,
    Failure,
    KernelProof,
    Limit,
    LoadPoint,
    Measurement,
    MemoryReading,
    PipelineTiming,
    Plan,
    Prediction,
    ProofVerdict,
    QualityComparison,
    QualityFigures,
    Round,
    RunState,
    ServerLevel,
    ServerRate,
    Verdict,
    WarmUpSamples,
)
from harness.vocabulary.selftest import SelfTest
from planner.errors import StoreError
from planner.store import (
    answers,
    attestations,
    figures,
    limits,
    reading,
    results,
    runs,
    sampling,
    selftests,
    serving,
    summaries,
)
from planner.store.figure_records import RunConditions, RunFigures
from planner.store.pricing_store import PricingStore
from planner.store.records import RunSummary, StoredRun
from planner.store.sampling import SomeRounds

_ATTEMPTS = 20  # of finding a free identifier among 1.6 · 10⁹: one is enough unless the source is broken


class Store(PricingStore):
    """Runs and their evidence.

    Methods that name a run raise `RunNotFoundError` if it is not there, and every method raises
    `StoreError` if the database cannot be read or written.
    """

    def create_run(self, plan: Plan, environment: Environment, *, observer: Observer, planner_version: str) -> str:
        """Open a run in state RUNNING and return its new identifier: 8 hexadecimal characters."""
        for _ in range(_ATTEMPTS):
            run_id = self._new_id()
            with self.writing() as session:
                if runs.exists(session, run_id):
                    continue
                runs.create(
                    session,
                    run_id,
                    plan=plan,
                    environment=environment,
                    observer=observer,
                    planner_version=planner_version,
                    started_at=self._now(),
                )
            return run_id
        raise StoreError(f"no free identifier was found for a run in {self.place}: try again")

    def record_artifact(
        self, run_id: str, arm: str, digest: str, size_bytes: int, provenance: Mapping[str, object]
    ) -> None:
        """Keep what the arm's runtime loads: SHA-256, size and provenance, but not where it lies."""
        with self.writing(run_id) as session:
            results.write_artifact(session, run_id, arm, digest=digest, size_bytes=size_bytes, provenance=provenance)

    def record_settings(self, run_id: str, arm: str, settings: Mapping[str, str]) -> None:
        """Keep what the arm's runtime was told, by name; added to what is known of the arm."""
        with self.writing(run_id) as session:
            runs.require(session, run_id)
            results.write_settings(session, run_id, arm, settings)

    def record_memory(self, run_id: str, arm: str, reading: MemoryReading) -> None:
        """Keep a reading, by arm, phase and launch."""
        with self.writing(run_id) as session:
            results.write_memory(session, run_id, arm, reading)

    def record_proof(self, run_id: str, arm: str, proof: KernelProof, verdict: ProofVerdict) -> None:
        """Keep the layers that ran and what they prove, by arm."""
        with self.writing(run_id) as session:
            results.write_proof(session, run_id, arm, proof=proof, verdict=verdict)

    def record_prediction(self, run_id: str, arm: str, prediction: Prediction) -> None:
        """Keep the arm's answer to every test sample."""
        with self.writing(run_id) as session:
            answers.write_prediction(session, run_id, arm, prediction)

    def record_quality(self, run_id: str, arm: str, figures: QualityFigures) -> None:
        """Keep the arm's metric."""
        with self.writing(run_id) as session:
            answers.write_quality(session, run_id, arm, figures)

    def record_quality_comparison(
        self, run_id: str, candidate: str, baseline: str, comparison: QualityComparison
    ) -> None:
        """Keep a candidate's quality against its baseline's, both by arm name."""
        with self.writing(run_id) as session:
            answers.write_quality_comparison(
                session, run_id, candidate=candidate, baseline=baseline, comparison=comparison
            )

    def record_warm_up(self, run_id: str, samples: WarmUpSamples) -> None:
        """Keep an arm's first calls, by batch and launch."""
        with self.writing(run_id) as session:
            results.write_warm_up(session, run_id, samples)

    def record_round(self, run_id: str, one: Round) -> None:
        """Keep a round whole, by batch, launch and index."""
        with self.writing(run_id) as session:
            results.write_round(session, run_id, one)

    def record_measurement(self, run_id: str, measurement: Measurement) -> None:
        """Keep what a trial yielded, by arm and batch."""
        with self.writing(run_id) as session:
            runs.require(session, run_id)
            results.write_measurement(session, run_id, measurement)

    def record_comparison(self, run_id: str, comparison: Comparison) -> None:
        """Keep a candidate's speed against its baseline's, by batch."""
        with self.writing(run_id) as session:
            results.write_comparison(session, run_id, comparison)

    def record_verdict(self, run_id: str, verdict: Verdict) -> None:
        """Keep the judgement on a candidate, by baseline and batch."""
        with self.writing(run_id) as session:
            results.write_verdict(session, run_id, verdict)

    def record_agreement(self, run_id: str, agreement: Agreement) -> None:
        """Keep how alike a candidate's outputs are to its baseline's."""
        with self.writing(run_id) as session:
            answers.write_agreement(session, run_id, agreement)

    def record_pipeline(self, run_id: str, timing: PipelineTiming) -> None:
        """Keep where the time of a whole request goes, by arm and batch."""
        with self.writing(run_id) as session:
            results.write_pipeline(session, run_id, timing)

    def record_server_level(self, run_id: str, level: ServerLevel) -> None:
        """Keep an arm under one rate of arrivals, by arm and index, with its raw samples."""
        with self.writing(run_id) as session:
            serving.write_server_level(session, run_id, level)

    def record_server_rate(self, run_id: str, rate: ServerRate) -> None:
        """Keep the rate at which an arm still keeps the SLO."""
        with self.writing(run_id) as session:
            serving.write_server_rate(session, run_id, rate)

    def record_limits(self, run_id: str, found: Sequence[Limit]) -> None:
        """Keep how near arms came to what their machine can do, by arm and batch, all in one transaction."""
        with self.writing(run_id) as session:
            for limit in found:
                limits.write_limit(session, run_id, limit)

    def record_calibration_findings(self, run_id: str, findings: Sequence[CalibrationFinding]) -> None:
        """Keep what was found about the calibration data, all of it, in this order."""
        with self.writing(run_id) as session:
            runs.write_calibration_findings(session, run_id, findings)

    def record_energy(self, run_id: str, arm: str, reading: EnergyReading) -> None:
        """Keep the arm's energy per inference, or why there is none."""
        with self.writing(run_id) as session:
            results.write_energy(session, run_id, arm, reading)

    def record_failure(self, run_id: str, failure: Failure) -> None:
        """Keep what went wrong, by arm, stage and message. `failure.arm` need not be in the plan."""
        with self.writing(run_id) as session:
            results.write_failure(session, run_id, failure)

    def record_selftest(self, certificate: SelfTest) -> None:
        """Keep the certificate of a self-test, beside the earlier ones of its host."""
        with self.writing() as session:
            selftests.write_selftest(session, certificate)

    def latest_selftest(self, host_id: str, *, is_simulated: bool = False) -> SelfTest | None:
        """The newest certificate of a host."""
        with self.reading() as session:
            return selftests.read_latest(session, host_id, is_simulated=is_simulated)

    def find_selftest(self, host_id: str, *, moment: datetime, is_simulated: bool = False) -> SelfTest | None:
        """The newest certificate of a host from before the moment, else the first one after it."""
        with self.reading() as session:
            return selftests.read_nearest(session, host_id, moment=moment, is_simulated=is_simulated)

    def record_attestation(
        self, run_id: str, point: str, *, candidate: str | None, by: str, note: str
    ) -> attestations.Attestation:
        """Keep who vouches for a point of the run's checklist; the moment is now."""
        given = attestations.Attestation(point=point, candidate=candidate, by=by, note=note, moment=self._now())
        with self.writing(run_id) as session:
            attestations.write_attestation(session, run_id, given)
        return given

    def withdraw_attestation(self, run_id: str, point: str, *, candidate: str | None) -> int:
        """Take back what stands of a point, and say how many attestations that were; the moment is now."""
        with self.writing(run_id) as session:
            return attestations.withdraw(session, run_id, point, candidate=candidate, moment=self._now())

    def attestations(self, run_id: str) -> tuple[attestations.Attestation, ...]:
        """All of a run, in the order in which they were given, withdrawn ones too."""
        with self.reading() as session:
            return attestations.read_attestations(session, run_id)

    def finish(self, run_id: str, state: RunState, exit_code: int | None) -> None:
        """Keep how and when the run ended."""
        with self.writing(run_id) as session:
            runs.finish(session, run_id, state=state, exit_code=exit_code, moment=self._now())

    def reopen(self, run_id: str) -> None:
        """Resume a run: RUNNING again, without measurements, comparisons, verdicts, limits and failures."""
        with self.writing(run_id) as session:
            runs.reopen(session, run_id)

    def delete(self, run_id: str) -> None:
        """Remove a run with everything that was recorded of it."""
        with self.writing(run_id) as session:
            runs.remove(session, run_id)

    def resolve(self, name: str) -> str:
        """The run that `name` means: `latest`, an identifier, or a unique start of one.

        Raises:
            RunNotFoundError: if no run is meant.
            StoreError: if more than one is meant, with the choices.
        """
        with self.reading() as session:
            return runs.resolve(session, name)

    def runs(
        self, limit: int | None = None, workload: str | None = None, state: RunState | None = None
    ) -> tuple[RunSummary, ...]:
        """The runs in brief, the newest first, at most `limit`."""
        with self.reading() as session:
            return summaries.summaries(session, limit=limit, workload=workload, state=state)

    def conditions(self, workload_digest: str) -> tuple[RunConditions, ...]:
        """The completed runs of a workload that are no simulations, oldest first, with what was asked of them where."""
        with self.reading() as session:
            return figures.conditions(session, workload_digest)

    def figures(self, run_ids: Sequence[str]) -> RunFigures:
        """The figures of these runs, with a fixed number of queries."""
        with self.reading() as session:
            return figures.figures(session, run_ids)

    def load(self, run_id: str) -> StoredRun:
        """Everything of a run but its raw rounds."""
        with self.reading() as session:
            return reading.load(session, run_id)

    def rounds(self, run_id: str) -> tuple[Round, ...]:
        """Every round of a run with its raw samples, by batch, launch and index."""
        with self.reading() as session:
            return reading.read_rounds(session, run_id)

    def some_rounds(self, run_id: str, load: LoadPoint, *, most_bytes: int) -> SomeRounds:
        """Rounds under a load with their raw samples, evenly over the run, no more than `most_bytes` as stored."""
        with self.reading() as session:
            return sampling.read_some_rounds(session, run_id, load, most_bytes=most_bytes)

    def server_levels(self, run_id: str) -> tuple[ServerLevel, ...]:
        """Every level of the server scenario with its raw samples, by arm and index."""
        with self.reading() as session:
            return serving.read_server_levels(session, run_id)
