"""Who answers at the Pod Identity agent's address, and when."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="agent-impostor",
        exit_code=48,
        severity=Severity.ERROR,
        title="Something that is not the agent answers at its address",
        meaning=(
            "An HTTP answer comes from the agent's address, and it is not the agent's. A request without a token must "
            "be answered with 400 and the agent's own text; here it was not. Programs that send their token there give "
            "it to a stranger."
        ),
        seen_as=(
            "Non-success status from HTTP credential provider: 404",
            "Received non 200 response 404 from container metadata:",
        ),
        causes=(
            (
                "Another service with hostPort or hostNetwork on port 80 captures the address, such as an ingress "
                "controller."
            ),
            "Cilium 1.18 HostPort handling takes the address.",
            "A transparent proxy or a mesh answers instead.",
        ),
        evidence=(
            "Status, Server header and content type of the answer to a request without a token. Certain that it is not "
            "the agent as we know it (v0.1.x); v0.2.x was not read."
        ),
        told_apart_from=look_alikes(
            {
                "agent-proxied": "The answer comes from a proxy or says `invalid address`; direct works.",
                "container-response-malformed": (
                    "The agent answers as it should, and the credentials answer is unusable."
                ),
                "container-rejected": "The agent answers the test, and then refuses in a way we do not know.",
            }
        ),
        fixes=(
            (
                "Find who has port 80 on the node: `kubectl get pods -A -o wide --field-selector spec.nodeName=NODE`, "
                "and look for hostPort or hostNetwork with port 80. Move it to another port or node."
            ),
            "Cilium: upgrade to a release without the regression.",
            (
                "Mesh: exclude the address, for Istio `traffic.sidecar.istio.io/excludeOutboundIPRanges: "
                "169.254.170.23/32,169.254.169.254/32`."
            ),
        ),
        references=(
            "cilium/cilium#40273",
            "aws/eks-pod-identity-agent#10",
            "aws/eks-pod-identity-agent:pkg/handlers/eks_credential_handler.go",
        ),
    ),
    Entry(
        code="agent-mute",
        exit_code=44,
        severity=Severity.ERROR,
        title="Connections to the Pod Identity agent succeed and get no answer",
        meaning=(
            "The connection succeeds, the request goes out, and nothing comes back within ten seconds, longer than the "
            "agent's own limits allow. Go v1, Go v2 and current JS v3 have no time limit for reading here, so a "
            "program hangs without any error; botocore gives up after about nine seconds."
        ),
        seen_as=('Read timeout on endpoint URL: "http://169.254.170.23/v1/credentials"',),
        causes=(
            "The agent process is stuck or starved on an overloaded node.",
            "A transparent proxy or mesh accepts the connection for the address and passes nothing on.",
            "An agent before 0.1.32, which sets no time limit of its own towards EKS Auth.",
        ),
        evidence=(
            "Connect succeeded, the request was acknowledged, and no byte came within the patient time limit. Certain "
            "that nothing comes back; who accepts, the agent or a sidecar in its place, stays open. SDK times are "
            "computed from their constants, not measured. No counted field case."
        ),
        told_apart_from=look_alikes(
            {
                "agent-slow": "An answer does come, only too late for some SDKs.",
                "agent-unreachable": "The connection itself fails.",
            }
        ),
        fixes=(
            "Restart the agent on that node: `kubectl -n kube-system delete pod AGENT_POD`, and upgrade the add-on.",
            "Mesh in the pod: exclude the address from redirection.",
        ),
        references=(
            "aws/aws-sdk-go-v2:credentials/endpointcreds/provider.go",
            "aws/eks-pod-identity-agent#90",
            "aws/eks-pod-identity-agent:configuration/config.go",
        ),
    ),
    Entry(
        code="agent-slow",
        exit_code=44,
        severity=Severity.ERROR,
        title="The Pod Identity agent answers too late for some SDKs",
        meaning=(
            "The agent gives an answer, and later than some SDKs wait: Java v2 waits 1 second, botocore 2, Rust 5. The "
            "application then reports a timeout where a patient caller sees credentials or the real error. Go and "
            "current JS v3 wait and succeed."
        ),
        seen_as=(
            'Read timeout on endpoint URL: "http://169.254.170.23/v1/credentials"',
            "https response error StatusCode: 0, RequestID: , canceled, context canceled",
        ),
        causes=(
            "EKS Auth is far away or slow from this node: NAT, VPC endpoint, load.",
            "The agent retries EKS Auth behind the scenes: up to three tries of about a second each.",
            "Agents 0.1.32 and 0.1.33 gave EKS Auth only 600 ms, so they retried a lot.",
        ),
        evidence=(
            "The measured time to the first byte, compared with each SDK's read timeout. Certain for this call; "
            "whether it is always so needs repeated walks. SDK times are from their constants."
        ),
        told_apart_from=look_alikes(
            {
                "agent-mute": "No answer comes at all.",
                "agent-upstream-unreachable": (
                    "The late answer is an error about reaching EKS Auth; that is then the cause."
                ),
            }
        ),
        becomes_certain_with="For the reason: the agent's log on this node, or the history of `probe serve`.",
        fixes=(
            (
                "Upgrade the agent: `aws eks update-addon --cluster-name CLUSTER --addon-name eks-pod-identity-agent "
                "--addon-version VERSION`."
            ),
            "Shorten the way: a VPC endpoint for `com.amazonaws.REGION.eks-auth`.",
            "Let programs keep their clients, so that they ask rarely.",
        ),
        references=(
            "aws/eks-pod-identity-agent#50",
            "aws/eks-pod-identity-agent#26",
            "aws/eks-pod-identity-agent#101",
            "aws/secrets-store-csi-driver-provider-aws#465",
        ),
    ),
)
