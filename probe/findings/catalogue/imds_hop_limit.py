"""IMDS is connected, and the token PUT has no answer."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="imds-hop-limit",
        exit_code=54,
        severity=Severity.ERROR,
        title="The IMDS hop limit is too low for this pod",
        meaning=(
            "IMDS is up and reachable, and its answer to the token PUT dies on the way back to the pod. The instance's "
            "hop limit is the IP TTL of that answer; a pod behind the node's routing is one or more hops further away "
            "than the host. Only the answer to the PUT is affected: a GET without token comes through and is refused "
            "with 401, which is what old SDKs print. Neither the kubelet, nor security groups, nor IAM has a part in "
            "it."
        ),
        seen_as=(
            "no EC2 IMDS role found, operation error ec2imds: GetMetadata, canceled, context deadline exceeded",
            "EC2MetadataError: failed to make EC2Metadata request",
            "status code: 401",
            "failed to get rate limit token, retry quota exceeded",
            "failed to fetch VPC ID from instance metadata",
            "TimeoutError from instance metadata service",
        ),
        causes=(
            (
                "The node was made with hop limit 1: Karpenter v1, terraform-aws-eks v21, EKS Auto Mode, by most "
                "reports EKS managed nodes on AL2023, or an own launch template. Measure it; the platform does not "
                "prove it."
            ),
            "The pod was never meant to use IMDS: its IRSA or Pod Identity was not injected, and the chain ended here.",
            "The limit is 2 and the way is longer: an overlay or eBPF CNI, or a container in a container, needs 3.",
            "A chart dropped `hostNetwork: true`.",
        ),
        evidence=(
            "Connect succeeds, the PUT is sent and acknowledged, no byte comes back, on two tries; a GET without token "
            "on another connection is answered with 401 at once. Certain with all of these. The hop count is measured "
            "with rising TTLs where the kernel allows, and is the number to set. Both rest on AWS's text, SDK sources, "
            "field reports and our lab; not observed on EC2 by us."
        ),
        told_apart_from=look_alikes(
            {
                "metadata-needed-unreachable": (
                    "The credentials are fine; it is the controller that wants region, VPC or instance data from IMDS."
                ),
                "imds-hop-limit-v1-allowed": "The GET without token is answered with 200.",
                "imds-stalled": "The GET is not answered either.",
                "imds-blocked": "Nothing connects.",
                "imds-reset": "The connection is broken off instead of staying silent.",
                "imds-unavailable": "Not every GET is answered, or some PUT is.",
                "imds-token-rejected": "There is an answer: 400 to the PUT, or 401 to a GET with a token.",
                "imds-slow": "The PUT is answered, if late.",
                "nothing-configured": (
                    "Both can stand. The hop limit is the cause only if the pod is meant to use the node role."
                ),
                "region-missing": "Only the region was wanted from IMDS; the credentials are a matter of their own.",
            }
        ),
        becomes_certain_with=(
            "The same probe with hostNetwork on this node, or `HttpPutResponseHopLimit` of this instance, as "
            "`aws ec2 describe-instances` shows it."
        ),
        fixes=(
            (
                "First give the pod its own identity (IRSA or Pod Identity) and explicit settings, so that it does not "
                "need IMDS. AWS Load Balancer Controller: `--set region=REGION --set vpcId=VPC_ID`; EBS CSI: "
                "`controller.region`."
            ),
            (
                "Know what a higher limit means: every pod on the node can take the node role then. It is right only "
                "when IMDS is what this pod depends on."
            ),
            (
                "If so, set the measured number where nodes are made. Launch template: `MetadataOptions: "
                "{HttpPutResponseHopLimit: HOPS}`; Karpenter: EC2NodeClass "
                "`spec.metadataOptions.httpPutResponseHopLimit`; Terraform: `metadata_options = { "
                "http_put_response_hop_limit = HOPS }`. On EKS Auto Mode it cannot be changed."
            ),
            (
                "A running node, until it is replaced: `aws ec2 modify-instance-metadata-options --instance-id "
                "INSTANCE_ID --http-put-response-hop-limit HOPS`."
            ),
            "`hostNetwork: true` avoids the extra hop; last resort.",
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller#3695",
            "kubernetes-sigs/aws-load-balancer-controller#3937",
            "DataDog/datadog-agent#55269",
            "kubernetes-sigs/aws-ebs-csi-driver#2966",
            "hashicorp/terraform-provider-aws#38516",
            "aws/karpenter-provider-aws:pkg/apis/v1/ec2nodeclass.go",
            "awsdocs/amazon-ec2-user-guide:doc_source/instancedata-data-retrieval.md",
            "aws/aws-sdk-go-v2:feature/ec2/imds/api_client.go",
        ),
    ),
    Entry(
        code="imds-hop-limit-v1-allowed",
        exit_code=54,
        severity=Severity.ERROR,
        title="The IMDS hop limit is too low, and only IMDSv1 hides it",
        meaning=(
            "The answer to the token PUT dies on the way to the pod, as with any hop limit that is too low, but this "
            "instance also answers requests without a token. Most SDKs wait for the PUT to time out and then succeed "
            "by IMDSv1, so everything works and is slow. Rust and clients with IMDSv1 switched off fail. Requiring "
            "tokens on this node would break the rest."
        ),
        seen_as=(
            "falling back to IMDSv1:",
            "Unable to retrieve token for use in IMDSv2 call and IMDSv1 has been disabled",
            "failed to get IMDSv2 token and fallback to IMDSv1 is disabled",
        ),
        causes=(
            "An older node group with optional tokens and hop limit 1.",
            "A container further away than the limit allows, on nodes where tokens are optional.",
        ),
        evidence=(
            "Connect succeeds, the PUT is sent and acknowledged, no byte comes back, on two tries; a GET without token "
            "on another connection is answered with 200. Certain with all of these; not observed on EC2 by us."
        ),
        told_apart_from=look_alikes(
            {
                "imds-hop-limit": "The GET without token is answered with 401.",
                "imds-stalled": "The GET is not answered either.",
            }
        ),
        becomes_certain_with=(
            "The same probe with hostNetwork on this node, or `HttpPutResponseHopLimit` of this instance, as "
            "`aws ec2 describe-instances` shows it."
        ),
        fixes=(
            "Best: give the pod its own role and explicit settings, so that it does not need IMDS.",
            (
                "If it depends on IMDS, set the measured hop count where nodes are made, and require tokens "
                "afterwards. Every pod on the node can take the node role then, as it already can by IMDSv1."
            ),
            (
                "A running node: `aws ec2 modify-instance-metadata-options --instance-id INSTANCE_ID "
                "--http-put-response-hop-limit HOPS`."
            ),
        ),
        references=(
            "awslabs/collectd-cloudwatch#96",
            "aws/amazon-cloudwatch-agent#249",
            "boto/botocore:botocore/utils.py",
            "aws/aws-sdk-go-v2:feature/ec2/imds/token_provider.go",
        ),
    ),
    Entry(
        code="imds-stalled",
        exit_code=54,
        severity=Severity.ERROR,
        title="IMDS accepts connections and answers nothing",
        meaning=(
            "The connection to IMDS succeeds, and neither the token PUT nor a plain GET is answered. That is not the "
            "hop limit, which never touches the GET. Requests or answers are lost or held on the way, or IMDS "
            "throttles this instance."
        ),
        seen_as=("Client.Timeout exceeded while awaiting headers", "Unable to reach instance metadata service"),
        causes=(
            (
                "Many callers on the node exceed the packet limit for link-local traffic (1024 a second per interface, "
                "shared with DNS and time); the rest is dropped silently."
            ),
            "A transparent proxy, a mesh or the CNI accepts the connection and passes nothing on.",
            "A path problem that lets only small packets through.",
        ),
        evidence=(
            "Connect succeeds, and both PUT and GET, on connections of their own, get no byte. Unacknowledged data "
            "with retransmissions says that requests are lost. Certain that both stall, likely for the reason."
        ),
        told_apart_from=look_alikes(
            {
                "imds-hop-limit": "The GET without token is answered at once with 401.",
                "imds-hop-limit-v1-allowed": "The GET without token is answered at once with 200.",
                "imds-blocked": "The connection itself fails.",
                "imds-reset": "The connection is broken off.",
                "imds-unavailable": "An answer comes, a server error, or only some tries fail.",
            }
        ),
        becomes_certain_with=(
            "For the reason: `ethtool -S` on the node, counter `linklocal_allowance_exceeded`, or the same probe with "
            "hostNetwork."
        ),
        fixes=(
            (
                "On the node: `ethtool -S INTERFACE | grep linklocal_allowance_exceeded`. If it grows, find the "
                "callers; NodeLocal DNSCache takes DNS off the budget."
            ),
            "Let clients keep credentials and metadata instead of asking each time.",
            "Look for what intercepts: mesh sidecar, kube2iam, kiam.",
        ),
        references=(
            "aws/efs-utils#64",
            "amazonlinux/amazon-ec2-net-utils#120",
            "EC2 User Guide: Query throttling for instance metadata",
        ),
    ),
)
