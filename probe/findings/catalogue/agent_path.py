"""The way to the Pod Identity agent."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="agent-refused",
        exit_code=43,
        severity=Severity.ERROR,
        title="The connection to the Pod Identity agent's address is refused",
        meaning=(
            "Somebody answers connects to the agent's address with a refusal. Most often no process listens there now: "
            "the agent has crashed, is restarting, or has lost port 80. A rule that rejects, or a mesh sidecar that is "
            "not up yet, looks the same. Credentials that running programs still hold keep working until they expire."
        ),
        seen_as=(
            "dial tcp 169.254.170.23:80: connect: connection refused",
            'Could not connect to the endpoint URL: "http://169.254.170.23/v1/credentials"',
            "ECONNREFUSED 169.254.170.23:80",
        ),
        causes=(
            "The agent on this node crashed or is being replaced.",
            (
                "Port 80 is taken by another hostNetwork pod (`bind: address already in use`); on EKS Auto Mode the "
                "agent is built in and the add-on collides with it."
            ),
            "IPv6 is disabled on the node and the agent exits, because it binds both families.",
            "The pod started before the agent on a new node.",
            (
                "A firewall rule or network policy rejects the connect (iptables' REJECT is ECONNREFUSED by default), "
                "or a mesh leads it to a sidecar that is not up yet."
            ),
        ),
        evidence=(
            "ECONNREFUSED at the agent's address, more than once. Certain that it is refused; by whom is told where "
            "Kubernetes shows the agent's pod on this node not ready, and stays open else. That the agent ran there "
            "before is derived from how its address is set up, not observed by us on EC2."
        ),
        told_apart_from=look_alikes(
            {
                "agent-unreachable": "Nothing answers at all, not even a refusal.",
                "agent-no-route": "The kernel has no route, or a router says so.",
                "container-endpoint-failed": "The URI names another endpoint than the EKS agent.",
            }
        ),
        becomes_certain_with=(
            "For the reason: `list` on pods in kube-system of this node (k8s/rbac/agent-pods.yaml), and the agent's "
            "log."
        ),
        fixes=(
            (
                "`kubectl -n kube-system get pods -l app.kubernetes.io/name=eks-pod-identity-agent -o wide`, then the "
                "log of the one on this node: `kubectl -n kube-system logs AGENT_POD --previous`."
            ),
            "`address already in use`: move the other port 80 user away; on Auto Mode nodes do not install the add-on.",
            (
                "IPv6 disabled: `aws eks update-addon --cluster-name CLUSTER --addon-name eks-pod-identity-agent "
                '--configuration-values \'{"agent":{"additionalArgs":{"-b":"169.254.170.23"}}}\'`.'
            ),
            "New nodes: let the workload wait with `probe run --wait 60` in an init container.",
        ),
        references=(
            "aws/eks-pod-identity-agent#10",
            "aws/eks-pod-identity-agent#16",
            "aws/eks-pod-identity-agent#159",
            "aws/eks-pod-identity-agent:pkg/server/server.go",
        ),
    ),
    Entry(
        code="agent-unreachable",
        exit_code=43,
        severity=Severity.ERROR,
        title="The Pod Identity agent does not answer on this node",
        meaning=(
            "The association was found and the variables were injected, but the connection to the agent times out. "
            "Most often the agent never ran on this node; else a network policy or a host firewall drops the packets. "
            "By their own constants Go v1 and v2 wait for one and a half to two minutes before they say so."
        ),
        seen_as=(
            'Connect timeout on endpoint URL: "http://169.254.170.23/v1/credentials"',
            "dial tcp 169.254.170.23:80: i/o timeout",
            "Checking for IPAM connectivity",
        ),
        causes=(
            (
                "The add-on is not installed, or its DaemonSet is not scheduled on this node because of taints or "
                "affinity."
            ),
            (
                "A network policy drops it; in Cilium the address belongs to the entity `host` and no ipBlock ever "
                "matches it; Cilium 1.16 with eBPF host routing dropped it by mistake."
            ),
            "A hardening script drops link-local traffic on the host.",
            "Security groups for pods in strict mode cut link-local addresses off.",
        ),
        evidence=(
            "Connect timeout at the agent's address, on a try of its own without any proxy. Certain that it is "
            "unreachable from this pod, likely for the reason. That a missing agent shows as a timeout is derived, not "
            "observed by us on EC2."
        ),
        told_apart_from=look_alikes(
            {
                "agent-refused": "The connection is refused: the address is there.",
                "agent-no-route": "The kernel or a router reports that there is no way.",
                "agent-mute": "The connection succeeds and the answer is missing.",
                "agent-proxied": "Direct works, and only clients that obey the proxy variables fail.",
                "container-endpoint-failed": "The URI names another endpoint than the EKS agent.",
                "container-not-injected": "No URI was injected, so nothing was tried.",
                "fargate-no-pod-identity": "Fargate: there can be no agent, and nothing is injected.",
            }
        ),
        becomes_certain_with=(
            "For the reason: `list` on pods in kube-system of this node (k8s/rbac/agent-pods.yaml), and on network "
            "policies (k8s/rbac/network-policies.yaml); or the same probe with hostNetwork."
        ),
        fixes=(
            (
                "Is the agent on this node? `kubectl -n kube-system get pods -l "
                "app.kubernetes.io/name=eks-pod-identity-agent -o wide`. Install it: `aws eks create-addon "
                "--cluster-name CLUSTER --addon-name eks-pod-identity-agent`; give it tolerations for the node's "
                "taints."
            ),
            "Cilium: a CiliumNetworkPolicy with `toEntities: [host]` and port 80.",
            "Host firewall: accept TCP to 169.254.170.23 port 80.",
            "Security groups for pods: POD_SECURITY_GROUP_ENFORCING_MODE=standard.",
        ),
        references=(
            "aws/amazon-vpc-cni-k8s#3840",
            "aws/amazon-vpc-cni-k8s#2797",
            "cilium/cilium#34387",
            "cilium/cilium#35989",
            "aws-samples/containers-blog-maelstrom#123",
            "terraform-aws-modules/terraform-aws-eks#3621",
        ),
    ),
    Entry(
        code="agent-no-route",
        exit_code=43,
        severity=Severity.ERROR,
        title="There is no route to the Pod Identity agent",
        meaning=(
            "The connection fails at once because there is no way to the address: the pod's own kernel has no route, "
            "or a machine on the way says so by ICMP. The agent was never asked."
        ),
        seen_as=(
            "dial tcp 169.254.170.23:80: connect: no route to host",
            "dial tcp 169.254.170.23:80: connect: network is unreachable",
            "EHOSTUNREACH 169.254.170.23:80",
        ),
        causes=(
            "A firewall rule or network policy rejects with an ICMP answer.",
            "The pod's network lacks a default route, as on a secondary or isolated network.",
        ),
        evidence=(
            "ENETUNREACH or EHOSTUNREACH; when an ICMP message caused it, its sender is shown. Certain. Not observed "
            "in the field threads that we read."
        ),
        told_apart_from=look_alikes(
            {
                "agent-refused": "The connection is refused by the address itself.",
                "agent-unreachable": "No answer of any kind until the time limit.",
                "container-family-mismatch": "The URI's family is one that this pod does not have.",
            }
        ),
        fixes=(
            (
                "Sender is the node: look for a rejecting rule there: `iptables-save` and the network policies that "
                "select the pod."
            ),
            "No sender: look at the routes in the pod: `cat /proc/net/route`.",
        ),
        references=("Linux manual page: ip(7)", "EKS User Guide: Set up the Amazon EKS Pod Identity Agent"),
    ),
    Entry(
        code="agent-proxied",
        exit_code=43,
        severity=Severity.ERROR,
        title="Calls to the Pod Identity agent go to a proxy",
        meaning=(
            "A proxy is set in this container and NO_PROXY does not exempt the agent's address, so clients that obey "
            "these variables send the call to the proxy. Go v1 and Go v2 do; botocore, JS, Java v2, .NET and C++ do "
            "not for this call; Rust does only in newer releases. Direct works."
        ),
        seen_as=("Access Denied. Called agent through invalid address", "proxyconnect tcp:"),
        causes=(
            "HTTP_PROXY was added to the pods without the link-local addresses in NO_PROXY.",
            "An image or a mutating policy sets a proxy for every container.",
        ),
        evidence=(
            "The proxy variables were evaluated for the URI's host by each SDK's rules, and the direct call was "
            "answered by the agent; or the agent itself answered 403 about an invalid address. Certain."
        ),
        told_apart_from=look_alikes(
            {
                "agent-unreachable": "The direct call gets no answer either.",
                "agent-impostor": "The direct call is answered by something else.",
            }
        ),
        fixes=(
            (
                "Add both addresses to NO_PROXY as bare addresses: "
                "`NO_PROXY=169.254.170.23,fd00:ec2::23,169.254.169.254,fd00:ec2::254,.svc,.cluster.local`, plus "
                "service and VPC ranges."
            ),
            "Set it where the proxy is set, and in both spellings (NO_PROXY and no_proxy) if programs differ.",
        ),
        references=(
            "awsdocs/amazon-eks-user-guide#872",
            "awsdocs/amazon-eks-user-guide#878",
            "aws/amazon-vpc-cni-k8s#49",
            "aws/eks-pod-identity-agent:internal/validation/request.go",
        ),
    ),
)
