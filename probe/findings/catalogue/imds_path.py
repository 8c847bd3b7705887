"""The way to IMDS: nothing connects."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="imds-no-route",
        exit_code=53,
        severity=Severity.ERROR,
        title="There is no route to IMDS from this pod",
        meaning=(
            "The connection to 169.254.169.254 fails at once because there is no way: the pod's kernel has no route, "
            "or a machine on the way says so by ICMP. IMDS was never asked. This matters only if the pod depends on "
            "IMDS; many clusters cut pods off on purpose."
        ),
        seen_as=(
            "dial tcp 169.254.169.254:80: connect: no route to host",
            "dial tcp 169.254.169.254:80: connect: network is unreachable",
            "EHOSTUNREACH 169.254.169.254:80",
        ),
        causes=(
            "A firewall rule or network policy rejects with an ICMP answer.",
            "The pod's network has no default route.",
            "IPv6 only: the IPv6 endpoint of IMDS is off unless it is switched on, and needs a Nitro instance.",
        ),
        evidence=(
            "ENETUNREACH or EHOSTUNREACH, or EACCES or EPERM where a rule forbids the connection; when an ICMP message "
            "caused it, its sender is shown. Certain. Not observed in the field threads that we read."
        ),
        told_apart_from=look_alikes(
            {
                "imds-blocked": "No answer of any kind until the time limit.",
                "imds-refused": "The connection is refused by a reset.",
            }
        ),
        fixes=(
            "If the pod has its own role by IRSA or Pod Identity and its region is set, leave it as it is.",
            "Sender is the node: look for a rejecting rule there and at the network policies that select the pod.",
            "No sender: look at the routes in the pod: `cat /proc/net/route`.",
        ),
        references=("Linux manual page: ip(7)", "EC2 User Guide: Use IMDS"),
    ),
    Entry(
        code="imds-blocked",
        exit_code=53,
        severity=Severity.ERROR,
        title="IMDS does not answer: the connection times out",
        meaning=(
            "Nothing answers at 169.254.169.254, not even the TCP handshake. Something drops the packets, or there is "
            "no IMDS here at all. It is not the hop limit, which lets the connection succeed. Often it is intended; it "
            "is an error only because this pod depends on IMDS."
        ),
        seen_as=(
            "no EC2 IMDS role found, operation error ec2imds: GetMetadata, canceled, context deadline exceeded",
            "Client.Timeout exceeded while awaiting headers",
            "dial tcp 169.254.169.254:80: i/o timeout",
            "TimeoutError from instance metadata service",
            "Unable to locate credentials",
        ),
        causes=(
            "A network policy, Calico or Cilium rule, or an iptables DROP keeps pods away from IMDS, often on purpose.",
            "The node has no IMDS: Fargate, a hybrid node, a machine outside EC2.",
            "The pod is attached to an isolated secondary network.",
        ),
        evidence=(
            "Two connects that time out, each with the packet that the kernel sends again. Certain that nothing "
            "connects, likely for the reason. A timeout text alone, without the phase, says nothing: SDKs "
            "print the same for the hop limit."
        ),
        told_apart_from=look_alikes(
            {
                "imds-hop-limit": "The connection succeeds and only the answer to the PUT is missing.",
                "imds-stalled": "The connection succeeds and no request is answered.",
                "imds-absent-fargate": "Fargate hints: there is no IMDS to be blocked.",
                "imds-refused": "The connection is refused at once.",
                "imds-no-route": "The kernel or a router reports that there is no way.",
                "imds-proxied": "Direct works, and only clients that obey the proxy variables fail.",
                "metadata-disabled-by-env": "The environment forbids SDKs to ask, whatever the network does.",
            }
        ),
        becomes_certain_with=(
            "For the reason: `list` on network policies (k8s/rbac/network-policies.yaml), or the same probe with "
            "hostNetwork on this node."
        ),
        fixes=(
            (
                "Best: do not need IMDS. Give the ServiceAccount a role by IRSA or Pod Identity, and the controller "
                "its region (and VPC id) explicitly."
            ),
            (
                "If IMDS is meant to be used: `kubectl get networkpolicy -A`, the policies of your CNI, and on the "
                "node `iptables-save` for 169.254.169.254."
            ),
            (
                "Security groups, network ACLs and the kubelet do not matter here: none of them filters or carries "
                "this traffic."
            ),
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller#1659",
            "EKS Best Practices Guide: Restrict access to the instance profile assigned to the worker node",
        ),
    ),
    Entry(
        code="imds-absent-fargate",
        exit_code=53,
        severity=Severity.ERROR,
        title="This is Fargate, where IMDS does not exist",
        meaning=(
            "This pod appears to run on Fargate, which has no IMDS, so nothing that expects IMDS can work: neither the "
            "node role nor region and VPC id. No setting changes that."
        ),
        seen_as=("failed to introspect region from EC2Metadata, specify --aws-region instead", "failed to get VPC ID"),
        causes=("A controller on Fargate without explicit region and VPC id.", "A controller on Fargate without IRSA."),
        evidence=(
            "Nothing connects at 169.254.169.254 and Fargate hints are seen. Certain when the node name, given through "
            "the downward API, starts with `fargate-ip-`; otherwise likely."
        ),
        told_apart_from=look_alikes(
            {
                "imds-blocked": "The node is an EC2 node, so somebody drops the packets.",
                "fargate-no-pod-identity": "The same platform, seen from a pod that expects Pod Identity.",
            }
        ),
        becomes_certain_with=(
            "The node name: pass `spec.nodeName` into the container through the downward API, or permit `get` on the "
            "own pod (k8s/rbac/own-service-account-and-pod.yaml)."
        ),
        fixes=(
            (
                "Give region and VPC id explicitly, for the AWS Load Balancer Controller `--set region=REGION --set "
                "vpcId=VPC_ID`."
            ),
            "Give credentials by IRSA; Pod Identity does not work on Fargate.",
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller#1561",
            "kubernetes-sigs/aws-load-balancer-controller#1659",
            "kubernetes-sigs/aws-ebs-csi-driver#474",
            "awsdocs/amazon-eks-user-guide#245",
        ),
    ),
    Entry(
        code="imds-refused",
        exit_code=53,
        severity=Severity.ERROR,
        title="The connection to IMDS is refused",
        meaning=(
            "Somebody refuses connections to 169.254.169.254. IMDS itself is not known to do that, so a rule rejects "
            "it or redirects it to a port where nobody listens (any more, or yet); or this is no EC2 instance, and "
            "another network's router or host refuses. On an EC2 host IMDS usually works at the same time."
        ),
        seen_as=("dial tcp 169.254.169.254:80: connect: connection refused", "ECONNREFUSED 169.254.169.254:80"),
        causes=(
            "A DNAT rule that kube2iam or kiam left behind after it was removed.",
            "kube2iam, kiam or another IMDS proxy is installed and down.",
            "An iptables REJECT rule that keeps pods away from IMDS on purpose.",
            "A mesh leads it to a sidecar in the pod that is not up yet.",
            "The machine is not in EC2 (kind, on premises), and something else there refuses.",
            "A node in its first seconds after boot; rare and short.",
        ),
        evidence=(
            "ECONNREFUSED at connect, more than once. Certain that something in between refuses; which rule it is, is "
            "only likely. That the real IMDS never refuses is derived and not observed on EC2 by us."
        ),
        told_apart_from=look_alikes(
            {
                "imds-blocked": "No answer at all until the time limit.",
                "imds-no-route": "The error is about routing, not a refusal.",
                "imds-reset": "The connection was made and broken off later.",
                "imds-impostor": "The interceptor is alive and answers.",
                "imds-endpoint-invalid": "The refusal comes from an override that is no usable address.",
            }
        ),
        becomes_certain_with="For the reason: the node's NAT table.",
        fixes=(
            (
                "On each node look for the rule, `iptables-save -t nat` with 169.254.169.254, and delete it, or "
                "replace the nodes."
            ),
            "If kube2iam or kiam is still in use, mend it, or move the workload to IRSA or Pod Identity.",
            "If the rejection is intended, give the pod its own role and leave it as it is.",
        ),
        references=(
            "jtblin/kube2iam#370",
            "jtblin/kube2iam#141",
            "jtblin/kube2iam#44",
            "EKS Best Practices Guide: Restrict access to the instance profile assigned to the worker node",
        ),
    ),
)
