"""What ends at a known time: keys that are handed out, and token files."""

from probe.evidence import CredentialsAnswer, Evidence, TokenFile
from probe.serve.schedule import End


def ends_in(walked: Evidence, now: float) -> dict[End, float]:
    """Return the seconds from unix time `now` to each end that is still to come.

    The probe's own session of web identity is not among them: nobody uses it, and it ends at every interval.
    """
    ends: dict[End, float] = {}
    for step in walked.steps:
        expires: float | None = None
        if isinstance(step.facts, CredentialsAnswer):
            expires = step.facts.expires
        elif isinstance(step.facts, TokenFile) and step.facts.claims is not None:
            expires = step.facts.claims.expires
        if expires is not None and expires > now:
            ends[step.id, float(expires)] = expires - now
    return ends
