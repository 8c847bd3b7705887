"""TLS as a step of its own: whether the served certificate is trusted, and who issued it."""

import ssl
import time
from collections.abc import Mapping
from typing import Any

import httpcore

from probe.evidence import Ending, Handshake
from probe.wire.deadline import Deadline
from probe.wire.exchange import tls_ending
from probe.wire.network import Network
from probe.wire.stream import connect

_NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python's ssl module does not name."""


def trusting(bundle: str | None) -> ssl.SSLContext:
    """Return a verifying context; raises OSError or ssl.SSLError when the bundle cannot be read."""
    if bundle is None:
        import certifi  # noqa: PLC0415 - only needed when TLS is

        bundle = certifi.where()
    return ssl.create_default_context(cafile=bundle)


def handshake(
    network: Network, host: str, port: int, context: ssl.SSLContext, *, roots: str, deadline: Deadline
) -> Handshake:
    """Connect and handshake with verification; on distrust look once more, only to read the issuer."""
    started = time.monotonic()
    ending, error, certificate = _shake(network, host, port, context, deadline)
    if ending is Ending.TLS_UNTRUSTED:
        certificate = _served(network, host, port, deadline)
    return Handshake(
        host=host,
        ending=ending,
        error=error,
        issuer=name_of(certificate, "issuer"),
        subject=name_of(certificate, "subject"),
        roots=roots,
        milliseconds=(time.monotonic() - started) * 1000,
    )


def name_of(certificate: Mapping[str, Any], part: str) -> str | None:
    """Return `organisation, common name` of a certificate's issuer or subject."""
    names = {key: value for relative in certificate.get(part, ()) for key, value in relative}
    told = [str(names[key])[:80] for key in ("organizationName", "commonName") if key in names]
    return ", ".join("".join(ch for ch in one if ch.isprintable()) for one in told) or None


def _shake(
    network: Network, host: str, port: int, context: ssl.SSLContext, deadline: Deadline
) -> tuple[Ending, str | None, Mapping[str, Any]]:
    stream, connection = connect(network, host, port, deadline)
    if stream is None:
        return connection.ending, connection.error_name, {}
    try:
        secured = stream.start_tls(context, host, max(deadline.remaining(), 0.001))
    except httpcore.ConnectTimeout:
        return Ending.TLS_TIMEOUT, None, {}
    except httpcore.ConnectError as error:
        return *tls_ending(error), {}
    try:
        return Ending.CONNECTED, None, secured.get_extra_info("ssl_object").getpeercert() or {}
    finally:
        secured.close()


def _served(network: Network, host: str, port: int, deadline: Deadline) -> Mapping[str, Any]:
    """Read the served certificate's names: fetch it unverified, then trust just it and read it again.

    Python tells the names of verified certificates only, and the names are all that is wanted here.
    Nothing is sent over either connection.
    """
    seen = _fetch_unverified(network, host, port, deadline)
    if seen is None:
        return {}
    only_it = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    only_it.check_hostname = False
    only_it.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | _NO_CHECK_TIME
    try:
        only_it.load_verify_locations(cadata=seen)
    except ssl.SSLError:
        return {}
    return _shake(network, host, port, only_it, deadline)[2]


def _fetch_unverified(network: Network, host: str, port: int, deadline: Deadline) -> bytes | None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    stream, _ = connect(network, host, port, deadline)
    if stream is None:
        return None
    try:
        secured = stream.start_tls(context, host, max(deadline.remaining(), 0.001))
    except (httpcore.ConnectError, httpcore.ConnectTimeout):
        return None
    try:
        served: bytes | None = secured.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return served
    finally:
        secured.close()
