"""Where things stand in the file: unique ids of sections and blocks, and which of them a figure is walked back to."""

import re

from planner.reports.document import Drawing, Report, Row, Section, Table

_LONGEST = 60


class Places:
    """The ids of one report. Keys may be anything; ids are letters, digits, `-` and `_`."""

    def __init__(self, report: Report) -> None:
        self._taken: set[str] = set()
        self._by_key: dict[str, str] = {}
        self._rows: dict[int, str] = {}
        self._blocks: dict[int, str] = {}
        self._sections = {id(one): self._new("section", one.key) for one in report.sections}
        for block in report.blocks():
            if isinstance(block, Table):
                self._add_table(block)
            elif isinstance(block, Drawing):
                self._blocks[id(block)] = self._new("chart", block.chart.key)

    def of_section(self, section: Section) -> str:
        """Its id."""
        return self._sections[id(section)]

    def of_block(self, block: Table | Drawing) -> str:
        """The id of a table or chart."""
        return self._blocks[id(block)]

    def take_row(self, row: Row) -> str | None:
        """The id of a row that is shown and has a key; once, as one row may stand in two tables."""
        return self._rows.pop(id(row), None)

    def aim(self, key: str | None) -> str | None:
        """The id that `rests_on` leads to: a section, row, table or chart that the report has; else None."""
        return None if key is None else self._by_key.get(key)

    def _add_table(self, table: Table) -> None:
        name = self._new("table", table.key)
        self._blocks[id(table)] = name
        top, _, bottom = table.top_and_bottom()
        for row in (*top, *bottom):
            if row.key is not None and row.key not in self._by_key:
                self._rows[id(row)] = self._new("row", row.key)
        for row in table.rows:
            if row.key is not None:
                self._by_key.setdefault(row.key, name)  # of a row that is left out, the table

    def _new(self, kind: str, key: str) -> str:
        plain = f"{kind}-{re.sub(r'[^A-Za-z0-9_-]+', '-', key)[:_LONGEST]}"
        name, number = plain, 2
        while name in self._taken:
            name, number = f"{plain}-{number}", number + 1
        self._taken.add(name)
        self._by_key.setdefault(key, name)
        return name
