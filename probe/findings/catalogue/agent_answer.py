"""The agent answers: the token is refused, or the moment is bad."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="agent-token-rejected",
        exit_code=45,
        severity=Severity.ERROR,
        title="The agent or EKS Auth does not accept the token",
        meaning=(
            "The call reached the agent, and the token was refused: the agent cannot parse it or finds it not yet "
            "valid, or EKS Auth does not accept issuer, audience or cluster. The association was not looked at yet."
        ),
        seen_as=(
            "(InvalidTokenException)",
            "Service account token cannot be parsed",
            "Service account token failed basic claim validations",
            "token is malformed: could not base64 decode header",
        ),
        causes=(
            "The token is another cluster's, for example from a copied Secret.",
            "The token is not valid yet by the node's clock.",
            (
                "The client sends `Bearer ` in front of the token; the probe sends it bare, so then only the "
                "application fails."
            ),
        ),
        evidence=(
            "Status 400 with the agent's own text, or InvalidTokenException passed on from EKS Auth. Certain that the "
            "token is refused. The words of InvalidTokenException are not known to us, so the code alone decides."
        ),
        told_apart_from=look_alikes(
            {
                "container-token-missing": "The agent says that the token is empty.",
                "container-token-malformed": "The file's content is no bare token, which is seen before it is sent.",
                "container-wrong-token": "The `aud` claim is not `pods.eks.amazonaws.com`.",
                "container-token-expired": "The token is past its `exp`.",
                "container-rejected": "The refusal is not about the token, or is unknown.",
            }
        ),
        fixes=(
            "Let the webhook inject the token and delete the pod, so that it gets a new one.",
            "Not yet valid: mend the node's clock.",
            (
                "The agent answers the probe, and the application logs `token is malformed`: its client must send the "
                "bare token in Authorization."
            ),
        ),
        references=(
            "n8n-io/n8n#23584",
            "aws/eks-pod-identity-agent:internal/validation/request.go",
            "boto/botocore:botocore/data/eks-auth/2023-11-26/service-2.json",
        ),
    ),
    Entry(
        code="agent-throttled",
        exit_code=47,
        severity=Severity.ERROR,
        title="The Pod Identity agent or EKS Auth throttles",
        meaning=(
            "The answer is 429: too many requests. `Too Many Requests` alone is the agent's own limit of 1000 requests "
            "a second; ThrottlingException comes from EKS Auth. The configuration is right, and a later try works."
        ),
        seen_as=("Too Many Requests", "(ThrottlingException)"),
        causes=(
            "A program builds a new client or session for every call and so asks the agent each time.",
            "Many pods start on a node at once.",
            "An older agent: releases since January 2025 merge requests that come together.",
            "A mesh or proxy between pod and agent has a rate limit of its own.",
        ),
        evidence=(
            "Status 429 in the agent's own words or in EKS Auth's frame. Certain for this moment. Likely where the "
            "words are neither's: a mesh on the way has limits of its own."
        ),
        told_apart_from=look_alikes(
            {
                "agent-unavailable": "EKS Auth fails on its side, without speaking of a rate.",
                "sts-throttled": "STS throttles, on the web identity path.",
            }
        ),
        becomes_certain_with="The agent's log on this node: does it tell of this request?",
        fixes=(
            "Reuse one session per process; SDKs cache the credentials then.",
            (
                "Upgrade the agent: `aws eks update-addon --cluster-name CLUSTER --addon-name eks-pod-identity-agent "
                "--addon-version VERSION`."
            ),
        ),
        references=(
            "aws/eks-pod-identity-agent#92",
            "aws/eks-pod-identity-agent#50",
            "aws/eks-pod-identity-agent:internal/middleware/rate_limiter/rate_limiter.go",
        ),
    ),
    Entry(
        code="agent-unavailable",
        exit_code=47,
        severity=Severity.ERROR,
        title="EKS Auth answers with a server error, or the agent was not ready",
        meaning=(
            "The agent is reached and EKS Auth answers with a 5xx error, or the call failed at first and succeeded "
            "while the probe waited. Configuration and trust are not in question."
        ),
        seen_as=("(InternalServerException)", "(ServiceUnavailableException)"),
        causes=(
            "The workload started before the agent on a new node; later pods there are fine.",
            "Short trouble of EKS Auth in this region.",
            "Agents of 2023 (v0.0.x) wrapped refusals of EKS Auth as status 500; read the text.",
        ),
        evidence=(
            "A 5xx code of EKS Auth passed on by the agent, or failure followed by success within `--wait`. Certain "
            "for what was seen."
        ),
        told_apart_from=look_alikes(
            {
                "agent-upstream-unreachable": "EKS Auth was not reached; the body has no code of it.",
                "agent-throttled": "The answer is 429.",
            }
        ),
        fixes=(
            (
                "New nodes: hold the workload until the agent answers, with `probe run --wait 60` as init container or "
                "a start-up taint."
            ),
            "If it stays, look at the AWS Health Dashboard for EKS in this region.",
            "Upgrade an agent of 2023.",
        ),
        references=(
            "aws/eks-pod-identity-agent#159",
            "aws/secrets-store-csi-driver-provider-aws#537",
            "terraform-aws-modules/terraform-aws-eks#3621",
        ),
    ),
)
