"""Karpenter for AWS."""

from probe.controllers.profile import (
    GLOBAL,
    Endpoint,
    Feature,
    Metadata,
    MetadataNeed,
    Place,
    PlaceKind,
    Profile,
    Read,
    SdkSince,
    Setting,
    Workload,
    Write,
)

_CLUSTER = Setting(flag="--cluster-name", variable="CLUSTER_NAME", what="cluster's name")
_QUEUE = Setting(flag="--interruption-queue", variable="INTERRUPTION_QUEUE", what="interruption queue's name")

KARPENTER = Profile(
    name="karpenter",
    title="Karpenter",
    repository="aws/karpenter-provider-aws",
    aliases=("karpenter-provider-aws",),
    images=("karpenter/controller",),
    workloads=(
        Workload(
            namespaces=("kube-system", "karpenter"),
            service_accounts=("karpenter",),
            labels=("app.kubernetes.io/name=karpenter",),
        ),
    ),
    sdks=(
        SdkSince(release="0.21", sdk="go-v1"),
        SdkSince(release="0.32.1", sdk="go-v1", sdk_version="1.46.7"),
        SdkSince(release="0.32.2", sdk="go-v1", sdk_version="1.48.0"),
        SdkSince(release="0.33", sdk="go-v1"),
        SdkSince(release="1.1", sdk="go-v2"),
        SdkSince(release="1.14", sdk="go-v2", sdk_version="1.32.27"),
    ),
    pod_identity_since=("0.32.2",),
    region_order=(
        Place(kind=PlaceKind.SDK, name="AWS_REGION, then the profile"),
        Place(kind=PlaceKind.IMDS, name="dynamic/instance-identity/document", final=True),
    ),
    metadata=(MetadataNeed(what=Metadata.REGION, replaced_by=("AWS_REGION",), why="its region"),),
    other_needs=(
        "the cluster's name: --cluster-name or CLUSTER_NAME",
        "subnets and security groups that the selectors of an EC2NodeClass find",
        "the cluster's endpoint: --cluster-endpoint or CLUSTER_ENDPOINT, else eks:DescribeCluster",
    ),
    endpoints=(
        Endpoint(service="sts", why="IRSA", essential=False),
        Endpoint(service="ec2", why="instances, types, subnets"),
        Endpoint(service="ssm", why="AMI ids of an alias; ids and tags need none", essential=False),
        Endpoint(service="sqs", only_with="--interruption-queue", why="interruption messages"),
        Endpoint(
            service="eks",
            not_with=("--cluster-endpoint", "CLUSTER_ENDPOINT"),
            essential=False,
            why="the cluster's endpoint, where it is not given",
        ),
        Endpoint(
            service="iam",
            region=GLOBAL,
            essential=False,
            why="instance profiles; most regions have no VPC endpoint for it: name an `instanceProfile` in the "
            "EC2NodeClass instead",
        ),
        Endpoint(
            service="api.pricing",
            region="us-east-1",
            optional_flag="--isolated-vpc=true",
            why="prices; no VPC endpoint gives them (chart: settings.isolatedVPC)",
        ),
    ),
    reads=(
        Read(
            service="ec2",
            operation="DescribeInstanceTypes",
            action="ec2:DescribeInstanceTypes",
            not_with=("--assume-role-arn", "ASSUME_ROLE_ARN"),
            dry_run=True,
            why="its own check at start",
        ),
        Read(
            service="eks",
            operation="DescribeCluster",
            parameters={"name": _CLUSTER},
            action="eks:DescribeCluster",
            not_with=("--cluster-endpoint", "CLUSTER_ENDPOINT"),
            essential=False,
            why="the cluster's endpoint, where it is not given",
        ),
        Read(
            service="ssm",
            operation="GetParameter",
            parameters={"Name": "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"},
            action="ssm:GetParameter",
            essential=False,
            why="AMI ids of an alias, here that of Amazon Linux 2023; a policy may allow the parameters of one system",
        ),
        Read(
            service="sqs",
            operation="GetQueueUrl",
            parameters={"QueueName": _QUEUE},
            action="sqs:GetQueueUrl",
            only_with="--interruption-queue",
            why="interruption messages",
        ),
    ),
    writes=(
        Write(action="ec2:RunInstances"),
        Write(action="ec2:CreateFleet"),
        Write(action="ec2:CreateLaunchTemplate"),
        Write(action="ec2:CreateTags"),
        Write(action="ec2:TerminateInstances"),
        Write(action="iam:PassRole"),
    ),
    features=(
        Feature(
            name="a Fargate pod",
            accepts=("web-identity", "environment", "shared-config"),
            on_fargate=True,
            why="The Pod Identity agent runs on EC2 nodes only, and Karpenter is often put on Fargate. The Karpenter "
            "submodule of terraform-aws-eks 21 makes Pod Identity associations alone.",
            instead="Give the ServiceAccount a role by IRSA, or run Karpenter on a managed node group.",
            upstream=("terraform-aws-modules/terraform-aws-eks:docs/UPGRADE-21.0.md", "aws/containers-roadmap#2274"),
        ),
    ),
    flags=("--cluster-endpoint", "--assume-role-arn"),
    fails_as="It ends at start: `ec2 api connectivity check failed`, or a panic when it finds no region.",
    notes=("Before 0.33 its usual namespace was karpenter, since then kube-system.",),
    references=(
        "aws/karpenter-provider-aws:pkg/operator/operator.go",
        "aws/karpenter-provider-aws:pkg/operator/options/options.go",
        "aws/karpenter-provider-aws:go.mod",
    ),
)
