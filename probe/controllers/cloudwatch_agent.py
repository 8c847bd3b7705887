"""Amazon CloudWatch agent and its operator."""

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

CLOUDWATCH_AGENT = Profile(
    name="cloudwatch-agent",
    title="Amazon CloudWatch agent",
    repository="aws/amazon-cloudwatch-agent",
    aliases=("amazon-cloudwatch-agent", "cwagent"),
    images=("cloudwatch-agent",),
    workloads=(
        Workload(
            namespaces=("amazon-cloudwatch",),
            service_accounts=("cloudwatch-agent",),
            labels=("app.kubernetes.io/name=cloudwatch-agent",),
            host_network=None,
        ),
    ),
    sdks=(
        SdkSince(release="1.300029", sdk="go-v1"),
        SdkSince(release="1.300032", sdk=None),
    ),
    region_order=(
        Place(kind=PlaceKind.RESOURCE, name="the agent's configuration"),
        Place(kind=PlaceKind.VARIABLE, name="AWS_REGION"),
        Place(kind=PlaceKind.IMDS, name="dynamic/instance-identity/document"),
    ),
    metadata=(
        MetadataNeed(
            what=Metadata.INSTANCE,
            replaced_by=("RUN_WITH_IRSA=True",),
            why="decides whether it runs on EC2, and the instance's id; else DescribeInstances and DescribeTags",
            fatal=False,
        ),
    ),
    endpoints=(
        Endpoint(service="logs", why="logs, and Container Insights", essential=False),
        Endpoint(service="monitoring", why="metrics", essential=False),
        Endpoint(service="ec2", why="the instance and its tags, where IMDS tells nothing", essential=False),
        Endpoint(service="sts", why="IRSA", essential=False),
    ),
    reads=(
        Read(
            service="cloudwatch",
            operation="ListMetrics",
            parameters={"Namespace": "aws-credential-probe"},
            action="cloudwatch:ListMetrics",
            essential=False,
            why="metrics, asked for a namespace that has none: the answer is short",
        ),
        Read(
            service="ec2",
            operation="DescribeTags",
            parameters={"MaxResults": 5},
            action="ec2:DescribeTags",
            essential=False,
            why="the instance's Auto Scaling group",
        ),
        Read(
            service="logs",
            operation="DescribeLogGroups",
            parameters={"limit": 1},
            action="logs:DescribeLogGroups",
            essential=False,
            why="log groups",
        ),
    ),
    writes=(
        Write(action="cloudwatch:PutMetricData"),
        Write(action="logs:CreateLogStream"),
        Write(action="logs:PutLogEvents"),
        Write(action="logs:DescribeLogStreams"),
    ),
    fails_as="It logs every failed delivery and stays Ready.",
    notes=(
        (
            "1.300029 to 1.300031 have aws-sdk-go 1.45; 1.300032 and later a fork of it by AWS, and since 1.300055 "
            "also 1.55 and the Go SDK v2 beside it."
        ),
        "Unsure: from which release on Pod Identity works. The EKS add-on of February 2024 has it; look at the image.",
        "Unsure: whether it is on the host network; charts differ (aws-observability/helm-charts#75).",
    ),
    references=(
        "aws/amazon-cloudwatch-agent:go.mod",
        "aws/amazon-cloudwatch-agent#1139",
        "aws-observability/helm-charts#75",
    ),
)
