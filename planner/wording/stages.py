"""What each stage of a run is called on every face."""

from harness.vocabulary import Stage

STAGE_WORDS = {
    Stage.QUANTIZE: "making INT8 artifacts",
    Stage.LOAD: "opening sessions",
    Stage.PROVE: "proving which precision runs",
    Stage.QUALITY: "answering the test data",
    Stage.WARM_UP: "warming up",
    Stage.TIME: "timing, arms in turn",
    Stage.MEMORY: "measuring memory in fresh processes",
    Stage.ENERGY: "measuring energy",
    Stage.PIPELINE: "timing whole requests",
    Stage.SERVER: "requests arrive at random: looking for the rate that keeps the promise",
}
