"""STS cannot answer properly now, or the clock is off."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="sts-throttled",
        exit_code=37,
        severity=Severity.ERROR,
        title="STS throttles this account's requests",
        meaning=(
            "STS refuses because too many role requests are made in this account and region. The configuration is "
            "right; trying again later works. At scale-up the errors come in waves."
        ),
        seen_as=(
            "Throttling: Rate exceeded",
            "ThrottlingException",
            "An error occurred (Throttling) when calling the AssumeRoleWithWebIdentity operation",
        ),
        causes=(
            "A controller or job builds a new client, and so a new session, for every call.",
            "Many pods start at once.",
            "Retries without back-off after another failure.",
        ),
        evidence=(
            "STS answered with a throttling code. Certain that it was throttled at that moment; how often needs "
            "repeated walks."
        ),
        told_apart_from=look_alikes(
            {
                "sts-unavailable": "STS fails on its side, without speaking of a rate.",
                "agent-throttled": "It is the Pod Identity agent or EKS Auth that throttles.",
            }
        ),
        fixes=(
            (
                "Reuse one client or session per process; SDKs then cache the credentials until shortly before they "
                "expire."
            ),
            "Spread start-ups and retries out with jitter.",
            "Consider Pod Identity: its agent caches for all pods on a node.",
        ),
        references=("fluxcd/source-controller#938", "awsdocs/amazon-eks-user-guide#1058", "aws/aws-sdk-cpp#2472"),
    ),
    Entry(
        code="sts-idp-error",
        exit_code=37,
        severity=Severity.ERROR,
        title="STS could not get an answer from the token's issuer",
        meaning=(
            "STS reports trouble with the identity provider: it could not talk to the issuer in time "
            "(IDPCommunicationError), or the issuer's side rejected the token (IDPRejectedClaim). The first is mostly "
            "short-lived and meant to be tried again."
        ),
        seen_as=("IDPCommunicationError", "IDPRejectedClaim"),
        causes=(
            "The issuer was slow or unreachable for STS at that moment.",
            "A self-hosted issuer is not reachable from the internet.",
            "IDPRejectedClaim: the token is expired or was revoked, as the API reference has it.",
        ),
        evidence=(
            "STS answered with one of the two codes. Certain for the code. We have not seen the real message texts in "
            "the field, so the code alone decides."
        ),
        told_apart_from=look_alikes(
            {
                "web-identity-key-unavailable": "STS reached the issuer's side and lacks the key.",
                "sts-unavailable": "STS speaks of its own trouble.",
            }
        ),
        fixes=(
            (
                "Try again; Go v2 does so by itself only since mid-2026 releases of its STS module, botocore and Java "
                "v2 do."
            ),
            "Self-hosted issuer: make the discovery document and key set public and fast.",
        ),
        references=(
            "boto/botocore:botocore/data/sts/2011-06-15/service-2.json",
            "AWS STS API Reference: AssumeRoleWithWebIdentity",
        ),
    ),
    Entry(
        code="sts-unavailable",
        exit_code=37,
        severity=Severity.ERROR,
        title="STS answers with a server error",
        meaning=(
            "STS was reached and answered with a 5xx status. Nothing in this pod can mend that. SDKs try again by "
            "themselves a few times before they show it."
        ),
        seen_as=("ServiceUnavailable", "InternalFailure", "https response error StatusCode: 503"),
        causes=(
            "Trouble at AWS in this region.",
            "A load balancer or proxy on the way answers for STS; its format gives it away.",
        ),
        evidence=(
            "A 5xx status in STS's own XML. Certain for this moment; not observed in the field threads that we read."
        ),
        told_apart_from=look_alikes(
            {
                "sts-no-answer": "No byte came back.",
                "sts-impostor": "The answer is not in STS's format.",
                "sts-throttled": "The code speaks of throttling.",
                "sts-idp-error": "The code speaks of the identity provider.",
                "sts-rejected": "A 4xx status: another try would be refused as well.",
            }
        ),
        fixes=(
            "Look at the AWS Health Dashboard for STS in this region, and try again: `probe run --wait 60`.",
            "If the VPC endpoint is used, try from a pod with another way out to see whether the endpoint is at fault.",
        ),
        references=("AWS STS API Reference: Common Errors",),
    ),
    Entry(
        code="clock-skew",
        exit_code=39,
        severity=Severity.ERROR,
        title="The clock on this node is wrong",
        meaning=(
            "The local clock and the clock of AWS differ so much that signatures or tokens are refused. Signed "
            "requests tolerate 15 minutes. The clock belongs to the node, so every pod on it is affected."
        ),
        seen_as=(
            "Signature expired:",
            "Signature not yet current:",
            "is now earlier than",
            "is still later than",
            "Token used before issued",
            "Token not yet valid",
        ),
        causes=(
            "Time synchronisation is not running on the node, or cannot reach its source.",
            "A virtual machine was suspended or restored.",
        ),
        evidence=(
            "The Date header of an answer of AWS, even of a refusal, compared with the local clock, allowing for the "
            "time that the exchange took. Certain when STS gave it over verified TLS. A token whose `nbf` or `iat` "
            "lies in the future makes it likely only. The Pod Identity agent's Date is the node's own clock and does "
            "not count."
        ),
        told_apart_from=look_alikes(
            {
                "web-identity-token-expired": "The clocks agree and the token is past its `exp`.",
                "container-token-expired": "The clocks agree and the Pod Identity token is past its `exp`.",
                "sts-tls-failed": "TLS fails for a reason other than the certificate's dates.",
                "credentials-rejected": "The signature is refused without a word about time.",
                "credentials-expired": "The session is past its end by both clocks.",
                "imds-credentials-expired": "IMDS hands out keys that are past their end by both clocks.",
            }
        ),
        fixes=(
            (
                "On the node: `chronyc tracking`; the source on EC2 is 169.254.169.123. Restart chrony or replace the "
                "node."
            ),
            "Drain a node that does not recover: `kubectl drain NODE --ignore-daemonsets`.",
        ),
        references=(
            "aws/aws-cli#6676",
            "minio/object-browser#993",
            "EC2 User Guide: Set the time reference on your EC2 instance",
        ),
    ),
)
