"""A part of a drawing that is kept while it would be drawn the same. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rich.console import RenderableType


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of them.

    Attributes:
        name: Which part.
        of: What it is drawn of: of the same object it is the same.
        draw: Draws it, where it is not kept.
        is_dim: Whether it is shown dim now.
    """

    name: str
    of: object
    draw: Callable[[], Iterable[RenderableType]]
    is_dim: bool = False
