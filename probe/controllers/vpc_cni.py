"""Amazon VPC CNI plugin: the aws-node DaemonSet."""

from probe.controllers.profile import (
    Endpoint,
    Metadata,
    MetadataNeed,
    Place,
    PlaceKind,
    Profile,
    Read,
    SdkSince,
    Workload,
    Write,
)

_WITHOUT_EC2 = ("ENABLE_IMDS_ONLY_MODE=true",)

VPC_CNI = Profile(
    name="vpc-cni",
    title="Amazon VPC CNI (aws-node)",
    repository="aws/amazon-vpc-cni-k8s",
    aliases=("aws-node", "amazon-vpc-cni", "amazon-vpc-cni-k8s"),
    images=("amazon-k8s-cni",),
    workloads=(
        Workload(
            namespaces=("kube-system",),
            service_accounts=("aws-node",),
            labels=("k8s-app=aws-node",),
            host_network=True,
        ),
    ),
    sdks=(
        SdkSince(release="1.7", sdk="go-v1"),
        SdkSince(release="1.10.3", sdk="go-v1", sdk_version="1.43.29"),
        SdkSince(release="1.15.0", sdk="go-v1", sdk_version="1.44.294"),
        SdkSince(release="1.15.1", sdk="go-v1", sdk_version="1.45.19"),
        SdkSince(release="1.15.4", sdk="go-v1", sdk_version="1.47.0"),
        SdkSince(release="1.15.5", sdk="go-v1", sdk_version="1.48.10"),
        SdkSince(release="1.16.1", sdk="go-v1"),
        SdkSince(release="1.19.4", sdk="go-v2"),
        SdkSince(release="1.23", sdk="go-v2", sdk_version="1.32.29"),
    ),
    pod_identity_since=("1.15.5",),
    region_order=(Place(kind=PlaceKind.IMDS, name="dynamic/instance-identity/document"),),
    vpc_order=(
        Place(
            kind=PlaceKind.IMDS,
            name="meta-data/network/interfaces/macs/MAC/vpc-id",
            note="with the MAC of meta-data/mac",
        ),
    ),
    metadata=(
        MetadataNeed(what=Metadata.REGION, why="where its EC2 calls go"),
        MetadataNeed(what=Metadata.VPC_ID, why="the VPC's id"),
        MetadataNeed(
            what=Metadata.INSTANCE, why="MAC addresses, instance id and type, zone, interfaces and their subnets"
        ),
    ),
    endpoints=(
        Endpoint(service="ec2", not_with=_WITHOUT_EC2, why="network interfaces and their addresses"),
        Endpoint(service="sts", why="IRSA", essential=False),
    ),
    reads=(
        Read(
            service="ec2",
            operation="DescribeNetworkInterfaces",
            parameters={"MaxResults": 5},
            action="ec2:DescribeNetworkInterfaces",
            not_with=_WITHOUT_EC2,
            why="the node's interfaces",
        ),
        Read(
            service="ec2",
            operation="DescribeInstances",
            parameters={"MaxResults": 5},
            action="ec2:DescribeInstances",
            not_with=_WITHOUT_EC2,
            why="the node itself",
        ),
        Read(
            service="ec2",
            operation="DescribeInstanceTypes",
            parameters={"MaxResults": 5},
            action="ec2:DescribeInstanceTypes",
            not_with=_WITHOUT_EC2,
            essential=False,
            why="how many interfaces and addresses the node's type takes, where its own table does not know the type",
        ),
        Read(
            service="ec2",
            operation="DescribeSubnets",
            parameters={"MaxResults": 5},
            action="ec2:DescribeSubnets",
            not_with=_WITHOUT_EC2,
            why="subnets for new interfaces; without it no interface is added since 1.22.1",
            since="1.22.1",
        ),
        Read(
            service="ec2",
            operation="DescribeSubnets",
            parameters={"MaxResults": 5},
            action="ec2:DescribeSubnets",
            not_with=_WITHOUT_EC2,
            essential=False,
            why="other subnets for new interfaces; without it the node's own is used",
            until="1.22.1",
        ),
        Read(
            service="ec2",
            operation="DescribeSecurityGroups",
            parameters={"MaxResults": 5},
            action="ec2:DescribeSecurityGroups",
            not_with=_WITHOUT_EC2,
            why="security groups of new interfaces; needed in effect since 1.22.1",
            since="1.22.1",
        ),
    ),
    writes=(
        Write(action="ec2:CreateNetworkInterface"),
        Write(action="ec2:AttachNetworkInterface"),
        Write(action="ec2:DetachNetworkInterface"),
        Write(action="ec2:DeleteNetworkInterface"),
        Write(action="ec2:ModifyNetworkInterfaceAttribute"),
        Write(action="ec2:AssignPrivateIpAddresses"),
        Write(action="ec2:UnassignPrivateIpAddresses"),
        Write(action="ec2:CreateTags"),
    ),
    fails_as="`Initialization failure` or `ipamd: can not initialize with AWS SDK interface` in ipamd.log; the "
    "liveness probe ends the container and the node stays NotReady.",
    notes=(
        "It is on the host network, so hop limit 1 is fine for it; a metadata endpoint that is switched off is not.",
        "1.10.0 needed IMDSv1.",
        "AWS_EC2_ENDPOINT replaces the EC2 endpoint, and ENABLE_IMDS_ONLY_MODE (since 1.19.6) does without it.",
    ),
    references=(
        "aws/amazon-vpc-cni-k8s:pkg/awsutils/awsutils.go",
        "aws/amazon-vpc-cni-k8s:charts/aws-vpc-cni/templates/daemonset.yaml",
        "aws/amazon-vpc-cni-k8s:go.mod",
        "eksctl-io/eksctl#8768",
    ),
)
