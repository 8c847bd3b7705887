"""The token PUT, and the GET without a token beside it.

The hop limit applies to the answer of a token PUT only (EC2 user guide, "How Instance Metadata Service Version 2
works"), so a PUT that stalls beside GETs that are answered is a picture that nothing else paints. Both are asked
twice when the first answer leaves a doubt, and never longer than one PUT's patience: the second PUT starts early and
ends with the first, and the second GET falls into the time that the PUTs wait.
"""

import re
import threading
import time

from probe.aside import Aside
from probe.evidence import Attempts, Ending, Outcome
from probe.secret import Secret
from probe.sources.imds_conversation import ANSWER_SECONDS, Conversation
from probe.walk import Done
from probe.wire.exchange import Answer

SECOND_PUT_AFTER = 0.15
"""Seconds that the first token PUT is given before a second one starts beside it."""
PAUSE_AFTER_ERROR = 0.1
"""Seconds before a PUT that was answered by a server error, or broken off, is sent again."""
SECOND_GET_AFTER = 0.9
"""Seconds after which a GET is sent again while the PUT still waits: answered early and late is answered throughout."""
SECOND_GET_SECONDS = 0.6
TOKEN_PATH = "/latest/api/token"  # noqa: S105 - a path
LISTING_PATH = "/latest/meta-data/"
TOKEN_TTL = "60"  # noqa: S105 - seconds; the probe needs the token for one walk
TTL_HEADER = "x-aws-ec2-metadata-token-ttl-seconds"
_TOKEN = re.compile(rb"[!-;=-~]{1,1024}")
"""Printable without blanks and angle brackets: real ones are about 56 characters of base64."""


def ask_for_token(imds: Conversation) -> Done[Secret[str]]:
    """Do `imds.token`: a PUT, and a second one when the first has no answer at once, or a bad one."""
    answers = [answer for answer in _puts(imds) if not imds.is_cut(answer)]
    if not answers:
        return Done(outcome=Outcome.SKIPPED, reason="cut: the deadline came before any answer could")
    exchanges = tuple(answer.exchange for answer in answers)
    good = next((answer for answer in answers if _token_in(answer)), None)
    if good is None:
        return Done(outcome=Outcome.FAIL, facts=Attempts(exchanges=exchanges))
    facts = Attempts(exchanges=exchanges, ttl_repeated=TTL_HEADER in good.headers)
    outcome = Outcome.OK if len(answers) == 1 else Outcome.WARN
    return Done(outcome=outcome, facts=facts, value=imds.walk.keep(_token_in(good) or ""))


def ask_without_token(imds: Conversation, put_over: threading.Event) -> Done[None]:
    """Do `imds.tokenless`: a GET now, and another while the PUT still waits."""
    first = Aside(lambda: imds.ask("GET", LISTING_PATH), "imds.tokenless-1")
    put_answered = put_over.wait(min(SECOND_GET_AFTER, imds.walk.deadline.remaining()))
    early = first.take(imds.walk.deadline) if put_answered else None
    if early is not None and early.exchange.answered:
        answers = [early]
    else:
        late = imds.ask("GET", LISTING_PATH, seconds=SECOND_GET_SECONDS)
        answers = [answer for answer in (first.take(imds.walk.deadline), late) if answer is not None]
    whole = tuple(answer.exchange for answer in answers if not imds.is_cut(answer))
    if not whole:
        return Done(outcome=Outcome.SKIPPED, reason="cut: the deadline came before any answer could")
    fine = all(exchange.status in {200, 401} for exchange in whole)
    return Done(outcome=Outcome.OK if fine else Outcome.FAIL, facts=Attempts(exchanges=whole))


def _puts(imds: Conversation) -> list[Answer]:
    begun = time.monotonic()
    first = Aside(lambda: _put(imds, ANSWER_SECONDS), "imds.token-1")
    early = first.take(imds.walk.deadline.sooner(SECOND_PUT_AFTER))
    if early is not None:
        if early.exchange.status is not None and early.exchange.status < 500:
            return [early]
        time.sleep(min(PAUSE_AFTER_ERROR, imds.walk.deadline.remaining()))
    second = _put(imds, max(ANSWER_SECONDS - (time.monotonic() - begun), 0.5))
    return [answer for answer in (first.take(imds.walk.deadline), second) if answer is not None]


def _put(imds: Conversation, seconds: float) -> Answer:
    return imds.ask("PUT", TOKEN_PATH, {TTL_HEADER: TOKEN_TTL}, seconds=seconds)


def _token_in(answer: Answer) -> str | None:
    if answer.exchange.status != 200 or answer.exchange.ending is not Ending.ANSWERED:
        return None
    body = answer.body.strip()
    return body.decode("ascii") if _TOKEN.fullmatch(body) else None
