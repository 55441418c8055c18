"""The signs of what the sanity rules say of a claim, on every face."""

from pricing.sanity.finding import Verdict

VERDICT_SIGNS = {
    Verdict.HOLDS: "✓",
    Verdict.UNVERIFIABLE: "~",
    Verdict.INCOMPLETE: "!",
    Verdict.IMPLAUSIBLE: "!",
    Verdict.PREMISE_FAILS: "✗",
    Verdict.WRONG: "✗",
    Verdict.IMPOSSIBLE: "✗",
}
