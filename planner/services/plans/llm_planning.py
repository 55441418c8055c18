"""Answers what was asked of a language model; turns the answer into its document."""

from collections.abc import Iterator

from planner.services.plans.llm_assumptions import assumption_lines
from planner.services.plans.llm_document import (
    LanguageModelDocument,
    LlmCellDocument,
    LlmChoiceDocument,
    LlmSpeedDocument,
    LlmVariantDocument,
)
from planner.services.plans.llm_request import LanguageModelRequest
from planner.services.plans.llm_wording import asked, condition, headline, output_cost, reasons
from pricing.assumptions import Assumptions
from pricing.book import PriceBook
from pricing.errors import EvidenceError
from pricing.llm import REACHED, Variant, decode_step, plain_bytes, speed_bound, stored_bytes
from pricing.projection.serving import Cell, Choice, Serving, ServingQuestion, serve
from pricing.targets import Targets

_BOUNDS_ONLY = 4
_BATCHES = (1, 8, 256)
_CENTS_OF_CENTS = ".4f"  # a million tokens may cost cents


def language_model_question(
    request: LanguageModelRequest,
    *,
    assumptions: Assumptions,
    peak_per_s: float | None,
    book: PriceBook,
    targets: Targets,
) -> ServingQuestion:
    """The question of a request.

    Args:
        request: What was asked.
        assumptions: Where it is rented, headroom, redundancy, the day.
        peak_per_s: Requests in the busiest hour; None where they were not stated.
        book: Prices.
        targets: Data sheets.

    Raises:
        PricingError: if the model, a variant, a card or a number is none.
    """
    decoder = request.decoder()
    return ServingQuestion(
        decoder=decoder,
        ask=request.ask(decoder),
        variants=request.formats(),
        cards=tuple(dict.fromkeys(targets.find(name).target_id for name in request.cards)),
        peak_per_s=peak_per_s,
        assumptions=assumptions,
        book=book,
        targets=targets,
    )


def answer(question: ServingQuestion) -> LanguageModelDocument:
    """The document of the answer.

    Raises:
        PricingError: if nothing is priced there, or the numbers contradict one another.
    """
    serving = serve(question)
    question = serving.question
    decoder, ask, place = question.decoder, question.ask, question.assumptions.stay
    best = serving.choices[0].fit if serving.choices else serving.baseline.fit
    baseline = serving.baseline
    return LanguageModelDocument(
        title=f"{decoder.name} · {asked(serving)}",
        headline=headline(serving),
        answer="holds" if serving.choices else "nowhere",
        condition=condition(serving),
        reasons=reasons(serving),
        level=_BOUNDS_ONLY,
        model=decoder.name,
        parameters=decoder.parameters,
        active_parameters=decoder.active_parameters,
        model_context=decoder.context,
        kv_bytes_per_token=decoder.model.kv_bytes_per_token(ask.kv),
        source=decoder.source,
        notes=decoder.notes,
        context=ask.context,
        concurrency=ask.concurrency,
        input_tokens=ask.input_tokens,
        output_tokens=ask.output_tokens,
        kv=ask.kv,
        provider=place.provider,
        region=place.region or "",
        purchase=place.purchase,
        peak_per_s=question.peak_per_s,
        variants=tuple(
            LlmVariantDocument(
                variant=one, stored_bytes=stored_bytes(decoder, one), plain_bytes=plain_bytes(decoder, one)
            )
            for one in question.variants
        ),
        baseline_card=baseline.fit.target.target_id,
        baseline_cards=baseline.room.cards,
        baseline_tokens=baseline.room.tokens,
        baseline_output=None if baseline.choice is None else _output(serving, baseline.choice),
        cells=tuple(_cell(cell, baseline) for cell in serving.cells),
        choices=tuple(_choice(serving, one) for one in serving.choices),
        speed_card=best.target.target_id,
        speed_cards=best.cards,
        speeds=tuple(_speeds(serving)),
        assumptions=assumption_lines(serving),
    )


def _cell(cell: Cell, baseline: Cell) -> LlmCellDocument:
    fit, room = cell.fit, cell.room
    return LlmCellDocument(
        card=fit.target.target_id,
        memory_bytes=fit.target.memory_bytes or 0,
        variant=fit.variant,
        cards=fit.cards,
        holds=fit.limit is None,
        sequences=fit.sequences,
        tokens=fit.tokens,
        limit=fit.limit,
        reason=fit.reason,
        is_priced=cell.is_priced,
        room_tokens=room.tokens,
        room_plain_tokens=room.plain_tokens,
        room_ratio=room.tokens / baseline.room.tokens if baseline.room.tokens else None,
    )


def _choice(serving: Serving, one: Choice) -> LlmChoiceDocument:
    ask, speed, offer, line = serving.question.ask, one.speed, one.offer, one.line
    cost = output_cost(one, ask.output_tokens)
    low, high = REACHED[one.fit.cards]
    return LlmChoiceDocument(
        card=one.fit.target.target_id,
        variant=one.fit.variant,
        cards=one.fit.cards,
        arithmetic=speed.arithmetic,
        arithmetic_note=speed.note,
        first_token_s=speed.first_token_s,
        step_s=speed.step_s,
        decode_per_s=speed.decode_per_s,
        prefill_per_s=speed.prefill_per_s,
        requests_per_s=speed.requests_per_s,
        bound_by="memory" if speed.is_memory_bound else "compute",
        instance=offer.instance,
        price_per_hour=f"{offer.rate.amount.normalize():f}",
        currency=offer.rate.currency,
        price_as_of=offer.as_of.isoformat(),
        price_source=offer.source,
        devices_per_instance=offer.devices,
        replicas_per_instance=one.replicas_per_instance,
        output=_output(serving, one),
        output_alone=format(one.per_million(speed.decode_per_s).amount, _CENTS_OF_CENTS),
        input_alone=format(one.per_million(speed.prefill_per_s).amount, _CENTS_OF_CENTS),
        expected=(format(cost / high, _CENTS_OF_CENTS), format(cost / low, _CENTS_OF_CENTS)),
        instances=None if line is None else line.instances,
        steps=() if line is None else line.steps,
        per_year=None if line is None else str(line.per_year.cents),
    )


def _output(serving: Serving, choice: Choice) -> str:
    return format(output_cost(choice, serving.question.ask.output_tokens), _CENTS_OF_CENTS)


def _speeds(serving: Serving) -> Iterator[LlmSpeedDocument]:
    """On the cards of the answer; a variant whose arithmetic they lack has none."""
    question = serving.question
    best = serving.choices[0].fit if serving.choices else serving.baseline.fit
    decoder, ask, target, cards = question.decoder, question.ask, best.target, best.cards
    for variant in dict.fromkeys((Variant.FP16, *question.variants)):
        try:
            speed = speed_bound(decoder, variant, target, cards=cards, ask=ask)
        except EvidenceError:
            continue
        decode: list[tuple[int, float, bool]] = []
        for batch in sorted({*_BATCHES, ask.concurrency}):
            moved, computed = decode_step(decoder, variant, target, cards=cards, ask=ask, batch=batch)
            decode.append((batch, batch / max(moved, computed), moved >= computed))
        yield LlmSpeedDocument(variant=variant, decode=tuple(decode), prefill_per_s=speed.prefill_per_s)
