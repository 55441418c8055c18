"""Energy and carbon of the cards, labelled as the estimates that they are, with what they rest on."""

from collections.abc import Iterator

from planner.reports.document import Block, Bullets, Row
from planner.reports.figures import Cell, Figure, Mark
from planner.services.plans.document import ColumnDocument
from planner.services.plans.footprint_document import Estimate
from planner.services.reporting.blocks import left, right, row, said, table, words
from planner.services.reporting.question_figures import QuestionFigures, evidence_key, mark_of
from planner.services.reporting.wording import NOT_KNOWN, TITLES, many, scaled, spread

_TONNE = 1000.0  # kg
_MILLION = 1e6
_JOULES_PER_KWH = 3.6e6
_KILO = 1000.0


def footprint_blocks(asked: QuestionFigures) -> Iterator[Block]:
    """The table and its grounds; a sentence where nothing is known of any fleet."""
    columns = asked.one.columns
    if all(column.energy is None or column.energy.kwh is None for column in columns):
        reasons = dict.fromkeys(column.energy.reason for column in columns if column.energy and column.energy.reason)
        yield said(f"Energy and carbon are not estimated: {'; '.join(map(str, reasons)) or 'power is not known'}.")
        return
    headings = [left("", "Quantity"), *(right(TITLES[one.name], str(one.name)) for one in columns)]
    yield table(
        f"footprint.{asked.key}",
        "Energy and carbon of the cards alone: estimates",
        headings,
        _rows(asked),
        note="estimates, not measurements: of the cards without the rest of their servers; carbon is location-based, "
        "embodied carbon stands apart and is in no other figure",
    )
    grounds = dict.fromkeys(_grounds(asked))
    if grounds:
        yield Bullets(items=tuple(words(text) for text in grounds))


def _rows(asked: QuestionFigures) -> Iterator[Row]:
    columns = asked.one.columns
    yield row("energy a year", *(_energy(asked, one) for one in columns))
    yield row("energy of a million requests", *(_of_million(asked, one) for one in columns))
    yield row("CO₂e a year", *(_carbon(asked, one) for one in columns))
    yield row("CO₂e of a million requests", *(_carbon_of_million(asked, one) for one in columns))
    yield row("embodied CO₂e a year, apart", *(_embodied(asked, one) for one in columns))


def _energy(asked: QuestionFigures, column: ColumnDocument) -> Cell:
    found = column.energy
    return _cell(asked, column, "energy", None if found is None else found.kwh, "kWh")


def _of_million(asked: QuestionFigures, column: ColumnDocument) -> Cell:
    found = None if column.energy is None else column.energy.joules_per_request
    each = None if found is None else scaled(found, _MILLION / _JOULES_PER_KWH)
    return _cell(asked, column, "energy_per_million", each, "kWh")


def _carbon(asked: QuestionFigures, column: ColumnDocument) -> Cell:
    found = None if column.carbon is None or column.carbon.kg is None else scaled(column.carbon.kg, 1 / _TONNE)
    return _cell(asked, column, "carbon", found, "t")


def _carbon_of_million(asked: QuestionFigures, column: ColumnDocument) -> Cell:
    found = None if column.carbon is None else column.carbon.g_per_thousand_requests
    each = None if found is None else scaled(found, _MILLION / _KILO / _KILO)
    return _cell(asked, column, "carbon_per_million", each, "kg")


def _embodied(asked: QuestionFigures, column: ColumnDocument) -> Cell:
    if column.embodied is None or column.embodied.kg_per_year is None:
        return words(NOT_KNOWN)
    tonnes = column.embodied.kg_per_year / _TONNE
    return _cell(asked, column, "embodied", Estimate(low=tonnes, point=tonnes, high=tonnes), "t")


def _cell(asked: QuestionFigures, column: ColumnDocument, name: str, found: Estimate | None, unit: str) -> Cell:
    if found is None:
        return words(NOT_KNOWN)
    energy = column.energy
    is_least = energy is not None and energy.is_least
    measured = energy is not None and energy.evidence == "measured" and name.startswith("energy")
    return Figure(
        key=f"{asked.key}.{column.name}.{name}",
        value=found.low if is_least else found.high if found.point is None else found.point,
        unit=unit,
        text=spread(found, unit, is_least=is_least),
        mark=mark_of("measured") if measured else Mark.ASSUMED,
        rests_on=evidence_key(asked.key, column.name),
    )


def _grounds(asked: QuestionFigures) -> Iterator[str]:
    for column in asked.one.columns:
        energy, carbon, embodied = column.energy, column.carbon, column.embodied
        if energy is not None and energy.source is not None:
            pue = "" if energy.pue is None else f", PUE {energy.pue.low:g} to {energy.pue.high:g}"
            most = "" if energy.most_kwh is None else f"; at the boards' limit {many(energy.most_kwh)} kWh a year"
            yield f"energy of {TITLES[column.name]}: {energy.evidence or NOT_KNOWN}, {energy.source}{pue}{most}"
            yield from energy.notes
        if carbon is not None:
            told = carbon.reason if carbon.basis is None else f"{carbon.basis}; {carbon.source or NOT_KNOWN}"
            yield f"carbon: {told or NOT_KNOWN}"
        if embodied is not None:
            yield f"embodied carbon: {embodied.source or embodied.reason or NOT_KNOWN}"
