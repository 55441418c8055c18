"""What a live run says in two lines: what it is, where it stands, how long it still takes at most."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from harness.vocabulary import Stage
from planner.tui.measuring.player import Player
from planner.tui.measuring.standing import LiveRun, Phase
from planner.wording import quantities
from planner.wording.stages import STAGE_WORDS
from planner.wording.text import plain

_BAR = 24
_ENDS = {
    Phase.DONE: ("✓ done", "green"),
    Phase.CANCELLED: ("~ cancelled", "yellow"),
    Phase.FAILED: ("✗ failed", "red"),
}
BEGINS = "the latency plot begins with the first timed round"
_ENDING = "o opens the result · l log · v replays it · esc back"


def head_of(run: LiveRun, *, is_paused: bool, player: Player | None = None) -> RenderableType:
    """Title, and where it stands."""
    title = Text(no_wrap=True, overflow="ellipsis")
    if is_paused:
        title.append("⏸ painting is paused, measuring is not · p goes on  ", style="bold yellow")
    if run.is_replay:
        title.append(" REPLAY ", style="bold reverse").append(" ")
    title.append(plain(run.title), style="bold")
    if run.began is not None:
        title.append(f"  run {run.began.run}", style="dim")
        if run.began.is_simulated:
            title.append("  ").append(" SIMULATED ", style="bold reverse")
    return Group(title, *([_playing(player)] if player is not None else []), *_where(run))


def _playing(player: Player) -> Text:
    state = "⏸ held" if player.is_paused else f"▶ {player.speed:g}×"
    return Text(
        f"{state}  {player.at_s:.0f} of {player.length_s:.0f} s as they were  ·  space holds  + quicker  - slower",
        style="dim",
        no_wrap=True,
        overflow="ellipsis",
    )


def _where(run: LiveRun) -> list[Text]:
    progress = run.progress
    if run.phase in _ENDS:
        return _end(run)
    if run.phase is Phase.WAITING:
        return [Text("starting: looking at model and data, waiting for the host …", style="dim")]
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(f"{progress.now_s:4.0f} s  ")
    if progress.stage is not None:  # before the first one, nothing is known to be done
        line.append(quantities.bar(progress.share, of=1.0, width=_BAR).ljust(_BAR, "·"), style="cyan")
        line.append(f" {progress.share:4.0%} of this step: ")
    if run.phase is Phase.CANCELLING:
        return [line.append("cancelling: storing what there is; x again ends it at once", style="yellow")]
    return [line.append(_doing(run)), _facts(run)]


def _end(run: LiveRun) -> list[Text]:
    """How it ended, and below it what can be done now."""
    word, style = _ENDS[run.phase]
    told = f"{word} after {run.progress.now_s:.0f} s" + (", as it was" if run.is_replay else "")
    keys = [] if run.phase is Phase.FAILED else [_ENDING]
    if run.phase is Phase.CANCELLED and not run.is_replay:
        told += ": what was measured is kept"
        keys = [f"u goes on with it · {_ENDING}"]
    lines = [Text(told, style=style), *(Text(one, style="dim") for one in keys)]
    for line in lines:
        line.no_wrap, line.overflow = True, "ellipsis"
    return lines


def _doing(run: LiveRun) -> str:
    progress = run.progress
    if progress.stage is None:
        return "beginning"
    parts = [STAGE_WORDS[progress.stage], *([progress.load.label] if progress.load is not None else [])]
    return " · ".join(parts)


def _facts(run: LiveRun) -> Text:
    progress = run.progress
    parts = []
    if progress.stage is Stage.TIME:
        disturbed = (f"~ {progress.contaminated} of {progress.rounds} rounds disturbed", "yellow not dim")
        parts = [disturbed if progress.contaminated else (f"{progress.rounds} rounds", "")]
        parts.append((f"{progress.pairs} pairs of blocks", ""))
    elif progress.total:
        parts.append((f"{progress.done:.0f} of {progress.total:.0f} done", ""))
    parts += [(left, "") for left in _left(run)]
    text = Text(" · ").join(Text(*part) for part in parts)
    text.style, text.no_wrap, text.overflow = "dim", True, "ellipsis"
    return text


def _left(run: LiveRun) -> Iterator[str]:
    left_s = run.progress.stage_left_s
    if run.timing_left_s is not None:
        yield f"timing ends in {run.timing_left_s:.0f} s at most"
    elif left_s is not None and run.progress.stage is not None:
        yield f"about {left_s:.0f} s left in this step"
