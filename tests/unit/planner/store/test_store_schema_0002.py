"""A database of the second schema, with a run as that planner wrote it, opens with everything it holds."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from helpers.builders import make_environment, make_prediction
from helpers.runs import create_full_run

from harness.vocabulary import CalibrationMethod, Gate, Recipe
from planner.services.run_document import document_of
from planner.store import Store
from planner.store.codec import pack_planes, to_json
from planner.store.engine import close_engine, open_engine
from planner.store.location import locate
from planner.store.schema import HEAD, MIGRATIONS, migrate

RUN = "abcdef01"
CANDIDATE = "onnxruntime/int8-mixed:per-channel"
# As schema 0002 stored it, before recipes and rules had more fields.
PLAN = """{"workload":"flagship","workload_digest":"90cd","arms":[
{"label":"fp32","recipe":{"method":"fp32","granularity":null,"left_out":[],"keep":null},
"runtime":"onnxruntime","threads":1,"device":"cpu"},
{"label":"int8-mixed:per-channel","recipe":{"method":"int8-mixed","granularity":"per-channel",
"left_out":["/stem/Conv"],"keep":null},"runtime":"onnxruntime","threads":1,"device":"cpu"}],
"batches":[1],"baseline":"fp32","seed":1,"timing":{"block_s":0.02,"round_s":0.5,"warm_up_s":0.25,
"target_half_width":0.01,"equivalence":0.02,"confidence":0.95,"budget_s":20.0,"foreign_cpu_limit":0.06,
"memory_launches":3,"affinity":"auto"},"gate":{"overall_loss":0.01,"overall_limit":0.02,"class_drop":0.03,
"class_limit":0.06,"worst_class":null,"confidence":0.95,"judge_points":false},"unavailable":[],"is_simulated":false}"""
VERDICT = f"""{{"candidate":"{CANDIDATE}","baseline":"onnxruntime/fp32","batch":1,"speed":"faster","gate":"accepted",
"noise":"quiet","speed_reasons":["2× faster"],"gate_reasons":["nothing is lost"]}}"""


def test_a_run_of_the_second_schema_is_read_as_it_was(tmp_path: Path) -> None:
    path = _second_schema(tmp_path)

    with Store.open(path) as store:
        run = store.load(RUN)
        assert (store.migration.before, store.migration.after) == ("0002", HEAD)

    recipe = run.plan.arms[1].recipe
    assert (recipe.left_out, recipe.calibration, recipe.file) == (("/stem/Conv",), CalibrationMethod.MIN_MAX, None)
    assert recipe == Recipe(method=recipe.method, granularity=recipe.granularity, left_out=recipe.left_out)
    assert run.plan.gate.classes == ()
    assert run.arms[1].prediction == make_prediction(0, 2, 1)
    assert [one.gate for one in run.verdicts] == [Gate.ACCEPTED]
    assert (run.agreements, run.pipelines, run.calibration_findings) == ((), (), ())
    assert document_of(run).arms[1].agreement is None


def test_an_upgraded_database_takes_runs_with_everything_new(tmp_path: Path) -> None:
    with Store.open(_second_schema(tmp_path)) as store:
        run_id = create_full_run(store)

        run = store.load(run_id)
        assert len(run.agreements) == len(run.calibration_findings) == 1
        assert len(run.pipelines) == 2


def test_stepping_back_to_the_second_schema_keeps_what_it_knew(tmp_path: Path) -> None:
    from alembic import command  # noqa: PLC0415 - only a step down needs it
    from alembic.config import Config  # noqa: PLC0415 - likewise

    with Store.open(tmp_path / "results.db") as store:
        create_full_run(store)
    engine = open_engine(locate(tmp_path / "results.db"))
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.downgrade(config, "0002")
    close_engine(engine)

    with closing(sqlite3.connect(tmp_path / "results.db")) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(predictions)")]
        assert columns[-1] == "classes"
        assert database.execute("SELECT count(*) FROM predictions").fetchone() == (2,)


def _second_schema(folder: Path) -> Path:
    scripts = folder / "second"
    shutil.copytree(
        MIGRATIONS,
        scripts,
        ignore=shutil.ignore_patterns("__pycache__", "revision_000[3-9].py", "revision_00[1-9]?.py"),
    )
    engine = open_engine(locate(folder / "results.db"))
    assert migrate(engine, scripts).after == "0002"
    close_engine(engine)
    moment, digest = "2026-01-02T03:04:05.000000+00:00", make_prediction().data_digest
    with closing(sqlite3.connect(folder / "results.db")) as database, database:
        started = (RUN, "flagship", "90cd", "fp32", "completed", 0, moment, moment, "headless", "0.1.0", 0)
        database.execute(f"INSERT INTO runs VALUES (?{', ?' * 12})", (*started, PLAN, to_json(make_environment())))  # noqa: S608 - placeholders
        for place, arm in enumerate(("onnxruntime/fp32", CANDIDATE)):
            database.execute("INSERT INTO arms VALUES (?, ?, ?, '{}')", (RUN, arm, place))
            given = (RUN, arm, 3, digest, 0.004, 0, pack_planes(make_prediction(0, 2, 1).classes, 2))
            database.execute("INSERT INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?)", given)
        verdict = (RUN, CANDIDATE, "onnxruntime/fp32", 1, "faster", "accepted", "quiet", VERDICT)
        database.execute("INSERT INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", verdict)
    return folder / "results.db"
