"""TLS with STS: nobody answers the handshake, the certificate is not trusted, or it is somebody else's."""

from collections.abc import Iterator

from probe.evidence import TLS_BROKEN, Ending, Handshake
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.clock import Clock
from probe.findings.shell import quoted
from probe.findings.sts_remedies import compare_paths, is_overridden
from probe.findings.web_identity_view import WebIdentityView
from probe.findings.words import lasting
from probe.report import Finding, Remedy, Tool

AMAZON = ("amazon", "starfield", "digicert")
"""Beginnings of the issuers of AWS' own certificates (Amazon Trust Services and those that it followed)."""
OWN_AUTHORITIES = frozenset({"aws", "aws-us-gov"})
"""Partitions whose certificates are known to come from these; others may have authorities of their own."""
_ABOUT_TIME = ("expired", "not yet valid")


def tls_failed(case: Case) -> Iterator[Finding]:
    """The handshake fails. Whose certificate was served decides what it means."""
    view = WebIdentityView(case)
    shaken = view.handshake
    if shaken is not None and shaken.ending in TLS_BROKEN:
        yield handshake_finding(case, view, shaken)


def handshake_finding(case: Case, view: WebIdentityView, shaken: Handshake) -> Finding:
    """Tell a stranger's certificate from everything else that can go wrong."""
    if is_foreign(shaken) and shaken.roots_problem is None and not is_overridden(view.endpoint):
        return _intercepted(case, view, shaken)
    return found(
        "sts-tls-failed",
        certainty=CERTAIN,
        step="web-identity.tls",
        summary=f"TLS with {shaken.host} fails: {_reason(shaken)}.",
        evidence=[*_told(shaken), *_clock(case, shaken), *_silence(shaken)],
        remedies=_remedies(shaken),
    )


def is_amazon(shaken: Handshake) -> bool:
    """Whether the issuer is one of AWS' own certificates' issuers."""
    return bool(shaken.issuer) and (shaken.issuer or "").lower().startswith(AMAZON)


def is_foreign(shaken: Handshake) -> bool:
    """Whether a certificate was seen, is not trusted, and is issued by somebody who is not Amazon."""
    about_time = any(word in (shaken.error or "") for word in _ABOUT_TIME)
    wrong_host = "mismatch" in (shaken.error or "")
    untrusted = shaken.ending is Ending.TLS_UNTRUSTED and not about_time and not wrong_host
    return untrusted and shaken.issuer is not None and not is_amazon(shaken)


def _intercepted(case: Case, view: WebIdentityView, shaken: Handshake) -> Finding:
    partition = view.partitions[1] if view.partitions else "aws"
    for_host = _is_for_host(shaken)
    return found(
        "sts-tls-intercepted",
        certainty=CERTAIN if partition in OWN_AUTHORITIES and for_host else LIKELY,
        step="web-identity.tls",
        summary=f"TLS with {shaken.host} is intercepted: the certificate is issued by {shaken.issuer}, not by Amazon, "
        "and this container does not trust it.",
        evidence=[
            *_told(shaken),
            *(() if for_host else (f"the certificate is for {shaken.subject or 'a name that it does not tell'}",)),
            "the application's image may trust other authorities than the probe's",
        ],
        becomes_certain_with="The issuers that AWS uses in this partition."
        if for_host
        else "Which names the certificate is for: an inspecting proxy makes one for the host that was asked for. Where "
        "it is for another, the name leads to somebody else's server, such as an ingress behind a wildcard of a DNS "
        "search domain.",
        remedies=(
            *(() if for_host else _look_up(shaken)),
            Remedy(text=f"Best: exempt {shaken.host} from inspection, or give the VPC an endpoint for STS."),
            Remedy(
                text="Or mount the inspecting authority's certificate, together with the public ones, and name the "
                "file for every SDK: AWS_CA_BUNDLE (botocore, Go), SSL_CERT_FILE (Go, OpenSSL), NODE_EXTRA_CA_CERTS "
                "(JS), the truststore (Java).",
                command=f"kubectl -n {quoted(case.namespace)} set env deployment/DEPLOYMENT "
                "AWS_CA_BUNDLE=/etc/ssl/corporate.pem",
                tool=Tool.KUBECTL,
                privileged=True,
            ),
        ),
    )


def _is_for_host(shaken: Handshake) -> bool:
    """Whether the served certificate's common name is that of the host, or a wildcard that holds it."""
    name = (shaken.subject or "").rpartition(", ")[2].lower()
    return name == shaken.host.lower() or (name.startswith("*.") and name[1:] == f".{shaken.host.partition('.')[2]}")


def _look_up(shaken: Handshake) -> tuple[Remedy, ...]:
    return (Remedy(text=f"See what {shaken.host} resolves to, and whether that is STS or its VPC endpoint."),)


def _reason(shaken: Handshake) -> str:
    if shaken.roots_problem is not None:
        return f"{shaken.roots} names a certificate bundle that cannot be used ({shaken.roots_problem})"
    if shaken.ending is Ending.TLS_TIMEOUT:
        return "the connection stands, and the handshake gets no answer"
    return (shaken.error or shaken.ending.replace("-", " ")).rstrip(".")


def _told(shaken: Handshake) -> Iterator[str]:
    said = f": {shaken.error}" if shaken.error else ""
    yield f"handshake with {shaken.host}: {shaken.ending.replace('-', ' ')}{said}"
    if shaken.issuer is not None:
        yield f"the certificate is issued by {shaken.issuer}"
    yield f"trusted: {shaken.roots}" + (f" ({shaken.roots_problem})" if shaken.roots_problem else "")


def _clock(case: Case, shaken: Handshake) -> Iterator[str]:
    if not any(word in (shaken.error or "") for word in _ABOUT_TIME):
        return
    clock = Clock(case)
    if clock.skew is None:
        yield "no other answer tells the time: a wrong local clock looks the same"
    elif clock.is_right:
        yield f"the local clock is right, by the Date header of {clock.told_by}"
    else:
        yield f"the local clock is {lasting(clock.skew)} off, by the Date header of {clock.told_by}"


def _silence(shaken: Handshake) -> Iterator[str]:
    if shaken.ending is Ending.TLS_TIMEOUT:
        yield "small packets pass and no certificate comes: a firewall, or packets too large for the path (MTU)"


def _remedies(shaken: Handshake) -> tuple[Remedy, ...]:
    if shaken.ending is Ending.TLS_TIMEOUT:
        return compare_paths()
    if shaken.roots_problem is not None or shaken.roots != "default":
        return (
            Remedy(
                text=f"Have {shaken.roots} name a file that is there and holds the public authorities (and a private "
                "one, if there is one), or remove the variable."
            ),
        )
    if any(word in (shaken.error or "") for word in _ABOUT_TIME):
        return (
            Remedy(text="See whether the node's clock is right.", command="date -u", tool=Tool.SHELL),
            Remedy(text="If it is: whoever serves this certificate has to renew it."),
        )
    return (
        Remedy(text="Put the public authorities into the image (package ca-certificates), and keep them current."),
        *_look_up(shaken),
    )


RULES = (tls_failed,)
