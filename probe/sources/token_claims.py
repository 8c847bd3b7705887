"""The claims of a token that may be shown: who it is, for whom, from when until when."""

from probe.evidence import Claims
from probe.parse.token import TokenClaims


def shown_claims(claims: TokenClaims | None) -> Claims | None:
    """Return the claims as evidence; the token's other claims and its signature stay behind."""
    if claims is None:
        return None
    return Claims(
        issuer=claims.issuer,
        subject=claims.subject,
        audiences=claims.audiences,
        expires=claims.expires,
        issued=claims.issued,
        not_before=claims.not_before,
        key_id=claims.key_id,
    )
