"""What each path answers, and to whom."""

import gzip
import json
from dataclasses import replace
from http import HTTPStatus

import pytest

from probe.report import Report
from probe.serve.http.addresses import Address
from probe.serve.http.guard import misdirected, unwanted
from probe.serve.http.messages import Request
from probe.serve.http.metrics import takes_gzip
from probe.serve.http.server import HttpServer, Listeners
from tests.serve.http.support import JSON, Events, ToldSidecar, ask, serving, short_tellers, state
from tests.tell.samples import broken, good

PUBLIC_PATHS = {"/metrics", "/healthz", "/readyz"}
PRIVATE_PATHS = {"/", "/report.json", "/state.json"}


def test_everybody_may_ask_for_metrics_and_health_and_nothing_else() -> None:
    with serving() as server:
        for path in PUBLIC_PATHS:
            assert ask(server.public, path).status == HTTPStatus.OK
        for path in PRIVATE_PATHS:
            assert ask(server.public, path).status == HTTPStatus.NOT_FOUND
        assert ask(server.public, "/walk", method="POST", headers=JSON).status == HTTPStatus.NOT_FOUND


def test_on_loopback_everything_can_be_asked() -> None:
    with serving() as server:
        for path in PUBLIC_PATHS | PRIVATE_PATHS:
            assert ask(server.private, path).status == HTTPStatus.OK


def test_every_answer_carries_the_headers_that_bind_a_browser() -> None:
    with serving(ToldSidecar(known=state(None))) as server:
        for path in ("/", "/metrics", "/report.json", "/nothing", "/walk"):
            headers = ask(server.private, path).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "no-referrer"
            assert headers["cache-control"] == "no-store"
            assert "default-src" in headers["content-security-policy"]
            assert "date" in headers
            assert "server" not in headers


def test_the_page_brings_its_own_policy() -> None:
    with serving() as server:
        page = ask(server.private, "/")
    assert page.body == b"<p>page"
    assert page.headers["content-security-policy"] == "default-src 'self'"
    assert page.headers["content-type"] == "text/html; charset=utf-8"


def test_health_is_the_loop_and_not_the_verdict() -> None:
    sidecar = ToldSidecar(known=state(broken()))
    with serving(sidecar) as server:
        assert ask(server.public, "/healthz").body == b"ok\n"
        sidecar.alive = False
        stuck = ask(server.public, "/healthz")
    assert stuck.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert stuck.body.startswith(b"the loop is stuck")
    assert stuck.body.count(b"\n") == 1


@pytest.mark.parametrize(
    ("report", "ready_when_healthy", "status", "told"),
    [
        (None, False, 503, "not ready: the first walk has not finished"),
        (None, True, 503, "not ready: the first walk has not finished"),
        (broken(), False, 200, "ready: the first walk has finished"),
        (broken(), True, 503, "not ready: BROKEN imds-hop-limit"),
        (good(), True, 200, "ready: OK web-identity"),
    ],
)
def test_readiness_is_the_first_walk_unless_health_is_asked_for(
    report: Report | None, ready_when_healthy: bool, status: int, told: str
) -> None:
    with serving(ToldSidecar(known=state(report)), ready_when_healthy=ready_when_healthy) as server:
        answer = ask(server.public, "/readyz")
    assert (answer.status, answer.body.decode()) == (status, f"{told}\n")


def test_there_is_no_report_before_the_first_walk() -> None:
    sidecar = ToldSidecar(known=state(None))
    with serving(sidecar) as server:
        assert ask(server.private, "/report.json").status == HTTPStatus.SERVICE_UNAVAILABLE
        assert ask(server.private, "/state.json").status == HTTPStatus.OK
        sidecar.known = state(broken())
        assert json.loads(ask(server.private, "/report.json").body) == {"verdict": 54}


def test_a_walk_is_asked_for_once() -> None:
    sidecar = ToldSidecar()
    with serving(sidecar) as server:
        assert ask(server.private, "/walk", method="POST", headers=JSON).status == HTTPStatus.ACCEPTED
        sidecar.takes_walks = False
        assert ask(server.private, "/walk", method="POST", headers=JSON).status == HTTPStatus.CONFLICT


@pytest.mark.parametrize(
    ("headers", "is_taken"),
    [
        ({"Content-Type": "application/json"}, True),
        ({"Content-Type": "application/json; charset=utf-8"}, True),
        ({"X-Credential-Probe": "walk"}, True),
        ({**JSON, "Sec-Fetch-Site": "same-origin"}, True),
        ({**JSON, "Origin": "http://127.0.0.1:{port}"}, True),
        ({}, False),
        ({"Content-Type": "text/plain"}, False),
        ({"Content-Type": "application/x-www-form-urlencoded"}, False),
        ({**JSON, "Sec-Fetch-Site": "cross-site"}, False),
        ({**JSON, "Sec-Fetch-Site": "same-site"}, False),
        ({**JSON, "Origin": "null"}, False),
        ({**JSON, "Origin": "http://evil.example"}, False),
        ({**JSON, "Origin": "http://127.0.0.1:1"}, False),
        ({**JSON, "Host": "evil.example:9411"}, False),
    ],
)
def test_a_walk_is_made_for_nobody_who_may_be_another_site(headers: dict[str, str], is_taken: bool) -> None:
    sidecar = ToldSidecar()
    with serving(sidecar) as server:
        told = {name: value.replace("{port}", str(server.private.port)) for name, value in headers.items()}
        status = ask(server.private, "/walk", method="POST", headers=told).status
    assert (status == HTTPStatus.ACCEPTED, sidecar.walks) == (is_taken, int(is_taken))


def test_no_preflight_is_allowed() -> None:
    asking = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
    with serving() as server:
        answer = ask(server.private, "/walk", method="OPTIONS", headers=asking)
    assert answer.status == HTTPStatus.METHOD_NOT_ALLOWED
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "127.0.0.1:9411", "[::1]:9411", "LOCALHOST"])
def test_names_of_loopback_are_answered(host: str) -> None:
    assert misdirected(_request(host=host)) is None


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1:9411",
        "[::ffff:10.0.0.1]",
        "localhost:x",
        "[::1",
        "evil.example@localhost",
        "localhost/evil",
        "localhost, evil.example",
    ],
)
def test_other_names_are_refused_whoever_resolved_them_to_loopback(host: str) -> None:
    refusal = misdirected(_request(host=host))
    assert refusal is not None
    assert refusal.status == HTTPStatus.MISDIRECTED_REQUEST


def test_the_public_listener_takes_any_name_and_the_private_one_does_not() -> None:
    with serving() as server:
        assert ask(server.public, "/metrics", headers={"Host": "10.0.0.1:9410"}).status == HTTPStatus.OK
        for path in ("/metrics", "/state.json", "/"):
            assert ask(server.private, path, headers={"Host": "10.0.0.1"}).status == HTTPStatus.MISDIRECTED_REQUEST


def test_an_origin_is_compared_with_the_name_that_the_browser_used() -> None:
    asked = {**{name.lower(): value for name, value in JSON.items()}, "origin": "http://localhost:8080"}
    assert unwanted(_request(host="localhost:8080", **asked)) is None
    assert unwanted(_request(host="localhost:8081", **asked)) is not None


def test_a_method_that_a_path_does_not_take_is_answered_with_those_it_does() -> None:
    with serving() as server:
        reading = ask(server.private, "/walk")
        writing = ask(server.public, "/metrics", method="POST")
    assert (reading.status, reading.headers["allow"]) == (HTTPStatus.METHOD_NOT_ALLOWED, "POST")
    assert (writing.status, writing.headers["allow"]) == (HTTPStatus.METHOD_NOT_ALLOWED, "GET, HEAD")


def test_head_says_what_get_would_and_sends_no_body() -> None:
    with serving() as server:
        for path in ("/metrics", "/healthz"):
            get, head = ask(server.public, path), ask(server.public, path, method="HEAD")
            assert (head.status, head.body) == (get.status, b"")
            assert head.headers["content-length"] == get.headers["content-length"] == str(len(get.body))


def test_what_a_path_says_is_not_repeated() -> None:
    with serving() as server:
        answer = ask(server.private, "/<script>alert(1)</script>?token=EXAMPLE")
    assert answer.status == HTTPStatus.NOT_FOUND
    assert b"script" not in answer.body
    assert b"EXAMPLE" not in answer.body


def test_a_view_that_fails_says_nothing_and_is_logged_once_without_its_message() -> None:
    def fail(*_: object) -> tuple[bytes, str]:
        raise ValueError("AKIAIOSFODNN7EXAMPLE")

    events = Events()
    with serving(log=events, tellers=replace(short_tellers(), metrics=fail)) as server:
        answers = [ask(server.public, "/metrics") for _ in range(3)]
        assert ask(server.public, "/healthz").status == HTTPStatus.OK
    assert {answer.status for answer in answers} == {HTTPStatus.INTERNAL_SERVER_ERROR}
    assert b"EXAMPLE" not in answers[0].body
    assert len(events.errors) == 1
    assert (events.errors[0]["event"], events.errors[0]["path"]) == ("http.view_failed", "/metrics")
    assert "ValueError" in str(events.errors[0]["error"])
    assert "EXAMPLE" not in str(events.errors)


def test_metrics_are_in_the_format_that_was_asked_for() -> None:
    with serving() as server:
        for accept in ("text/plain", "application/openmetrics-text; version=1.0.0"):
            assert ask(server.public, "/metrics", headers={"Accept": accept}).headers["content-type"] == accept


def test_metrics_are_compressed_for_those_who_take_it() -> None:
    with serving() as server:
        plain = ask(server.public, "/metrics")
        packed = ask(server.public, "/metrics", headers={"Accept-Encoding": "deflate, gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert "Accept-Encoding" in packed.headers["vary"]


def test_gzip_is_taken_unless_its_weight_is_nothing() -> None:
    assert [takes_gzip(offer) for offer in ("gzip", "br, GZIP;q=0.5", "gzip;q=1.0")] == [True] * 3
    assert [takes_gzip(offer) for offer in ("", "identity", "gzip;q=0", "gzip; q=0.0", "x-gzipped")] == [False] * 5


def test_metrics_are_written_anew_when_anything_has_changed() -> None:
    sidecar = ToldSidecar()
    with serving(sidecar) as server:
        first = ask(server.public, "/metrics").headers["content-type"]
        sidecar.known = replace(sidecar.known, consecutive_failures=1, now=sidecar.known.now + 5)
        assert ask(server.public, "/metrics").headers["content-type"] != first


def test_metrics_are_kept_while_only_the_clock_has_moved() -> None:
    written = []

    def write(_: object, accept: str) -> tuple[bytes, str]:
        written.append(accept)
        return b"", "text/plain"

    with serving(tellers=replace(short_tellers(), metrics=write)) as server:
        for _ in range(20):
            ask(server.public, "/metrics")
    assert len(written) < 10


def test_a_private_listener_for_all_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="loopback"):
        HttpServer(ToldSidecar(), Listeners(private=Address(host="", port=0)), log=Events())


def _request(**headers: str) -> Request:
    return Request(method="POST", path="/walk", headers=headers)
