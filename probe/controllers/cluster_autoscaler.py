"""Cluster Autoscaler with the AWS provider."""

from probe.controllers.profile import (
    Endpoint,
    Place,
    PlaceKind,
    Profile,
    Read,
    SdkSince,
    Workload,
    Write,
)

CLUSTER_AUTOSCALER = Profile(
    name="cluster-autoscaler",
    title="Cluster Autoscaler (AWS)",
    repository="kubernetes/autoscaler",
    aliases=("aws-cluster-autoscaler", "ca"),
    images=("cluster-autoscaler",),
    workloads=(
        Workload(
            namespaces=("kube-system",),
            service_accounts=("cluster-autoscaler",),
            labels=("app.kubernetes.io/name=aws-cluster-autoscaler", "app=cluster-autoscaler"),
        ),
    ),
    sdks=(
        SdkSince(release="1.20", sdk="go-v1"),
        SdkSince(release="1.27.0", sdk="go-v1", sdk_version="1.44.24"),
        SdkSince(release="1.27.6", sdk="go-v1", sdk_version="1.48.7"),
        SdkSince(release="1.28.0", sdk="go-v1", sdk_version="1.44.24"),
        SdkSince(release="1.28.3", sdk="go-v1", sdk_version="1.48.7"),
        SdkSince(release="1.35", sdk="go-v2", sdk_version="1.32.3"),
    ),
    pod_identity_since=("1.27.6", "1.28.3", "1.29.0"),
    region_order=(
        Place(kind=PlaceKind.VARIABLE, name="AWS_REGION"),
        Place(kind=PlaceKind.SDK, name="the SDK's configuration", final=True),
    ),
    other_needs=(
        "the cluster's name in the tags of --node-group-auto-discovery",
        "--aws-use-static-instance-list=true in a VPC without a way to the internet",
    ),
    endpoints=(
        Endpoint(service="autoscaling", why="Auto Scaling groups"),
        Endpoint(service="ec2", why="instance types and launch templates"),
        Endpoint(service="eks", why="managed node groups that have no node", essential=False),
        Endpoint(service="sts", why="IRSA", essential=False),
    ),
    reads=(
        Read(
            service="autoscaling",
            operation="DescribeAutoScalingGroups",
            parameters={"MaxRecords": 1},
            action="autoscaling:DescribeAutoScalingGroups",
            why="its groups",
        ),
        Read(
            service="autoscaling",
            operation="DescribeTags",
            parameters={"MaxRecords": 1},
            action="autoscaling:DescribeTags",
            essential=False,
            why="discovery by tags, in older releases",
        ),
        Read(
            service="ec2",
            operation="DescribeInstanceTypes",
            parameters={"MaxResults": 5},
            action="ec2:DescribeInstanceTypes",
            optional_flag="--aws-use-static-instance-list=true",
            essential=False,
            why="what a new node would have; newer releases go on with a list of their own, older ones end",
        ),
        Read(
            service="ec2",
            operation="DescribeLaunchTemplateVersions",
            parameters={"Versions": ["$Latest"], "MaxResults": 1},
            action="ec2:DescribeLaunchTemplateVersions",
            essential=False,
            why="what a new node of a group that has none would have; the minimal policy of its README lacks it",
        ),
    ),
    writes=(
        Write(action="autoscaling:SetDesiredCapacity"),
        Write(action="autoscaling:TerminateInstanceInAutoScalingGroup"),
    ),
    fails_as="`Failed to create AWS Manager`, and it ends; without a region as well.",
    notes=(
        "The SDK is a copy in the project's own tree, so go.mod does not tell its version.",
        "The ServiceAccount has the chart's release name.",
        "1.27 before 1.27.6 and 1.28 before 1.28.3 carry 1.44.24; what came before 1.27 was not read.",
    ),
    references=(
        "kubernetes/autoscaler:cluster-autoscaler/cloudprovider/aws/aws_manager.go",
        "kubernetes/autoscaler:cluster-autoscaler/cloudprovider/aws/README.md",
        "kubernetes/autoscaler#6461",
    ),
)
