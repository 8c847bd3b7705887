"""The data itself: every text names findings that exist, and no pattern can run away."""

import re
from collections.abc import Callable

import pytest

from probe.evidence import CHAIN_ORDER
from probe.findings.catalogue import CATALOGUE
from probe.loglines.signature import Signature
from probe.loglines.texts import MARKS, SIGNATURES

NEEDS_CODES = {
    "chained-role-denied",
    "controller-feature-unsupported",
    "controller-sdk-too-old",
    "endpoint-unreachable",
    "identity-annotation-missing",
    "identity-not-injected",
    "identity-stale",
    "metadata-needed-unreachable",
    "permission-denied",
    "permission-denied-boundary",
    "permission-denied-scp",
    "permission-denied-session-policy",
    "permission-encoded",
    "self-assume",
    "subnets-not-discoverable",
    "vpc-id-unavailable",
}
"""Codes of the `needs.*` steps and of Kubernetes reads, which the catalogue may come to hold as well."""
OTHER_STEPS = {"none", "identity.any"}
SDKS = {"go-v1", "go-v2", "botocore", "js-v3", "java-v2", "rust", "dotnet", "cpp", "agent", "sts", None}


def those_where(is_wrong: Callable[[Signature], bool]) -> list[str]:
    return [signature.pattern or signature.text for signature in SIGNATURES if is_wrong(signature)]


def test_every_text_names_known_findings() -> None:
    known = set(CATALOGUE) | NEEDS_CODES

    assert those_where(lambda signature: not signature.codes or not set(signature.codes) <= known) == []


def test_no_text_names_a_finding_twice() -> None:
    assert those_where(lambda signature: len(set(signature.codes)) < len(signature.codes)) == []


def test_every_text_belongs_to_a_step_of_the_walk() -> None:
    steps = {*CHAIN_ORDER, *OTHER_STEPS}

    assert those_where(lambda signature: signature.step not in steps and not signature.step.startswith("needs.")) == []


def test_no_text_that_says_only_where_is_certain() -> None:
    assert those_where(lambda signature: signature.frame and signature.certainty == "certain") == []


@pytest.mark.parametrize("part", ["meaning", "next"])
def test_every_text_is_explained_in_short_whole_sentences(part: str) -> None:
    def is_wrong(signature: Signature) -> bool:
        told = str(getattr(signature, part))
        return told != " ".join(told.split()) or not told.endswith((".", "…")) or len(told) > 330

    assert those_where(is_wrong) == []


def test_every_text_has_a_known_speaker() -> None:
    assert those_where(lambda signature: signature.sdk not in SDKS) == []


def test_every_anchor_is_long_enough_not_to_be_everywhere() -> None:
    assert those_where(lambda signature: len(signature.anchor) < 7) == []


def test_no_pattern_has_an_unbounded_repetition() -> None:
    def is_wrong(signature: Signature) -> bool:
        bare = re.sub(r"\[(?:\\.|[^\]\\])+\]", "C", re.sub(r"\\.", "e", signature.pattern or ""))
        return re.search(r"[*+]|\{\d*,\}", bare) is not None

    assert those_where(is_wrong) == []


def test_every_pattern_begins_with_its_anchor() -> None:
    def is_wrong(signature: Signature) -> bool:
        return signature.pattern is not None and not signature.pattern.replace("\\", "").startswith(
            signature.anchor[:7]
        )

    assert those_where(is_wrong) == []


def test_marks_name_speakers() -> None:
    assert {sdk for _, sdk in MARKS} < SDKS
    assert all(len(mark) >= 7 for mark, _ in MARKS)
