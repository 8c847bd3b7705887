"""The two formats, and what nobody may do to them."""

import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from probe.evidence import Evidence
from probe.judge import judge
from probe.lab.run import run_in
from probe.lab.scenario import load
from probe.lab.world import World
from probe.report import Identity, Prediction
from probe.saved import load_evidence
from probe.serve.state import State
from probe.tell.metrics import FAMILIES, PREFIX, exposition
from probe.tell.metrics.collector import LONGEST_LABEL
from probe.tell.metrics.family import Kind
from tests.tell.metrics.states import (
    ALL,
    BROKEN,
    EVERY_STEP,
    FULL,
    GOOD,
    NOW,
    OPENMETRICS,
    families,
    handed_out,
    samples,
)
from tests.tell.samples import broken, good
from tests.tell.strategies import evidence
from tools.metrics_page import PROCESS_SERIES, most_series

PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(
    PROMTOOL is None, reason="promtool is not installed (Debian: apt-get install prometheus)"
)
TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def promtool(*arguments: str, given: bytes) -> str:
    """Run promtool; return all that it says."""
    ran = subprocess.run([PROMTOOL or "", *arguments], input=given, capture_output=True, check=False, timeout=30)
    return f"{ran.returncode} {ran.stdout.decode()}{ran.stderr.decode()}".strip()


@needs_promtool
@pytest.mark.parametrize("state", ALL.values(), ids=ALL)
def test_promtool_has_nothing_to_say_against_it(state: State) -> None:
    assert promtool("check", "metrics", given=exposition(state, "")[0]) == "0"


@needs_promtool
def test_every_example_query_is_promql(tmp_path_factory: pytest.TempPathFactory) -> None:
    rules = tmp_path_factory.mktemp("rules") / "rules.yaml"
    queries = "".join(
        f"  - record: x:y:z\n    expr: |\n      {family.example}\n    labels: {{of: {family.name}}}\n"
        for family in FAMILIES
    )
    rules.write_text(f"groups:\n- name: examples\n  rules:\n{queries}")
    assert promtool("check", "rules", str(rules), given=b"").startswith("0 ")


@pytest.mark.parametrize("family", FAMILIES, ids=[family.name for family in FAMILIES])
def test_an_example_asks_for_what_its_family_has(family: object) -> None:
    one = next(one for one in FAMILIES if one is family)
    assert re.findall(r"\baws_credential_probe_(\w+?)(?:_bucket)?\b", one.example).count(one.name) >= 1


@pytest.mark.parametrize("state", ALL.values(), ids=ALL)
def test_the_library_s_own_parsers_read_the_same_from_both_formats(state: State) -> None:
    plain = text_string_to_metric_families(exposition(state, "")[0].decode())
    ours = [
        {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in found
            for sample in family.samples
            if sample.name.startswith(PREFIX)
        }
        for found in (plain, families(state).values())
    ]
    assert ours[0] == ours[1]
    assert len(ours[0]) > len(FAMILIES)


@pytest.mark.parametrize("state", ALL.values(), ids=ALL)
def test_every_family_is_announced_with_its_type_and_help_even_without_a_sample(state: State) -> None:
    announced = {name: (family.type, family.documentation) for name, family in families(state).items()}
    suffix = {Kind.INFO: "_info", Kind.COUNTER: "_total"}
    expected = {
        (PREFIX + family.name).removesuffix(suffix.get(family.kind, "")): (family.kind, family.help)
        for family in FAMILIES
    }
    assert {name: told for name, told in announced.items() if name.startswith(PREFIX)} == expected


@pytest.mark.parametrize("state", ALL.values(), ids=ALL)
def test_labels_are_those_described(state: State) -> None:
    for family in FAMILIES:
        name = family.name + ("_count" if family.kind is Kind.HISTOGRAM else "")
        for labels in samples(state, name):
            assert {label for label, _ in labels} == set(family.labels)


def test_the_process_tells_of_itself() -> None:
    assert families(GOOD)["process_resident_memory_bytes"].samples[0].value > 1_000_000


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("", TEXT),
        ("*/*", TEXT),
        ("text/plain", TEXT),
        ("text/plain;version=1.0.0;escaping=allow-utf-8", TEXT),
        (OPENMETRICS, OPEN),
        ("application/openmetrics-text", OPEN),
        ('Application/OpenMetrics-Text; version="1.0.0"; charset=utf-8', OPEN),
        ("application/openmetrics-text;version=1.0.0;escaping=values;q=0.6", OPEN),
        ("application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5", TEXT),
        ("application/openmetrics-text;version=2.0.0", TEXT),
        ("application/openmetrics-text;version=1.x", TEXT),
        ("application/openmetrics-text;version=", OPEN),
        ("," * 100_000 + "application/openmetrics-text", TEXT),
        ("\x00;;=;version;\ud800", TEXT),
    ],
)
def test_a_scraper_gets_openmetrics_when_it_accepts_the_version_that_is_spoken(accept: str, content_type: str) -> None:
    body, told = exposition(BROKEN, accept)
    assert told == content_type
    assert body.endswith(b"\n# EOF\n") == (content_type == OPEN)
    assert body.count(b"# EOF") == (content_type == OPEN)


def test_no_pod_has_more_series_than_the_documentation_says() -> None:
    counted = [line for line in exposition(FULL, "")[0].splitlines() if not line.startswith(b"#")]
    limit = sum(map(most_series, FAMILIES)) + PROCESS_SERIES
    assert len(counted) <= limit
    assert sum(b"_bucket{" in line for line in counted) == len(EVERY_STEP) * 15


def test_what_another_may_have_written_is_short_printable_and_bounded_in_number() -> None:
    foul = "x\n\x1b[31m\u202e\ud800" + "y" * 10_000
    sdks = tuple(Prediction(sdk=f"{number}{foul}", versions=foul, outcome=foul, because="") for number in range(5000))
    labels = samples(replace(BROKEN, report=replace(broken(), sdks=sdks)), "sdk_source_info")
    (family,) = (one for one in FAMILIES if one.name == "sdk_source_info")
    assert 0 < len(labels) <= most_series(family) < 100
    texts = [text for told in labels for _, text in told]
    assert all(text.isprintable() and len(text) <= LONGEST_LABEL for text in texts)


def test_the_same_labels_twice_are_told_once() -> None:
    same = broken().sdks[0]
    assert len(samples(replace(BROKEN, report=replace(broken(), sdks=(same, same))), "sdk_source_info")) == 1


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(evidence(), st.sampled_from(["", OPENMETRICS]))
def test_whatever_a_walk_found_the_scrape_is_whole(found: Evidence, accept: str) -> None:
    body, _ = exposition(replace(BROKEN, report=replace(broken(), evidence=found)), accept)
    lines = body.decode().splitlines()
    assert len(lines) == len(set(lines))
    assert any(line.startswith(f"{PREFIX}verdict_info") for line in lines)


@pytest.mark.parametrize("never", [float("inf"), float("nan"), -1.0, 1e300])
def test_an_expiry_that_is_no_time_is_not_told(never: float) -> None:
    assert samples(handed_out(expires=never), "credential_expiry_timestamp_seconds") == {}


def test_something_that_looks_like_a_key_is_masked_even_within_an_arn() -> None:
    key = "AKIAIOSFODNN7EXAMPLE"
    identity = Identity(arn=f"arn:aws:sts::111122223333:assumed-role/role/{key}", account="111122223333")
    report = replace(good(), verdict=replace(good().verdict, identity=identity))
    body, _ = exposition(replace(GOOD, report=report), "")
    assert key.encode() not in body
    assert b'account="111122223333"' in body


@pytest.mark.lab
@pytest.mark.parametrize(
    "name", ["irsa-healthy", "pod-identity-healthy", "static-keys-shadow-irsa", "hop-limit-in-irsa-pod"]
)
def test_no_secret_of_a_world_is_in_a_scrape(name: str) -> None:
    with World(load(name)) as world:
        ran = run_in(world)
    report = judge(load_evidence(ran.stdout.encode()))
    assert len(ran.canaries) >= 2
    body = exposition(replace(GOOD, report=report, now=NOW), OPENMETRICS)[0].decode()
    assert [canary for canary in ran.canaries if canary in body] == []
