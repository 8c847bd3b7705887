"""TLS as a step of its own: whether the served certificate is trusted, and if not, who issued it."""

import ssl
import time
from collections.abc import Mapping
from typing import Any

import httpcore

from probe.evidence import Ending, Handshake
from probe.secret import printable
from probe.wire.deadline import Deadline
from probe.wire.exchange import tls_ending
from probe.wire.network import Network
from probe.wire.stream import connect

_NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python's ssl module does not name."""
_NAME_LENGTH = 80


def trusting(bundle: str | None) -> ssl.SSLContext:
    """Return a verifying context; raises OSError or ssl.SSLError when the bundle cannot be read."""
    if bundle is None:
        import certifi  # noqa: PLC0415 - only needed when TLS is

        bundle = certifi.where()
    return ssl.create_default_context(cafile=bundle)


def trusting_only(certificates: bytes) -> ssl.SSLContext:
    """Return a verifying context for a bundle that was read already; raises ssl.SSLError when it holds none."""
    context = trusting_nobody()
    # Bundles have comments in every language between the blocks; OpenSSL skips text but wants ASCII.
    context.load_verify_locations(cadata=certificates.decode("ascii", "ignore"))
    return context


def trusting_nobody() -> ssl.SSLContext:
    """Return a context that verifies and trusts no authority: what an SDK has without a usable bundle."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def handshake(
    network: Network,
    host: str,
    port: int,
    context: ssl.SSLContext,
    *,
    roots: str,
    deadline: Deadline,
) -> Handshake:
    """Connect and handshake with verification; on distrust look once more, only to read the issuer."""
    started = time.monotonic()
    ending, error, certificate = _shake(network, host, port, context, deadline)
    took = (time.monotonic() - started) * 1000
    if ending is Ending.TLS_UNTRUSTED:
        certificate = _served(network, host, port, deadline)
    return Handshake(
        host=host,
        ending=ending,
        error=error,
        issuer=name_of(certificate, "issuer"),
        subject=name_of(certificate, "subject"),
        roots=roots,
        milliseconds=round(took, 2),
    )


def name_of(certificate: Mapping[str, Any], part: str) -> str | None:
    """Return `organisation, common name` of a certificate's issuer or subject."""
    names = {key: value for relative in certificate.get(part, ()) for key, value in relative}
    told = (printable(str(names[key]), _NAME_LENGTH) for key in ("organizationName", "commonName") if key in names)
    return ", ".join(filter(None, told)) or None


def _shake(
    network: Network, host: str, port: int, context: ssl.SSLContext, deadline: Deadline
) -> tuple[Ending, str | None, Mapping[str, Any]]:
    if not _is_carried(host):
        return Ending.TLS_FAILED, "the host is not a name that TLS can carry", {}
    try:
        stream, connection = connect(network, host, port, deadline)
    except httpcore.ProxyError as error:
        return Ending.PROXY_FAILED, str(error), {}
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


def _is_carried(host: str) -> bool:
    """Whether the ssl module takes a host; once it has the socket, a name that it refuses would leak it."""
    try:
        return bool(host.encode("idna"))
    except UnicodeError:
        return False


def _served(network: Network, host: str, port: int, deadline: Deadline) -> Mapping[str, Any]:
    """Read the served certificate's names: fetch it unverified, then trust just it and read it again.

    Python tells the names of verified certificates only, and the names are all that is wanted here.
    Nothing is sent over either connection.
    """
    seen = _fetch_unverified(network, host, port, deadline)
    if seen is None:
        return {}
    only_it = trusting_nobody()
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
    try:
        stream, _ = connect(network, host, port, deadline)
        if stream is None:
            return None
        secured = stream.start_tls(context, host, max(deadline.remaining(), 0.001))
    except (httpcore.ProxyError, httpcore.ConnectError, httpcore.ConnectTimeout):
        return None
    try:
        # httpcore hands out the inner object, whose parameter has no name.
        served: bytes | None = secured.get_extra_info("ssl_object").getpeercert(True)
        return served
    finally:
        secured.close()
