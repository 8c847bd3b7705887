"""How the Kubernetes steps read: one server, one end for all, one way to say why nothing came."""

from typing import Any

from probe.evidence import Outcome
from probe.records import dataclass
from probe.sources.kubernetes_document import Document
from probe.walk import Done, Walk
from probe.wire.deadline import Deadline
from probe.wire.kubernetes import ApiAnswer, ApiServer


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Asks the API server until the deadline."""

    walk: Walk
    server: ApiServer
    deadline: Deadline

    def get(self, kind: str, *path: str, **query: str | int) -> ApiAnswer:
        """Read one object or list."""
        return self.server.get(kind, *path, deadline=self.deadline, **query)

    def document(self, answer: ApiAnswer) -> Document:
        """Return what was read, for picking facts out of it."""
        return Document(answer.document, self.walk.redactor.clean)


def unread(answer: ApiAnswer, right: str) -> Done[Any]:
    """Return the step that learnt nothing; for a missing right it names the file that grants it."""
    grants = f"; {right} grants it" if answer.forbidden else ""
    return Done(outcome=Outcome.SKIPPED, reason=f"{answer.problem}{grants}")
