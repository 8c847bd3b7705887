"""Answers in the shape that Go's net/http gives them: the Pod Identity agent and the ECS agent are Go programs.

Go writes the handler's headers sorted by name, then Date, then Content-Length, and keeps the connection open.
"""

from probe.lab.servers.messages import Answer

PLAIN = "text/plain; charset=utf-8"


def go_error(status: int, text: str, date: str) -> Answer:
    """Answer as `http.Error` does: plain text, one newline at the end, and no sniffing."""
    body = f"{text}\n".encode()
    fields = (("Content-Type", PLAIN), ("X-Content-Type-Options", "nosniff"))
    return Answer(status=status, headers=(*fields, *_framing(date, body)), body=body)


def go_not_found(date: str) -> Answer:
    """Answer as `http.NotFound` and an unmatched path of ServeMux do."""
    return go_error(404, "404 page not found", date)


def go_json(status: int, body: bytes, date: str) -> Answer:
    """Answer as a handler does that writes JSON and sets nothing but the content type."""
    return Answer(status=status, headers=(("Content-Type", "application/json"), *_framing(date, body)), body=body)


def _framing(date: str, body: bytes) -> tuple[tuple[str, str], ...]:
    return (("Date", date), ("Content-Length", str(len(body))))
