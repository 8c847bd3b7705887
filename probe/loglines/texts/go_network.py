"""What Go's net packages print when a request of either Go SDK to IMDS or a container endpoint gets no answer.

Texts: golang/go:src/net, src/net/http.
"""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

_IMDS = r"(?:169\.254\.169\.254|\[fd00:ec2::254\])"
_AGENT = r"(?:169\.254\.170\.23|\[fd00:ec2::23\])"
_CALL = r"(?:connect|getsockopt)"
_REQUEST = r"[^\s\"]{0,120}\"?: "
"""The rest of the URL that Go quotes, and what separates it from the error."""
_NO_ANSWER = r"(?:net/http: request canceled|context deadline exceeded|EOF|read tcp |net/http: timeout awaiting)"

SIGNATURES = (
    # The Pod Identity agent, and the ECS endpoint
    Signature(
        text="dial tcp ",
        pattern=rf"dial tcp {_AGENT}:80: {_CALL}: connection refused",
        step="container.connect",
        codes=("agent-refused",),
        meaning="Nothing listens on the Pod Identity agent's address: it ran on this node and is down, or it never "
        "came up.",
        next="kubectl -n kube-system get pods -o wide -l app.kubernetes.io/name=eks-pod-identity-agent, on this "
        "pod's node.",
    ),
    Signature(
        text="dial tcp ",
        pattern=rf"dial tcp {_AGENT}:80: (?:i/o timeout|{_CALL}: connection timed out)",
        step="container.connect",
        codes=("agent-unreachable",),
        meaning="The connection to the Pod Identity agent timed out: the agent was never on this node, or a policy "
        "drops the way to it.",
        next="Look for the agent's pod on this node, then for network policies; run the probe with the same "
        "ServiceAccount.",
    ),
    Signature(
        text="dial tcp ",
        pattern=rf"dial tcp {_AGENT}:80: {_CALL}: (?:no route to host|network is unreachable|cannot assign)",
        step="container.connect",
        codes=("agent-no-route", "container-family-mismatch"),
        meaning="There is no route to the Pod Identity agent's address; an IPv6 address in an IPv4-only pod fails "
        "the same way.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="http://",
        pattern=rf"http://{_AGENT}/{_REQUEST}proxyconnect tcp",
        step="container.connect",
        codes=("agent-proxied",),
        meaning="The request to the Pod Identity agent went to an HTTP proxy.",
        next="Add 169.254.170.23 and fd00:ec2::23 to NO_PROXY.",
    ),
    Signature(
        text="http://",
        pattern=rf"http://{_AGENT}/{_REQUEST}{_NO_ANSWER}",
        step="container.credentials",
        codes=("agent-slow", "agent-mute", "agent-unreachable"),
        meaning="The Pod Identity agent gave no answer in the time that this program waits; the agent may still have "
        "been asking EKS Auth.",
        next="Run the probe with the same ServiceAccount: it waits ten seconds and hears the agent's real answer.",
    ),
    Signature(
        text="dial tcp 169.254.170.2:80: …",
        step="container.connect",
        codes=("container-endpoint-failed",),
        meaning="The ECS credentials endpoint could not be reached. On EKS nothing answers there.",
        next="Find out who sets AWS_CONTAINER_CREDENTIALS_RELATIVE_URI; EKS Pod Identity uses the full URI.",
    ),
    # IMDS
    Signature(
        text="dial tcp ",
        pattern=rf"dial tcp {_IMDS}:80: {_CALL}: connection refused",
        step="imds.connect",
        codes=("imds-refused",),
        meaning="The metadata address refused the connection. The real IMDS never does: a rule or proxy on the node, "
        "often left over from kube2iam or kiam, intercepts it.",
        next="Look for DNAT rules for 169.254.169.254 on the node.",
    ),
    Signature(
        text="dial tcp ",
        pattern=rf"dial tcp {_IMDS}:80: {_CALL}: (?:no route to host|network is unreachable)",
        step="imds.connect",
        codes=("imds-no-route",),
        meaning="There is no route to the metadata address from here.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="dial tcp ",
        pattern=rf"dial tcp {_IMDS}:80: (?:i/o timeout|{_CALL}: (?:connection timed out|operation not permitted))",
        step="imds.connect",
        codes=("imds-blocked", "imds-unavailable"),
        meaning="The connection to IMDS itself did not come about, so this is not the hop limit: a policy or rule "
        "blocks the way, there is no IMDS here (Fargate), or packets are lost under load.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="http://",
        pattern=rf"http://{_IMDS}/{_REQUEST}proxyconnect tcp",
        step="imds.connect",
        codes=("imds-proxied",),
        meaning="The request to IMDS went to an HTTP proxy.",
        next="Add 169.254.169.254 and fd00:ec2::254 to NO_PROXY.",
    ),
    Signature(
        text="->169.254.169.254:80: read: connection reset by peer",
        step="imds.token",
        codes=("imds-reset",),
        meaning="The connection to IMDS was reset after it had been made: something on the way cut it.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="http://169.254.169.254/latest/api/token",
        pattern=rf"http://169\.254\.169\.254/latest/api/token{_REQUEST}(?:net/http: timeout awaiting response headers)",
        step="imds.token",
        codes=("imds-hop-limit", "imds-hop-limit-v1-allowed", "imds-stalled"),
        meaning="IMDS took the connection and the token PUT, and no answer came back: the mark of a hop limit that "
        "is too low.",
        next=advice.MEASURE_THE_HOPS,
    ),
    Signature(
        text="http://169.254.169.254/",
        pattern=rf"http://169\.254\.169\.254/{_REQUEST}{_NO_ANSWER}",
        step="imds.token",
        codes=("imds-hop-limit", "imds-blocked", "imds-stalled"),
        meaning="IMDS gave no answer in time. The text does not say whether the connection was ever made.",
        next=advice.MEASURE_THE_HOPS,
    ),
)
