"""The article's claims: every verdict computed from the shipped tables, with the figures that a reader looks for."""

from functools import cache

import pytest

from pricing.sanity.finding import Finding, Rule
from pricing.sanity.judging import Judgement, judge
from pricing.sanity.shipped import article_claims, shipped_reference


@cache
def judged() -> dict[str, Judgement]:
    article = article_claims()
    assert article.as_of is not None
    return {one.claim.claim_id: one for one in judge(article.claims, shipped_reference(article.as_of))}


def finding(claim: str, rule: str) -> Finding:
    return next(one for one in judged()[claim].findings if one.rule == rule)


@pytest.mark.parametrize(
    ("claim", "words", "rules"),
    [
        ("a100-facts", "holds, in part unverifiable", "R6 R8 R13"),
        ("t4-facts", "impossible", "R6 R13"),
        ("t4-annual-cost", "implausible", "R13"),
        ("fleet-of-100", "premise-fails", "R10 R13 R19"),
        ("resnet50-t4-fp32", "impossible", "R1 R5"),
        ("resnet50-t4-int8", "implausible", "R3 R5"),
        ("bert-a100", "implausible", "R5 R11 R15"),
        ("vit-large-cpu", "holds, in part incomplete", "R5 R15"),
        ("power-per-gpu", "impossible", "R7"),
        ("monthly-bill", "impossible", "R7 R8"),
        ("power-of-the-fleet", "impossible", "R7 R9"),
        ("a-quarter-of-the-fleet", "wrong", "R8"),
        ("13b-on-24-gb", "holds", "R5 R12"),
    ],
)
def test_each_claim_has_its_verdict_and_rules(claim: str, words: str, rules: str) -> None:
    assert judged()[claim].words == words
    assert " ".join(judged()[claim].told) == rules


def test_there_are_thirteen_claims() -> None:
    assert len(judged()) == 13


@pytest.mark.parametrize(
    ("claim", "rule", "texts"),
    [
        ("a100-facts", "R6", ["400 W is within the 400 W of NVIDIA A100 SXM4 40 GB", "not so on a100-pcie-40"]),
        ("a100-facts", "R8", ["$26,280"]),
        ("t4-facts", "R6", ["250 W on a board limited to 70 W"]),
        ("t4-annual-cost", "R13", ["0.22–0.82", "aws us-east-1 $0.526/h = $4,607.76 a year"]),
        ("fleet-of-100", "R8", ["$1,828,000"]),
        ("fleet-of-100", "R10", ["6.21", "621 × $8,000 = $4,968,000 a year, now $2,628,000: 1.89×", "40 devices"]),
        ("fleet-of-100", "R19", ["7 × $26,280 = $183,960"]),
        ("resnet50-t4-fp32", "R1", ["3.94×", "32.31 ms"]),
        ("resnet50-t4-fp32", "R5", ["102.2 MB"]),
        ("resnet50-t4-int8", "R3", ["1.71×", "v0.7"]),
        ("resnet50-t4-int8", "R5", ["25,557,032 bytes"]),
        ("bert-a100", "R11", ["resnet50-t4-fp32, resnet50-t4-int8", "350,000,000", "87,500,000"]),
        ("vit-large-cpu", "R15", ["the CPU is not named"]),
        ("power-per-gpu", "R7", ["$655.95"]),
        ("monthly-bill", "R8", ["$900,000"]),
        ("power-of-the-fleet", "R7", ["$29,952"]),
        ("power-of-the-fleet", "R9", ["rented"]),
        ("a-quarter-of-the-fleet", "R8", ["$1,971,000"]),
    ],
)
def test_the_arithmetic_stands_beside_the_verdict(claim: str, rule: str, texts: list[str]) -> None:
    found = finding(claim, rule)

    for text in texts:
        assert text in " · ".join((found.sentence, *found.arithmetic))


def test_the_smaller_card_fits_with_less_room_and_a_t4_does_not_serve_it() -> None:
    found = [one for one in judged()["13b-on-24-gb"].findings if one.rule is Rule.MEMORY][-1]

    assert (found.figures["tokens"], found.figures["tokens_t4"]) == (10_478, 1_689)
    assert "less than before (10,478 against 12,168)" in found.sentence
    assert "NVIDIA T4 does not serve it" in found.sentence


def test_the_missing_sequence_length_is_told_once() -> None:
    gaps = [one.sentence for one in judged()["bert-a100"].findings if one.rule is Rule.CONTEXT]

    assert [text.partition(":")[0] for text in gaps].count("the sequence length is not told") == 1


def test_the_figures_of_the_reasons_are_finite_numbers() -> None:
    figures = [value for one in judged().values() for found in one.findings for value in found.figures.values()]

    assert figures
    assert all(abs(value) < 1e18 for value in figures)
