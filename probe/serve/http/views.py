"""What each path answers, as data, and for whom it is."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from probe.records import dataclass
from probe.report import Report, Verdict
from probe.serve.http.guard import unwanted
from probe.serve.http.messages import Answer, Request, json_answer, line
from probe.serve.http.metrics import Exposition
from probe.serve.http.tellers import Tellers
from probe.serve.sidecar import Sidecar
from probe.tell.words import label, standing

View = Callable[[Request], Answer]
Views = Mapping[str, Mapping[str, View]]
"""Paths, and for each of them the methods. What answers to GET answers to HEAD, too."""

_NO_WALK_YET = line(HTTPStatus.SERVICE_UNAVAILABLE, "not ready: the first walk has not finished")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A sidecar, as it is seen over HTTP."""

    sidecar: Sidecar
    tellers: Tellers
    ready_when_healthy: bool
    """Whether being ready means that the credentials work; otherwise only that there is something to show."""

    def public_views(self) -> Views:
        """Return what everybody may ask."""
        exposition = Exposition(self.tellers)
        return {
            "/metrics": {"GET": lambda request: exposition.answer(self.sidecar.state(), request)},
            "/healthz": {"GET": self._alive},
            "/readyz": {"GET": self._ready},
        }

    def private_views(self) -> Views:
        """Return what may be asked through `kubectl port-forward`, and from the containers of the same pod."""
        return {
            **self.public_views(),
            "/": {"GET": self._page},
            "/report.json": {"GET": self._report},
            "/state.json": {"GET": lambda _: json_answer(self.tellers.state(self.sidecar.state()))},
            "/walk": {"POST": self._walk},
        }

    def _alive(self, _: Request) -> Answer:
        if self.sidecar.is_alive():
            return line(HTTPStatus.OK, "ok")
        return line(HTTPStatus.SERVICE_UNAVAILABLE, "the loop is stuck: no walk has begun or ended for too long")

    def _ready(self, _: Request) -> Answer:
        report = self.sidecar.state().report
        if report is None:
            return _NO_WALK_YET
        if not self.ready_when_healthy:
            return line(HTTPStatus.OK, "ready: the first walk has finished")
        if report.verdict.is_good:
            return line(HTTPStatus.OK, f"ready: {_told(report.verdict)}")
        return line(HTTPStatus.SERVICE_UNAVAILABLE, f"not ready: {_told(report.verdict)}")

    def _page(self, _: Request) -> Answer:
        page = self.tellers.page()
        return Answer(status=HTTPStatus.OK, body=page.html, content_type="text/html; charset=utf-8", policy=page.policy)

    def _report(self, _: Request) -> Answer:
        report: Report | None = self.sidecar.state().report
        return _NO_WALK_YET if report is None else json_answer(self.tellers.report(report))

    def _walk(self, request: Request) -> Answer:
        refusal = unwanted(request)
        if refusal is not None:
            return refusal
        if self.sidecar.walk_now():
            return line(HTTPStatus.ACCEPTED, "a whole walk was asked for; /state.json tells when it has ended")
        return line(HTTPStatus.CONFLICT, "a whole walk is waiting or under way already")


def _told(verdict: Verdict) -> str:
    return f"{standing(verdict)} {label(verdict)}"
