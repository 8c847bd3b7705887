"""What the web identity steps showed, in the words of the rules."""

from collections.abc import Iterator
from functools import cached_property

from probe.evidence import (
    Claims,
    Connections,
    Handshake,
    Handshakes,
    NameLookups,
    Outcome,
    Source,
    StsAnswer,
    StsAnswers,
    StsEndpoint,
    TokenFile,
    WebIdentityVariables,
)
from probe.findings.case import Case
from probe.parse.arn import RoleArn, partition_of_region, read_role_arn
from probe.parse.token import condition_prefix
from probe.records import dataclass

STS_AUDIENCE = "sts.amazonaws.com"
"""The audience of EKS tokens for STS, in every partition (eksctl-io/eksctl#1910)."""
AFTER_AUDIENCE = frozenset({"ExpiredTokenException", "AccessDenied"})
"""Codes that STS gives, as far as its texts show, once provider, signature and audience have passed."""


@dataclass(frozen=True)
class WebIdentityView:
    """Variables, token, way and answer side by side."""

    case: Case

    @property
    def variables(self) -> WebIdentityVariables | None:
        """The variables; None when web identity is not configured."""
        return self.case.web_identity

    @property
    def endpoint(self) -> StsEndpoint | None:
        """The STS endpoint that was asked."""
        return self.variables.endpoint if self.variables else None

    @cached_property
    def token(self) -> TokenFile | None:
        """The token file."""
        return self.case.token(Source.WEB_IDENTITY)

    @property
    def claims(self) -> Claims | None:
        """The claims of the token, where they can be read."""
        return self.token.claims if self.token else None

    @cached_property
    def lookups(self) -> NameLookups | None:
        """The names."""
        return self.case.evidence.facts("web-identity.dns", NameLookups)

    @cached_property
    def connections(self) -> Connections | None:
        """The connections."""
        return self.case.evidence.facts("web-identity.connect", Connections)

    @cached_property
    def handshake(self) -> Handshake | None:
        """The TLS handshake."""
        facts = self.case.evidence.facts("web-identity.tls", Handshakes)
        return facts.used if facts else None

    @property
    def way_is_broken(self) -> bool:
        """Whether the steps from name to certificate have shown that STS is out of reach."""
        steps = ("web-identity.dns", "web-identity.connect", "web-identity.tls")
        return any(self.case.evidence.outcome(step) is Outcome.FAIL for step in steps)

    @cached_property
    def answers(self) -> StsAnswers | None:
        """Both answers to AssumeRoleWithWebIdentity."""
        return self.case.evidence.facts("web-identity.assume-role", StsAnswers)

    @property
    def answer(self) -> StsAnswer | None:
        """The last answer."""
        return (self.answers.second or self.answers.first) if self.answers else None

    @property
    def accepted(self) -> bool:
        """Whether STS gave keys for the token: then nothing is wrong with it, whatever it looks like."""
        return self.case.gave_keys(Source.WEB_IDENTITY)

    @cached_property
    def role(self) -> RoleArn | None:
        """The role, where its ARN is well formed."""
        read = read_role_arn(self.variables.role_arn) if self.variables and self.variables.role_arn else None
        return read if isinstance(read, RoleArn) else None

    @property
    def role_name(self) -> str:
        """The role's name, or a placeholder."""
        return self.role.name if self.role else "ROLE_NAME"

    @property
    def told_by(self) -> str:
        """What names the role: the variable, or the profile's setting."""
        told = self.variables.told_by if self.variables else None
        return "AWS_ROLE_ARN" if told in {None, "environment"} else f"role_arn of {told}"

    @property
    def token_variable(self) -> str:
        """What names the token file."""
        told = self.variables.told_by if self.variables else None
        return "AWS_WEB_IDENTITY_TOKEN_FILE" if told in {None, "environment"} else f"web_identity_token_file of {told}"

    @property
    def provider_arn(self) -> str:
        """The ARN that the IAM OIDC provider for this token has, or would have, in the role's account."""
        partition, account = (self.role.partition, self.role.account) if self.role else ("aws", "ACCOUNT_ID")
        issuer = self.claims.issuer if self.claims and self.claims.issuer else "ISSUER"
        return f"arn:{partition}:iam::{account}:oidc-provider/{condition_prefix(issuer)}"

    @cached_property
    def partitions(self) -> tuple[str, str] | None:
        """The partitions of the role and of the region, where both are known."""
        if self.role is None or self.endpoint is None:
            return None
        region = partition_of_region(self.endpoint.meant_region or self.endpoint.region)
        return (self.role.partition, region) if region else None

    @property
    def partitions_differ(self) -> bool:
        """Whether role and region cannot belong together, and STS has not shown the contrary."""
        return self.partitions is not None and self.partitions[0] != self.partitions[1] and not self.accepted

    def sts_said(self, code: str, words: str = "") -> StsAnswer | None:
        """Return the last answer if it has this code and these words in its text."""
        answer = self.answer
        if answer is None or answer.code != code or words.lower() not in (answer.message or "").lower():
            return None
        return answer


def quote(answer: StsAnswer) -> str:
    """Put an answer of STS into a line of evidence, its own words in it."""
    request = f" (request id {answer.request_id})" if answer.request_id else ""
    return f"STS at {answer.endpoint}: {answer.exchange.status} {answer.code}: {answer.message}{request}"


def claim_lines(view: WebIdentityView) -> Iterator[str]:
    """What the trust policy and the provider are compared with."""
    claims = view.claims
    if claims is not None:
        yield f"iss {claims.issuer}"
        yield f"sub {claims.subject}"
        yield f"aud {', '.join(claims.audiences) or 'none'}"
        if claims.key_id:
            yield f"kid {claims.key_id}"
