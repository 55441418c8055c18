"""What was seen of a GPU, as the settings of an arm that a run keeps and shows."""

from harness.vocabulary import EnergyRatio, GpuSummary, RatioInterval


def shown_summary(summary: GpuSummary) -> dict[str, str]:
    """The card, its meter, how many blocks it was held down in, its memory, and what watching it cost."""
    cost = summary.cost
    limits = f" ({', '.join(summary.limits)})" if summary.limits else ""
    blocks = (
        f"{summary.blocks}, {summary.throttled_blocks} throttled, "
        f"{summary.capped_blocks} at the software power cap{limits}"
    )
    peak = summary.peak_bytes
    found = {
        "gpu": f"{summary.name} ({summary.uuid})",
        "gpu energy source": summary.energy_source,
        "gpu blocks": blocks,
        "gpu memory": f"unknown: {summary.peak_reason}" if peak is None else f"{peak / 2**20:.0f} MiB at most",
        "gpu watch": (
            f"{cost.samples} looks, {cost.mean_s * 1e3:.2f} ms of CPU time each, {cost.longest_s * 1e3:.2f} ms the "
            f"longest; {cost.share:.2%} of a core"
        ),
    }
    if summary.most_temperature_c is not None:
        found["gpu temperature"] = f"{summary.most_temperature_c} °C at most"
    return found


def shown_ratio(ratio: EnergyRatio) -> str:
    """How many times less energy the candidate takes, with and without the idle card."""
    parts = [f"{_interval(one)} {what}" for one, what in ((ratio.net, "net"), (ratio.gross, "gross")) if one]
    if ratio.reason:
        parts.append(f"no net ratio: {ratio.reason}" if ratio.gross else f"no ratio: {ratio.reason}")
    return "; ".join(parts)


def _interval(one: RatioInterval) -> str:
    return f"{one.point:.3f}× less ({one.lower:.3f} to {one.upper:.3f})"
