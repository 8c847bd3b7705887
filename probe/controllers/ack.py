"""AWS Controllers for Kubernetes: one controller for each AWS service, on one runtime."""

from probe.controllers.profile import (
    Endpoint,
    Place,
    PlaceKind,
    Profile,
    Read,
    SdkSince,
    Workload,
)

ACK = Profile(
    name="ack",
    title="AWS Controllers for Kubernetes (ACK)",
    repository="aws-controllers-k8s/runtime",
    aliases=("ack-controller", "aws-controllers-k8s"),
    images=("aws-controllers-k8s/*-controller",),
    version_is="the runtime in the controller's go.mod",
    workloads=(
        Workload(
            namespaces=("ack-system",),
            service_accounts=("ack-SERVICE-controller",),
            labels=("app.kubernetes.io/name=SERVICE-chart",),
        ),
    ),
    sdks=(
        SdkSince(release="0.26", sdk="go-v1", sdk_version="1.44.93"),
        SdkSince(release="0.28", sdk="go-v1", sdk_version="1.49.0"),
        SdkSince(release="0.42", sdk="go-v2", sdk_version="1.28.6"),
    ),
    pod_identity_since=("0.28.0",),
    region_order=(
        Place(kind=PlaceKind.FLAG, name="--aws-region"),
        Place(kind=PlaceKind.VARIABLE, name="AWS_REGION", final=True, note="without either it ends"),
    ),
    endpoints=(Endpoint(service="sts", why="IRSA, and GetCallerIdentity at start: it ends when that fails"),),
    reads=(
        Read(
            service="sts",
            operation="GetCallerIdentity",
            action="sts:GetCallerIdentity",
            why="its own check at start; AWS never denies it to working keys",
        ),
    ),
    other_needs=("the endpoint of its AWS service, and a List call there",),
    fails_as="It ends at start; where DNS hangs, before it logs anything (aws-controllers-k8s/community#2736).",
    notes=(
        (
            "Every service's controller is rebuilt on its own, and its tag is not the runtime's version: "
            "sns-controller had the old runtime until August 2024 (aws-controllers-k8s/community#2145)."
        ),
    ),
    references=(
        "aws-controllers-k8s/runtime:go.mod",
        "aws-controllers-k8s/runtime:pkg/config/config.go",
        "aws-controllers-k8s/community#2145",
        "aws-controllers-k8s/community#2736",
    ),
)
