"""What holds a language model, how fast at most, at what cost at least: against figures reckoned by hand."""

from dataclasses import replace
from datetime import date

import pytest
from helpers.price_rows import make_offer
from hypothesis import given
from hypothesis import strategies as st

from pricing.assumptions import assume
from pricing.book import PriceBook, shipped_book
from pricing.errors import AssumptionError
from pricing.llm import (
    Limit,
    ServingAsk,
    Variant,
    decode_step,
    find_decoder,
    fit,
    plain_bytes,
    speed_bound,
    stored_bytes,
)
from pricing.money import HourlyRate
from pricing.projection.serving import Serving, ServingQuestion, serve
from pricing.targets import shipped_targets
from pricing.vocabulary import Precision

TARGETS = shipped_targets()
A100, T4, A10G, V100 = (TARGETS.find(name) for name in ("a100-sxm4-40", "t4", "a10g", "v100-sxm2-16"))
B13 = find_decoder("llama-2-13b")
ASK = ServingAsk(context=2048, concurrency=64, input_tokens=1536, output_tokens=512)
VARIANTS = (Variant.FP16, Variant.INT8_WEIGHT_ONLY, Variant.INT4_WEIGHT_ONLY)


def test_smaller_weights_leave_more_room_on_the_same_card_and_less_on_the_smaller_one() -> None:
    """The reference cases, counted as their source does; and with scales and 16-bit embeddings."""
    cases = [(Variant.FP16, A100), *((Variant.INT8_WEIGHT_ONLY, card) for card in (A100, A10G, T4))]

    fits = [fit(B13, variant, card, cards=1, ask=ASK) for variant, card in cases]

    assert [one.plain_tokens for one in fits] == [12_168, 28_056, 10_478, 1_689]
    assert [one.tokens for one in fits] == [12_168, 27_651, 10_072, 1_283]


def test_scales_zeros_and_what_stays_in_16_bit_are_counted() -> None:
    matrices = 40 * (4 * 5120**2 + 3 * 5120 * 13_824)
    kept = 2 * (13_015_864_320 - matrices)

    assert stored_bytes(B13, Variant.FP16) == plain_bytes(B13, Variant.FP16) == 2 * 13_015_864_320
    assert stored_bytes(B13, Variant.INT8) == matrices + 2 * 40 * (4 * 5120 + 2 * 13_824 + 5120) + kept
    assert stored_bytes(B13, Variant.INT4_WEIGHT_ONLY) == matrices * (4 + 20 / 128) / 8 + kept
    assert plain_bytes(B13, Variant.INT8) == 13_015_864_320


def test_what_stands_in_the_way_is_told() -> None:
    falcon = replace(B13, heads=71, kv_heads=1, head_size=64)
    many = replace(ASK, concurrency=1000)
    cases = (
        (falcon, Variant.FP16, A100, 2, ASK, Limit.HEADS),
        (B13, Variant.INT8, V100, 1, ASK, Limit.ARITHMETIC),
        (B13, Variant.FP16, T4, 1, ASK, Limit.WEIGHTS),
        (B13, Variant.INT8_WEIGHT_ONLY, T4, 1, ASK, Limit.CONTEXT),
        (B13, Variant.FP16, A100, 4, many, Limit.CONCURRENCY),
        (B13, Variant.FP16, A100, 4, ASK, None),
    )

    for decoder, variant, card, cards, ask, expected in cases:
        found = fit(decoder, variant, card, cards=cards, ask=ask)
        assert (found.limit, bool(found.reason)) == (expected, expected is not None), found


def test_keys_that_are_fewer_than_cards_are_kept_by_every_card() -> None:
    qwen = find_decoder("qwen2.5-7b")

    one, four = (fit(qwen, Variant.FP16, A100, cards=cards, ask=ASK).kv_bytes_per_token for cards in (1, 4))
    shared = fit(replace(qwen, heads=32, kv_heads=4), Variant.FP16, A100, cards=8, ask=ASK)

    assert (one, four) == (57_344, 57_344 / 4)
    assert shared.kv_bytes_per_token == 57_344 / 4


def test_a_step_reads_every_weight_and_every_key_once() -> None:
    moved, computed = decode_step(B13, Variant.FP16, A100, cards=1, ask=ASK, batch=64)

    position = 1536 + 512 / 2  # of the 511 steps after the token that comes with the question
    weights = 2 * (13_015_864_320 - 32_000 * 5120)  # of the embedding only rows are read
    assert moved == pytest.approx((weights + 64 * position * 819_200) / 1.555e12)
    matrices = 13_015_864_320 - 32_000 * 5120 - 81 * 5120
    assert computed == pytest.approx(64 * (2 * matrices + 4 * 5120 * 40 * position) / 312e12)


def test_smaller_weights_help_few_requests_and_not_the_questions() -> None:
    few, many = replace(ASK, concurrency=1), replace(ASK, concurrency=256)

    gains = [
        speed_bound(B13, Variant.INT4_WEIGHT_ONLY, A100, cards=1, ask=ask).decode_per_s
        / speed_bound(B13, Variant.FP16, A100, cards=1, ask=ask).decode_per_s
        for ask in (few, many)
    ]
    plain, four, eight = (
        speed_bound(B13, variant, A100, cards=1, ask=few).prefill_per_s
        for variant in (Variant.FP16, Variant.INT4_WEIGHT_ONLY, Variant.INT8)
    )

    assert gains[0] > 3
    assert 1 < gains[1] < 1.1
    assert four == plain
    assert 1.8 < eight / plain < 2


@given(
    st.sampled_from(["llama-2-13b", "mixtral-8x7b", "gemma-2-9b", "gpt2"]),
    st.sampled_from(list(Variant)),
    st.integers(1, 500),
    st.integers(1, 400),
    st.integers(1, 600),
)
def test_whole_requests_are_no_faster_than_their_answers_and_their_questions(
    name: str, variant: Variant, concurrency: int, inputs: int, outputs: int
) -> None:
    ask = ServingAsk(context=1024, concurrency=concurrency, input_tokens=inputs, output_tokens=outputs)

    speed = speed_bound(find_decoder(name), variant, A100, cards=1, ask=ask)

    assert speed.requests_per_s * (outputs - 1) <= speed.decode_per_s * (1 + 1e-9)
    assert speed.requests_per_s * inputs <= speed.prefill_per_s * (1 + 1e-9)
    assert speed.first_token_s > 0


def test_a_window_bounds_what_is_read_and_saves_no_memory() -> None:
    gemma, ask = (
        find_decoder("gemma-2-9b"),
        ServingAsk(context=8192, concurrency=8, input_tokens=8000, output_tokens=192),
    )
    whole = replace(gemma, window=None)

    near, far = (decode_step(one, Variant.FP16, A100, cards=1, ask=ask, batch=8)[0] for one in (gemma, whole))

    assert near < far
    assert fit(gemma, Variant.FP16, A100, cards=1, ask=ask) == fit(whole, Variant.FP16, A100, cards=1, ask=ask)


def test_an_answer_that_grows_beyond_a_window_is_read_step_by_step() -> None:
    """The bound must hold: tokens near its start look back over less than the window."""
    mistral = find_decoder("mistral-7b")
    ask = ServingAsk(context=8192, concurrency=64, input_tokens=1, output_tokens=8191)

    moved, _ = decode_step(mistral, Variant.FP16, A100, cards=1, ask=ask, batch=64)

    seen = sum(min(position, 4096) for position in range(2, 8192)) / 8190
    weights = 2 * (mistral.parameters - mistral.embedding)
    assert moved == pytest.approx((weights + 64 * seen * 131_072) / 1.555e12)


def served(**changes: object) -> Serving:
    """Llama-2-13B on AWS at the shipped prices."""
    question = ServingQuestion(
        decoder=B13,
        ask=ASK,
        variants=VARIANTS,
        cards=("t4", "a10g", "a100-sxm4-40"),
        peak_per_s=None,
        assumptions=assume(today=date(2026, 7, 20)),
        book=shipped_book(),
        targets=TARGETS,
    )
    return serve(replace(question, **changes))  # type: ignore[arg-type]  # fields of the question


def test_the_cheapest_that_holds_all_comes_first_and_costs_its_share_of_the_instance() -> None:
    found = served()

    best = found.choices[0]
    assert (best.fit.target.target_id, best.fit.variant, best.fit.cards) == (
        "a100-sxm4-40",
        Variant.INT4_WEIGHT_ONLY,
        4,
    )
    share = float(best.offer.rate.amount) / 2  # 8 cards hold two replicas of four
    million = share / (best.speed.requests_per_s * 3600) * 1e6
    assert float(best.per_million_requests.amount) == pytest.approx(million)
    costs = [float(one.per_million_requests.amount) for one in found.choices]
    assert costs == sorted(costs)
    assert {cell.fit.limit for cell in found.cells if cell.choice is None} == {Limit.CONCURRENCY}


def test_a_demand_is_served_by_whole_instances_with_one_that_may_fail() -> None:
    best = served(peak_per_s=100.0).choices[0]

    assert best.line is not None
    needed = 100.0 / (best.speed.requests_per_s * 0.7)
    instances = -(-needed // best.replicas_per_instance)
    assert best.line.instances == instances + 1


def test_a_context_beyond_the_models_is_refused() -> None:
    with pytest.raises(AssumptionError, match="is made for 4,096"):
        served(ask=ServingAsk(context=8192, concurrency=1, input_tokens=1, output_tokens=1))


def test_prices_in_two_currencies_are_not_set_against_each_other() -> None:
    book = PriceBook((make_offer(1), make_offer(instance="cheap", rate=HourlyRate.of(0.1, "EUR"))))

    with pytest.raises(AssumptionError, match="prices in EUR, USD"):
        served(book=book, cards=("t4",))


def test_keys_in_fewer_bits_leave_room_for_twice_as_many() -> None:
    half, full = (
        fit(B13, Variant.FP16, A100, cards=1, ask=replace(ASK, kv=kv)) for kv in (Precision.FP8, Precision.FP16)
    )

    assert half.tokens in (2 * full.tokens, 2 * full.tokens + 1)
