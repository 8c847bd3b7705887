"""Certificates for the lab: good, expired, for another host, and by somebody who inspects TLS."""

import ssl
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import trustme

INSPECTION_ISSUER = "EXAMPLE Corporate TLS Inspection CA"
LAB_ISSUER = "EXAMPLE Lab Certificate Authority"
OTHER_HOST = "other-host.example"


class LabToolMissingError(RuntimeError):
    """A package that only the lab needs is not installed. The message says how to get it."""


class LabAuthority:
    """A certificate authority that the lab's clients trust, and a second one that they do not.

    `directory` must exist; the two CA certificates are written there, keys are not. LabToolMissingError without
    trustme.
    """

    def __init__(self, directory: Path) -> None:
        self._ca = _authority(LAB_ISSUER)
        self._inspector = _authority(INSPECTION_ISSUER)
        self.ca_pem_path = directory / "lab-ca.pem"
        """What a client of the lab sets as its CA bundle."""
        self.inspection_ca_pem_path = directory / "inspection-ca.pem"
        """What a client needs to accept the inspecting proxy."""
        self._ca.cert_pem.write_to_path(str(self.ca_pem_path))
        self._inspector.cert_pem.write_to_path(str(self.inspection_ca_pem_path))

    def server_context(self, *names: str) -> ssl.SSLContext:
        """Issue a good certificate for these host names or addresses."""
        return _context(self._ca.issue_cert(*names))

    def wrong_host_context(self) -> ssl.SSLContext:
        """Issue a good certificate for somebody else."""
        return _context(self._ca.issue_cert(OTHER_HOST))

    def expired_context(self, *names: str) -> ssl.SSLContext:
        """Issue a certificate that ended yesterday."""
        yesterday = datetime.now(UTC) - timedelta(days=1)
        begin = yesterday - timedelta(days=90)
        return _context(self._ca.issue_cert(*names, not_before=begin, not_after=yesterday))

    def interception_context(self, *names: str) -> ssl.SSLContext:
        """Issue certificates by the inspecting authority: such a proxy makes one for each name that it is asked for."""
        context = _context(self._inspector.issue_cert(*names))

        @cache
        def made_for(name: str) -> ssl.SSLContext:
            return _context(self._inspector.issue_cert(name, common_name=name))

        def show(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
            if name in names:
                connection.context = made_for(name)

        context.sni_callback = show
        return context

    def stranger_context(self) -> ssl.SSLContext:
        """Issue a certificate for somebody else, by an authority that nobody trusts: an ingress' own, say."""
        return _context(self._inspector.issue_cert(OTHER_HOST, common_name=OTHER_HOST))


def _authority(name: str) -> "trustme.CA":
    try:
        import trustme  # noqa: PLC0415 - only the lab extra has it, and only TLS scenarios need it
    except ImportError as error:
        raise LabToolMissingError("TLS in the lab needs trustme: pip install 'aws-credential-probe[lab]'") from error
    return trustme.CA(organization_name=name, organization_unit_name="lab")


def _context(certificate: "trustme.LeafCert") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    certificate.configure_cert(context)
    return context
