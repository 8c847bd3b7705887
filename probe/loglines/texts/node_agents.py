"""What programs of the node say in their own words: VPC CNI, CSI drivers, log and metric agents.

Texts: aws/amazon-vpc-cni-k8s:pkg/awsutils, cmd; kubernetes-sigs/aws-ebs-csi-driver#2031; aws/efs-utils#64;
aws/aws-for-fluent-bit#333; terraform-aws-modules/terraform-aws-iam#647.
"""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

_HOST_NETWORK = (
    "The VPC CNI reads this from IMDS and has no other way. It runs with hostNetwork, so the hop limit is not the "
    "reason: the endpoint is switched off or out of reach on the node itself."
)
_INSTANCE_DATA = ("metadata-needed-unreachable", "imds-hop-limit", "imds-blocked")

SIGNATURES = (
    # VPC CNI
    Signature(
        text="Failed to get primary MAC from IMDS",
        step="imds.metadata",
        codes=("metadata-needed-unreachable", "imds-disabled", "imds-unavailable"),
        meaning=_HOST_NETWORK,
        next="Run the probe with hostNetwork on this node; the CNI needs the metadata endpoint.",
    ),
    Signature(
        text="Failed to retrieve region data from instance metadata",
        step="imds.metadata",
        codes=("metadata-needed-unreachable", "imds-disabled", "imds-unavailable"),
        meaning=_HOST_NETWORK,
        next="Run the probe with hostNetwork on this node; the CNI needs the metadata endpoint.",
    ),
    Signature(
        text="unable to describe security groups",
        beside=("discoverCustomSecurityGroups",),
        step="needs.permissions",
        codes=("permission-denied", "endpoint-unreachable"),
        frame=True,
        meaning="VPC CNI from 1.22.1 needs ec2:DescribeSecurityGroups and ec2:DescribeSubnets, which older inline "
        "policies lack.",
        next="Use the managed policy AmazonEKS_CNI_Policy, or add the two actions.",
    ),
    Signature(
        text="Failed to call ec2:",
        pattern=r"Failed to call ec2:\w{1,80}",
        step="needs.permissions",
        codes=("permission-denied", "endpoint-unreachable", "nothing-configured"),
        frame=True,
        meaning="The VPC CNI's EC2 call failed; the error behind it says whether permission, network or credentials "
        "are missing.",
        next="Check that AmazonEKS_CNI_Policy is on the role that aws-node uses.",
    ),
    Signature(
        text="MissingIAMPermissions …",
        step="needs.permissions",
        codes=("permission-denied",),
        meaning="The VPC CNI lacks an EC2 permission; the event names the action.",
        next="Attach AmazonEKS_CNI_Policy to the role that aws-node uses.",
    ),
    Signature(
        text="ipamd: can not initialize with AWS SDK interface",
        step="none",
        codes=("permission-denied", "metadata-needed-unreachable", "endpoint-unreachable"),
        frame=True,
        meaning="The VPC CNI stops at its start; the line before it says why.",
        next="Run the probe with hostNetwork and the aws-node ServiceAccount on this node.",
    ),
    Signature(
        text="cni plugin not initialized",
        step="none",
        codes=("permission-denied", "agent-unreachable", "endpoint-unreachable"),
        frame=True,
        meaning="The node waits for its CNI. That is often the VPC CNI without working credentials, and the reason "
        "is in the log of aws-node.",
        next="kubectl -n kube-system logs -l k8s-app=aws-node; run `probe explain --log` on that.",
    ),
    # CSI drivers
    Signature(
        text="could not get metadata from AWS",
        step="imds.metadata",
        codes=_INSTANCE_DATA,
        meaning="The EBS CSI driver got its instance data neither from IMDS nor from Kubernetes. Credentials may be "
        "fine.",
        next="Set `node.metadataSources=kubernetes` and the region in the chart; or measure the hop limit with the "
        "probe.",
    ),
    Signature(
        text="Could not determine region from any metadata service",
        step="imds.metadata",
        codes=("region-missing", "metadata-needed-unreachable", "imds-hop-limit"),
        meaning="The driver found no region in the environment, in IMDS or on the node object. Credentials may be "
        "fine.",
        next="Set AWS_REGION, or the chart's region value.",
    ),
    Signature(
        text="unable to determine region from IMDS",
        step="imds.metadata",
        codes=("region-missing", "imds-hop-limit", "imds-blocked"),
        meaning="No region is configured, and IMDS did not give one.",
        next=advice.SET_THE_REGION,
    ),
    Signature(
        text="Unable to reach instance metadata service",
        step="imds.metadata",
        codes=("imds-unavailable", *_INSTANCE_DATA),
        meaning="efs-utils could not reach IMDS. If it happens now and then under load, packets for link-local "
        "services are being dropped.",
        next="Set the region in efs-utils.conf, and run the probe on the same node.",
    ),
    Signature(
        text="mount.nfs4: access denied by server while mounting 127.0.0.1:/",
        step="needs.permissions",
        codes=("permission-denied", "application-layer"),
        meaning="The EFS file system refuses the mount: its policy, or the role lacks elasticfilesystem:ClientMount. "
        "Credentials may be fine.",
        next="Use the `iam` mount option and allow elasticfilesystem:Client* to the role.",
    ),
    # fluent-bit
    Signature(
        text="timeout after ",
        pattern=r"timeout after \d{1,4} seconds to: 169\.254\.169\.254:80",
        step="imds.connect",
        codes=("imds-blocked", "imds-unavailable"),
        meaning="fluent-bit could not connect to IMDS, so this is not the hop limit.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Could not retrieve ec2 metadata from IMDS",
        step="imds.metadata",
        codes=_INSTANCE_DATA,
        frame=True,
        meaning="fluent-bit's aws filter got no instance data. Its credentials are another matter.",
        next="Switch the aws filter off, or measure the hop limit with the probe.",
    ),
)
