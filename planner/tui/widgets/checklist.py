"""A list of things to tick, in groups. What cannot be ticked stays in sight, dim, with the reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from planner.wording.text import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing. `reason`: why it cannot be ticked; None: it can. `needs_preparing`: that reason can be helped."""

    group: str
    value: str
    told: str = ""
    is_ticked: bool = False
    reason: str | None = None
    needs_preparing: bool = False


class Checklist(OptionList):
    """Space or enter ticks."""

    DEFAULT_CSS = "Checklist { text-wrap: nowrap; text-overflow: ellipsis; }"

    BINDINGS = [  # noqa: RUF012 - Textual's own way
        Binding("space", "select", "Tick", tooltip="tick or untick what the cursor stands on"),
        Binding("j", "cursor_down", show=False),
        Binding("k", "cursor_up", show=False),
    ]

    class Ticked(Message):
        """Something was ticked, or no more."""

    class Looked(Message):
        """The cursor stands on another thing; None: on none."""

        def __init__(self, item: Item | None) -> None:
            self.item = item
            super().__init__()

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id, markup=False)
        self._items: dict[tuple[str, str], Item] = {}
        self._ticked: set[tuple[str, str]] = set()

    def fill(self, items: Sequence[Item], *, ticked: Iterable[tuple[str, str]] | None = None) -> None:
        """Show these; tick those of `ticked` that are there, else what ticks itself."""
        self._items = {(item.group, item.value): item for item in items}
        able = {key for key, item in self._items.items() if item.reason is None}
        wanted = set(ticked) & able if ticked is not None else set()
        self._ticked = wanted or {key for key in able if self._items[key].is_ticked}
        self._redraw()

    def ticked(self, group: str) -> tuple[str, ...]:
        """What is ticked in a group, in its order."""
        return tuple(value for of, value in self._items if of == group and (of, value) in self._ticked)

    def able(self, group: str) -> tuple[str, ...]:
        """What could be ticked in a group."""
        return tuple(value for (of, value), item in self._items.items() if of == group and item.reason is None)

    @property
    def to_prepare(self) -> str | None:
        """What could be prepared: where the cursor stands, else the first such thing; None: nothing."""
        able = [item for item in self._items.values() if item.needs_preparing]
        if self.highlighted is not None:
            here = self._items.get(self._key(self.get_option_at_index(self.highlighted)))
            if here in able and here is not None:
                return here.value
        return able[0].value if able else None

    @property
    def all_ticked(self) -> tuple[tuple[str, str], ...]:
        """Everything that is ticked."""
        return tuple(key for key in self._items if key in self._ticked)

    def _redraw(self) -> None:
        at = self.highlighted
        self.clear_options()
        group = None
        for number, ((of, value), item) in enumerate(self._items.items()):
            if of != group:
                group = of
                self.add_option(Option(Text(of.upper(), style="bold"), disabled=True))
            self.add_option(Option(self._drawn(item), id=f"i{number}"))
            del value
        if at is not None and at < self.option_count:
            self.highlighted = at

    def _drawn(self, item: Item) -> Text:
        is_ticked = (item.group, item.value) in self._ticked
        sign = "✗" if item.reason is not None else "■" if is_ticked else "□"
        style = "" if item.reason is None else "dim"
        text = Text(f"{sign} {plain(item.value)}", style=style)
        told = item.reason or item.told
        return text.append(f"  {plain(told)}", style="dim") if told else text

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Turn it round; what is missing cannot be."""
        event.stop()
        key = self._key(event.option)
        if self._items[key].reason is not None:
            self.notify(plain(self._items[key].reason or ""), title=f"{plain(key[1])} cannot be measured here")
            return
        self._ticked ^= {key}
        self.replace_option_prompt_at_index(event.option_index, self._drawn(self._items[key]))
        self.post_message(self.Ticked())

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The cursor moved."""
        event.stop()
        self.post_message(self.Looked(self._items.get(self._key(event.option))))

    def tell_where(self) -> None:
        """Say again what the cursor stands on."""
        at = self.highlighted_option
        self.post_message(self.Looked(self._items.get(self._key(at)) if at is not None else None))

    def _key(self, option: Option) -> tuple[str, str]:
        return tuple(self._items)[int((option.id or "i0")[1:])]
