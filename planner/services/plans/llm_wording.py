"""The sentences of a language model's plan. Each amount in them is "at least": rates are bounds."""

from collections.abc import Iterator

from pricing.llm import Limit, Variant
from pricing.projection.serving import Choice, Serving, cost_order

_SMALL = 1.0  # of an amount: below it one more decimal is told


def headline(serving: Serving) -> str:
    """The cheapest card and variant that hold what is asked, and today's card in FP16 beside it."""
    if not serving.choices:
        return _nowhere(serving)
    best = serving.choices[0]
    open_until = "" if best.fit.variant.is_original else "conditional, quality not measured: "
    found = f"{named(best)} has the lowest bound of all that hold {asked(serving)}, {_cost(serving, best)}"
    return f"{open_until}{found}; {_against(serving)}"


def condition(serving: Serving) -> str | None:
    """What the answer depends on."""
    if not serving.choices or serving.choices[0].fit.variant.is_original:
        return None
    return f"{serving.choices[0].fit.variant} keeps the model's quality, which was not measured"


def reasons(serving: Serving) -> tuple[str, ...]:
    """What must be known beside the headline."""
    return tuple(_reasons(serving))


def asked(serving: Serving) -> str:
    """`64 requests of 2,048 tokens`."""
    ask = serving.question.ask
    return f"{ask.concurrency:,} request{'s' * (ask.concurrency > 1)} of {ask.context:,} tokens"


def named(choice: Choice) -> str:
    """`int4-weight-only on 2 × a100-sxm4-80`."""
    return placed(choice.fit.variant, choice.fit.cards, choice.fit.target.target_id)


def placed(variant: str, cards: int, card: str) -> str:
    """A variant on cards."""
    return f"{variant} on {f'{cards} × ' if cards > 1 else ''}{card}"


def output_cost(choice: Choice, output_tokens: int) -> float:
    """Of a million tokens written, their questions included."""
    return float(choice.per_million(choice.speed.requests_per_s * output_tokens).amount)


def _cost(serving: Serving, choice: Choice) -> str:
    currency = choice.offer.rate.currency
    if choice.line is not None:
        return (
            f"at least {choice.line.instances:,} × {choice.offer.instance} for at least "
            f"{choice.line.per_year.cents:,.0f} {currency} a year"
        )
    written = output_cost(choice, serving.question.ask.output_tokens)
    return f"at least {_amount(written)} {currency} a million tokens written, questions included"


def _briefly(serving: Serving, choice: Choice) -> str:
    """Beside another amount of the same kind."""
    if choice.line is not None:
        return f"at least {choice.line.per_year.cents:,.0f} {choice.offer.rate.currency} a year"
    return f"at least {_amount(output_cost(choice, serving.question.ask.output_tokens))} {choice.offer.rate.currency}"


def _against(serving: Serving) -> str:
    baseline, best = serving.baseline, serving.choices[0]
    card = baseline.fit.target.target_id
    if baseline.choice is None:
        if not baseline.is_priced:
            return f"fp16 on {card}, today's card, has no price there"
        return f"{placed('fp16', baseline.fit.cards, card)}, today's card, does not: {baseline.fit.reason}"
    if (best.fit.target, best.fit.variant) == (baseline.fit.target, baseline.fit.variant):
        return "that is today's card and precision already"
    return f"{named(baseline.choice)}, today's card, {_briefly(serving, baseline.choice)}"


def _reasons(serving: Serving) -> Iterator[str]:
    if serving.choices:
        best = serving.choices[0]
        plain = next((one for one in serving.choices if one.fit.variant.is_original), None)
        today = serving.baseline.choice
        is_todays = plain is None or (today is not None and cost_order(today) <= cost_order(plain))
        if not best.fit.variant.is_original and plain is not None and not is_todays:
            yield f"without quantising the lowest bound is that of {named(plain)}, {_briefly(serving, plain)}"
        if best.replicas_per_instance > 1 and best.line is None:
            yield (
                f"{best.offer.instance} holds {best.replicas_per_instance} such replicas, and amounts are a replica's "
                f"share of it: the whole instance costs {best.offer.rate.amount.normalize():f} "
                f"{best.offer.rate.currency} an hour"
            )
        yield (
            "every rate is a bound that no software exceeds (level 4): which of two is cheaper, and by how much, a "
            "measurement decides"
        )
    yield from _half_truth(serving)


def _half_truth(serving: Serving) -> Iterator[str]:
    """Smaller weights leave more room on the same card, and often less on the smaller card that one moves to."""
    baseline = serving.baseline.room
    if not baseline.tokens:
        return
    today, left = _cards(baseline.cards, baseline.target.target_id), f"{baseline.tokens:,}"
    rooms = [cell.room for cell in serving.cells if not cell.fit.variant.is_original]
    more = [one for one in rooms if one.target == baseline.target and one.tokens > baseline.tokens]
    less: dict[Variant, dict[int, list[str]]] = {}
    for one in rooms:
        if one.tokens < baseline.tokens and one.limit is not Limit.HEADS:
            less.setdefault(one.variant, {}).setdefault(one.tokens, []).append(one.target.target_id)
    if more:
        told = ", ".join(f"{one.variant} {one.tokens:,}" for one in more)
        yield f"fp16 on {today} leaves room for {left} tokens; smaller weights leave more there: {told}"
    if less:
        told = "; ".join(
            f"{variant} {', '.join(f'{tokens:,} on {_joined(cards)}' for tokens, cards in groups.items())}"
            for variant, groups in less.items()
        )
        split = f", {baseline.cards} cards of each" if baseline.cards > 1 else ""
        yield f"smaller cards leave room for fewer than those {left} of fp16 on {today}{split}: {told}"


def _joined(words: list[str]) -> str:
    return " and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}"  # noqa: PLR2004 - a pair


def _nowhere(serving: Serving) -> str:
    question = serving.question
    place = question.assumptions.stay
    most = max(serving.cells, key=lambda cell: (cell.is_priced, cell.fit.sequences, cell.fit.tokens))
    if not most.is_priced:
        return f"none of the named cards has a {place.purchase} price on {place.provider} in {place.region}"
    start = f"no instance that is priced on {place.provider} {place.region} holds {asked(serving)} at once"
    what = placed(most.fit.variant, most.fit.cards, most.fit.target.target_id)
    if not most.fit.sequences:
        return f"{start}, nor one of them: {what}, the nearest, has {most.fit.reason}"
    replicas = -(-question.ask.concurrency // most.fit.sequences)
    return f"{start}: the most is {most.fit.sequences:,}, {what}; {replicas:,} such replicas share them"


def _cards(count: int, card: str) -> str:
    return f"{count} × {card}" if count > 1 else card


def _amount(amount: float) -> str:
    return f"{amount:,.2f}" if amount >= _SMALL else f"{amount:.3f}"
