"""Fluent Bit."""

from probe.controllers.profile import (
    Endpoint,
    Feature,
    Place,
    PlaceKind,
    Profile,
    Read,
    SdkSince,
    Workload,
    Write,
)

FLUENT_BIT = Profile(
    name="fluent-bit",
    title="Fluent Bit",
    repository="fluent/fluent-bit",
    aliases=(),
    images=("fluent/fluent-bit",),
    workloads=(
        Workload(
            namespaces=("amazon-cloudwatch", "kube-system"),
            service_accounts=("fluent-bit", "aws-for-fluent-bit"),
            labels=("app.kubernetes.io/name=aws-for-fluent-bit", "k8s-app=fluent-bit"),
            host_network=None,
        ),
    ),
    sdks=(SdkSince(release="1.0", sdk=None),),
    pod_identity_since=("4.0.0",),
    region_order=(Place(kind=PlaceKind.RESOURCE, name="the region of each output in its configuration"),),
    other_needs=("IMDS for the instance id and zone, where the aws filter is used (IMDSv2 by default)",),
    endpoints=(
        Endpoint(
            service="logs", why="the outputs for CloudWatch Logs; firehose, kinesis or s3 by output", essential=False
        ),
        Endpoint(service="sts", why="IRSA", essential=False),
    ),
    reads=(
        Read(
            service="logs",
            operation="DescribeLogGroups",
            parameters={"limit": 1},
            action="logs:DescribeLogGroups",
            essential=False,
            why="CloudWatch Logs",
        ),
    ),
    writes=(
        Write(action="logs:CreateLogStream"),
        Write(action="logs:PutLogEvents"),
    ),
    features=(
        Feature(
            name="the Go plugins cloudwatch, kinesis and firehose",
            accepts=("web-identity", "imds", "environment", "shared-config"),
            why="They carry an old aws-sdk-go of their own, which does not take Pod Identity, whatever the image's "
            "release.",
            instead="Use the plugins written in C, cloudwatch_logs, kinesis_streams and kinesis_firehose; or IRSA.",
            upstream=("aws/aws-for-fluent-bit#784",),
        ),
    ),
    fails_as="It logs the failure of each output and keeps the pod running while logs are lost.",
    notes=(
        (
            "The core is written in C with credential code of its own: none of the SDKs' models is it. It takes IRSA "
            "since 1.x."
        ),
    ),
    references=(
        "fluent/fluent-bit:src/aws/flb_aws_credentials.c",
        "aws/aws-for-fluent-bit#784",
    ),
)
