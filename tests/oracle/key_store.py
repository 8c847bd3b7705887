"""Certificates as a Java key store, so that a pod's JVM trusts the lab's authority and nobody else.

The format is what `sun.security.provider.JavaKeyStore` reads: numbers in network order, each entry a trusted
certificate, at the end a digest over a password, a fixed phrase and all that. Java reads a trust store without one.
"""

import hashlib
import ssl
import struct

_MAGIC, _VERSION, _TRUSTED = 0xFEEDFEED, 2, 2
_PASSWORD, _PHRASE = "changeit", b"Mighty Aphrodite"


def key_store(pem: str) -> bytes:
    """Return a key store with one trusted certificate."""
    certificate = ssl.PEM_cert_to_DER_cert(pem)
    entry = struct.pack("!I", _TRUSTED) + _text("lab") + struct.pack("!Q", 0) + _text("X.509")
    body = struct.pack("!III", _MAGIC, _VERSION, 1) + entry + struct.pack("!I", len(certificate)) + certificate
    digest = hashlib.sha1(_PASSWORD.encode("utf-16-be") + _PHRASE + body, usedforsecurity=False)
    return body + digest.digest()


def _text(text: str) -> bytes:
    return struct.pack("!H", len(text)) + text.encode()
