"""The catalogue is a contract and a text that people trust at night; these tests hold it to both."""

import dataclasses
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from probe.findings.catalogue import (
    CATALOGUE,
    chained,
    container,
    controller,
    discovery,
    entry,
    environment,
    identity,
    imds,
    kubernetes,
    needs,
    nothing,
    permissions,
    shared_config,
    sts,
    web_identity,
)
from probe.findings.catalogue.entry import Entry, Severity

EVERY_ENTRY = tuple(CATALOGUE.values())
EVERY_ERROR = tuple(found for found in EVERY_ENTRY if found.severity is Severity.ERROR)

AREAS_IN_CHAIN_ORDER = (
    kubernetes,
    nothing,
    environment,
    shared_config,
    web_identity,
    sts,
    container,
    imds,
    identity,
    controller,
    discovery,
    needs,
    permissions,
    chained,
)

KEBAB_CASE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")

# The tens digit says where. `nothing` has none of its own: each of its errors says where it was looked for.
WHERE = {
    kubernetes: 3,
    environment: 1,
    shared_config: 2,
    web_identity: 3,
    sts: 3,
    container: 4,
    imds: 5,
    identity: 8,
    controller: 9,
    discovery: 9,
    needs: 9,
    permissions: 9,
    chained: 8,
}
WHERE_EXCEPTIONS = {
    "nothing-configured": (0, "no source is configured, so there is no place to name"),
    "web-identity-partial": (3, "the pair of web identity is what is incomplete"),
    "container-not-injected": (4, "the container credentials are what is missing"),
    "fargate-no-pod-identity": (4, "Pod Identity is what is expected"),
    "controller-sdk-too-old": (4, "it is the container credentials that its SDK cannot use"),
    "static-keys-shadow": (8, "credentials came, but not these"),
    "profile-shadow": (8, "credentials came, but not these"),
    "region-missing": (9, "a need, not a source"),
    "metadata-disabled-by-env": (5, "IMDS is the source that is switched off"),
}

# The units digit says how. The first pattern that matches decides; what none matches is configuration.
HOW = (
    (r"expired|skew|stale", 9),
    (r"impostor|forwarded|response-malformed", 8),
    (r"throttled|unavailable|idp-error", 7),
    (r"denied|trust|no-association|unauthorized", 6),
    (r"rejected", 5),
    (r"hop-limit|stalled|mute|slow|no-answer|tls", 4),
    (r"dns|unreachable|refused|no-route|blocked|absent|reset|proxy|proxied|endpoint-failed", 3),
    (r"(token|profile)-(missing|unreadable|malformed)", 2),
)
HOW_EXCEPTIONS = {
    "nothing-configured": (9, "the whole code is 9: nothing is configured anywhere"),
    "agent-upstream-unreachable": (7, "the agent was reached; EKS Auth behind it is unavailable"),
    "web-identity-key-unavailable": (5, "the issuer's key is unavailable, and STS rejects the token for it"),
    "web-identity-provider-missing": (5, "STS rejects the token"),
    "web-identity-thumbprint": (5, "STS rejects the token"),
    "opt-in-region-token": (5, "the endpoint rejects the keys"),
    "sts-region-disabled": (6, "an administrator denies the region to the account"),
    "permission-encoded": (6, "EC2 denies the call, whatever its reason"),
    "self-assume": (6, "STS denies it"),
    "metadata-needed-unreachable": (4, "no answer comes, whatever it is that keeps it away"),
    "vpc-id-unavailable": (1, "a need that configuration gives"),
    "profile-missing": (1, "a variable names a profile that is not there: configuration, not a file"),
}

# What is only likely, as a whole or for its reason, by the evidence that a pod can have.
LIKELY = {
    "nothing-configured",
    "container-not-injected",
    "fargate-no-pod-identity",
    "sts-dns-failed",
    "sts-unreachable",
    "sts-rejected",
    "web-identity-provider-missing",
    "web-identity-key-unavailable",
    "web-identity-trust-denied",
    "agent-refused",
    "agent-unreachable",
    "agent-role-trust",
    "sdk-too-old",
    "controller-sdk-too-old",
    "controller-feature-unsupported",
    "imds-stalled",
    "imds-blocked",
    "imds-absent-fargate",
    "imds-refused",
    "application-layer",
    "permission-encoded",
    "write-permission-missing",
}


def code_of(found: Entry) -> str:
    return found.code


def texts_of(found: Entry) -> Iterator[str]:
    """Every text of an entry, wherever it stands."""
    for field in dataclasses.fields(found):
        value = getattr(found, field.name)
        if field.name == "told_apart_from":
            yield from (text for look_alike in value for text in (look_alike.code, look_alike.separated_by))
        elif isinstance(value, tuple):
            yield from value
        elif isinstance(value, str):
            yield value


def prose_of(found: Entry) -> Iterator[str]:
    """Give the sentences: no log fragments, no references, and a word for what stands between backticks."""
    own = (found.meaning, found.evidence, found.becomes_certain_with or "", *found.causes, *found.fixes)
    for text in (*own, *(look_alike.separated_by for look_alike in found.told_apart_from)):
        yield re.sub(r"`[^`]*`", "CODE", text)


def first_fix_with(found: Entry, pattern: str) -> int:
    """Find the place of the first fix that says so; past the last when none does."""
    return next((place for place, fix in enumerate(found.fixes) if re.search(pattern, fix)), len(found.fixes))


def test_no_code_stands_twice() -> None:
    codes = [found.code for area in AREAS_IN_CHAIN_ORDER for found in area.ENTRIES]
    assert len(codes) == len(set(codes)) == len(CATALOGUE)


def test_the_catalogue_follows_the_chain() -> None:
    assert list(CATALOGUE) == [found.code for area in AREAS_IN_CHAIN_ORDER for found in area.ENTRIES]


def test_the_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        CATALOGUE["new-code"] = EVERY_ENTRY[0]  # type: ignore[index]  # that it fails is the point


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_a_code_is_kebab_case_and_its_own_key(found: Entry) -> None:
    assert KEBAB_CASE.fullmatch(found.code)
    assert CATALOGUE[found.code] is found


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_errors_have_an_exit_code_and_the_others_have_none(found: Entry) -> None:
    assert (found.exit_code is not None) == (found.severity is Severity.ERROR)


def test_the_warnings_and_notes_are_these() -> None:
    by_severity = {
        severity: {found.code for found in EVERY_ENTRY if found.severity is severity}
        for severity in (Severity.WARNING, Severity.NOTE)
    }
    assert by_severity == {
        Severity.WARNING: {
            "both-injected",
            "endpoint-override",
            "imds-reachable",
            "imds-slow",
            "region-split",
            "write-permission-missing",
        },
        Severity.NOTE: {"application-layer", "identity-annotation-unused", "keys-unverified", "walk-cut"},
    }


@pytest.mark.parametrize(
    ("area", "found"),
    [pytest.param(area, found, id=found.code) for area in AREAS_IN_CHAIN_ORDER for found in area.ENTRIES],
)
def test_the_exit_code_says_where_and_how(area: object, found: Entry) -> None:
    if found.exit_code is None:
        return
    where = WHERE_EXCEPTIONS[found.code][0] if found.code in WHERE_EXCEPTIONS else WHERE[area]  # type: ignore[index]  # modules are hashable
    by_words = next((digit for pattern, digit in HOW if re.search(pattern, found.code)), 1)
    how = HOW_EXCEPTIONS[found.code][0] if found.code in HOW_EXCEPTIONS else by_words
    assert found.exit_code == where * 10 + how


@pytest.mark.parametrize("code", sorted({*WHERE_EXCEPTIONS, *HOW_EXCEPTIONS, *LIKELY}))
def test_what_the_tests_name_by_code_exists(code: str) -> None:
    assert code in CATALOGUE


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_a_title_is_short_and_has_no_full_stop(found: Entry) -> None:
    assert 0 < len(found.title) <= 70
    assert not found.title.endswith(".")


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_a_meaning_is_two_to_four_sentences(found: Entry) -> None:
    assert 2 <= len(re.findall(r"[.!?](?=\s|$)", found.meaning)) <= 4


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_every_entry_says_on_what_it_rests_and_when_it_may_be_certain(found: Entry) -> None:
    assert found.evidence
    if found.severity is Severity.ERROR:
        assert re.search(r"\b(certain|likely)\b", found.evidence, re.IGNORECASE)


@pytest.mark.parametrize("found", EVERY_ERROR, ids=code_of)
def test_an_error_has_causes_fixes_look_alikes_and_references(found: Entry) -> None:
    assert found.causes
    assert found.fixes
    assert found.told_apart_from
    assert found.references


@pytest.mark.parametrize("code", sorted(LIKELY))
def test_what_is_only_likely_names_the_read_that_would_make_it_certain(code: str) -> None:
    assert CATALOGUE[code].becomes_certain_with


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_a_look_alike_that_is_written_as_a_code_is_another_code_of_ours(found: Entry) -> None:
    written_as_codes = [other.code for other in found.told_apart_from if KEBAB_CASE.fullmatch(other.code)]
    assert [code for code in written_as_codes if code not in CATALOGUE] == []
    assert found.code not in written_as_codes
    assert len(written_as_codes) == len(set(written_as_codes))


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_look_alikes_name_each_other(found: Entry) -> None:
    others = [CATALOGUE[other.code] for other in found.told_apart_from if other.code in CATALOGUE]
    one_way = [other.code for other in others if found.code not in {back.code for back in other.told_apart_from}]
    assert one_way == []


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_a_code_that_a_text_mentions_exists(found: Entry) -> None:
    areas = {code.split("-")[0] for code in CATALOGUE} - {"both", "opt", "walk", "nothing"}
    mentioned = [
        name
        for text in texts_of(found)
        for name in re.findall(r"`([a-z0-9-]+)`", text)
        if KEBAB_CASE.fullmatch(name) and name.split("-")[0] in areas
    ]
    assert [name for name in mentioned if name not in CATALOGUE] == []


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_no_text_is_a_placeholder_or_points_to_where_a_reader_cannot_go(found: Entry) -> None:
    unwanted = re.compile(r"TODO|FIXME|TBD|XXX|lorem|shared/|/work/|/tmp/|\bF\d{3}\b", re.IGNORECASE)
    assert [text for text in texts_of(found) if not text.strip() or unwanted.search(text)] == []


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_no_text_holds_an_account_or_a_key(found: Entry) -> None:
    accounts = {number for text in texts_of(found) for number in re.findall(r"\b\d{12}\b", text)}
    assert accounts <= {"111122223333"}
    assert [text for text in texts_of(found) if re.search(r"\b(AKIA|ASIA)[A-Z0-9]{12,}|eyJ", text)] == []


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_sentences_and_list_items_are_apart(found: Entry) -> None:
    """A forgotten comma or blank between two literals would glue two texts together."""
    glued = re.compile(r"[a-z)]\.[A-Z][a-z]|[a-z],[a-z]|  ")
    assert [text for text in prose_of(found) if glued.search(text)] == []
    assert [text for text in texts_of(found) if text != text.strip()] == []


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_causes_and_observations_are_sentences(found: Entry) -> None:
    sentences = (*found.causes, *(look_alike.separated_by for look_alike in found.told_apart_from))
    assert [text for text in sentences if not text.endswith(".")] == []


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_log_fragments_are_literal_so_that_they_can_be_searched_for(found: Entry) -> None:
    assert [text for text in found.seen_as if "…" in text or "..." in text or len(text) < 10] == []


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_references_have_a_form_that_can_be_followed(found: Entry) -> None:
    followed = re.compile(r"[\w.-]+/[\w.-]+(#\d+|:[\w./-]+)|[A-Z][\w :]+: .+")
    assert [text for text in found.references if not followed.fullmatch(text)] == []


@pytest.mark.parametrize("found", EVERY_ENTRY, ids=code_of)
def test_raising_the_hop_limit_is_never_the_first_advice_and_its_price_is_named(found: Entry) -> None:
    raises = first_fix_with(found, r"hop_?-?limit[ =]+HOPS|HopLimit: HOPS|httpPutResponseHopLimit")
    if raises == len(found.fixes):
        return
    assert first_fix_with(found, r"IRSA or Pod Identity|its own role|its own identity") < raises
    assert "node role" in " ".join(found.fixes)


@pytest.mark.parametrize("code", ["imds-hop-limit", "imds-hop-limit-v1-allowed"])
def test_the_hop_limit_findings_do_say_how_to_raise_it(code: str) -> None:
    assert first_fix_with(CATALOGUE[code], r"--http-put-response-hop-limit HOPS") < len(CATALOGUE[code].fixes)


@pytest.mark.parametrize("found", imds.ENTRIES, ids=code_of)
def test_neither_security_groups_nor_the_kubelet_are_blamed_for_imds(found: Entry) -> None:
    assert [
        cause for cause in found.causes if re.search(r"security group|network ACL|kubelet", cause, re.IGNORECASE)
    ] == []


def test_a_code_is_looked_up() -> None:
    assert entry("imds-hop-limit").exit_code == 54


def test_an_unknown_code_names_the_nearest_ones() -> None:
    with pytest.raises(KeyError, match=r"imds-hoplimit.*nearest: imds-hop-limit"):
        entry("imds-hoplimit")


def test_an_unknown_code_far_from_all_names_none() -> None:
    with pytest.raises(KeyError) as raised:
        entry("zzz")
    assert "nearest" not in str(raised.value)


def test_the_catalogue_needs_nothing_outside_the_standard_library() -> None:
    """`probe explain` works offline and at once; a third-party import would take longer than all the rest."""
    program = (
        "import sys, probe.findings.catalogue; print(' '.join(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "probe" in loaded
    assert {"botocore", "dacite", "httpcore", "httpx", "structlog", "socket", "ssl"}.isdisjoint(loaded)
