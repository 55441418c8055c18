"""The part of a plan that is about a language model, as people and scripts read it, and as it is stored.

Every rate in it is a bound that nothing exceeds ("at most"), every time and amount one that nothing falls below.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmVariantDocument:
    """How weights are stored: as a recipe does, and counted as parameters × bytes alone."""

    variant: str
    stored_bytes: float
    plain_bytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmCellDocument:
    """A card with a variant.

    Attributes:
        card: Its id.
        memory_bytes: Of one card.
        variant: Of the weights.
        cards: That the model is split over: as the choice has it, or the most that instances hold.
        holds: Whether what was asked for fits.
        sequences: Requests of the asked context that fit.
        tokens: Of all requests together that fit.
        limit: What stands in the way.
        reason: In words.
        is_priced: Whether an instance of the card is.
        room_tokens: On as many cards as the baseline needs.
        room_plain_tokens: The same counted as parameters × bytes alone.
        room_ratio: Over the baseline's; None where it has none.
    """

    card: str
    memory_bytes: int
    variant: str
    cards: int
    holds: bool
    sequences: int
    tokens: int
    limit: str | None
    reason: str
    is_priced: bool
    room_tokens: int
    room_plain_tokens: int
    room_ratio: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmChoiceDocument:
    """What holds all that is asked, with its bounds.

    Attributes:
        card: Its id.
        variant: Of the weights.
        cards: Of a replica.
        arithmetic: What products of weights run in, and why where the variant names another.
        first_token_s: From a question alone to the first token, at least.
        step_s: Between two tokens of an answer at the asked concurrency, at least.
        decode_per_s: Tokens of all answers of a replica, questions apart, at most.
        prefill_per_s: Tokens of questions, answers apart, at most.
        requests_per_s: Whole requests, at most.
        bound_by: What bounds whole requests: memory or compute.
        instance: What is rented.
        price_per_hour: Of it.
        replicas_per_instance: That it holds.
        output: A million tokens written cost at least that, their questions included, every replica busy.
        output_alone: Without their questions.
        input_alone: A million tokens of questions.
        expected: Of `output`, where the assumed share of the bound is reached: from, to.
        instances: For the stated demand, at least; None where none was stated.
        steps: What each step added to them.
        per_year: What they cost, at least.
    """

    card: str
    variant: str
    cards: int
    arithmetic: str
    arithmetic_note: str
    first_token_s: float
    step_s: float
    decode_per_s: float
    prefill_per_s: float
    requests_per_s: float
    bound_by: str
    instance: str
    price_per_hour: str
    currency: str
    price_as_of: str
    price_source: str
    devices_per_instance: float
    replicas_per_instance: int
    output: str
    output_alone: str
    input_alone: str
    expected: tuple[str, str]
    instances: int | None
    steps: tuple[tuple[str, int], ...]
    per_year: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmSpeedDocument:
    """What a variant does to the bounds of one replica, whether or not so many requests fit.

    Attributes:
        variant: Of the weights.
        decode: For some numbers of open requests: tokens a second at most, and whether memory bounds them.
        prefill_per_s: Tokens of questions at most.
    """

    variant: str
    decode: tuple[tuple[int, float, bool], ...]
    prefill_per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmAssumptionDocument:
    """What was assumed or counted, and where that comes from."""

    name: str
    text: str
    kind: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageModelDocument:
    """A language model on every card.

    Attributes:
        title: What it is about.
        headline: What a manager reads first.
        answer: `holds` or `nowhere`.
        condition: What it depends on; None where nothing is open.
        reasons: What must be known beside it.
        level: Of all rates: 4, bounds only.
        model: By name.
        context: Tokens kept free for a request.
        concurrency: Open requests of one replica.
        baseline_card: Today's.
        baseline_cards: The fewest of them that hold the weights in FP16.
        baseline_tokens: That then fit.
        baseline_output: What a million tokens written cost at least there, with what is asked; None: not to be had.
        peak_per_s: The stated demand; None where none was stated.
        speed_card: Whose bounds `speeds` are.
        speed_cards: How many of it.
    """

    title: str
    headline: str
    answer: str
    condition: str | None
    reasons: tuple[str, ...]
    level: int
    model: str
    parameters: int
    active_parameters: int
    model_context: int
    kv_bytes_per_token: float
    source: str
    notes: tuple[str, ...]
    context: int
    concurrency: int
    input_tokens: int
    output_tokens: int
    kv: str
    provider: str
    region: str
    purchase: str
    peak_per_s: float | None
    variants: tuple[LlmVariantDocument, ...]
    baseline_card: str
    baseline_cards: int
    baseline_tokens: int
    baseline_output: str | None
    cells: tuple[LlmCellDocument, ...]
    choices: tuple[LlmChoiceDocument, ...]
    speed_card: str
    speed_cards: int
    speeds: tuple[LlmSpeedDocument, ...]
    assumptions: tuple[LlmAssumptionDocument, ...]
