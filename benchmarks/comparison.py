"""What a comparison is given, and what it gives back."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.peers import Answer, PeerAbsentError
from benchmarks.result import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where to work and how much. `narrate` says what is going on; `quick` only shows that it works."""

    scratch: Path
    narrate: Callable[[str], None]
    quick: bool = False

    def sized(self, full: float, quick: float) -> float:
        """Seconds or counts: the full figure, or the one that only shows that it works."""
        return quick if self.quick else full

    def times(self, full: int, quick: int) -> int:
        """How often."""
        return quick if self.quick else full

    def folder(self, name: str) -> Path:
        """A new folder to work in."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.scratch))


@dataclass(slots=True, kw_only=True)
class Found:
    """What a comparison has found so far."""

    rows: list[Row] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    def ask(self, peer: str, question: Callable[[], Answer]) -> Answer | None:
        """Ask a peer, and note its versions, or why it could not be asked."""
        try:
            answer = question()
        except PeerAbsentError as error:
            self.absent[peer] = str(error)
            return None
        self.versions.update(answer.versions)
        return answer


Run = Callable[[Context], Found]
"""What carries a comparison out."""
