"""Amazon EBS CSI driver."""

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

AWS_EBS_CSI_DRIVER = Profile(
    name="aws-ebs-csi-driver",
    title="Amazon EBS CSI driver",
    repository="kubernetes-sigs/aws-ebs-csi-driver",
    aliases=("ebs-csi", "ebs-csi-driver", "ebs-csi-controller"),
    images=("aws-ebs-csi-driver",),
    workloads=(
        Workload(
            namespaces=("kube-system",),
            service_accounts=("ebs-csi-controller-sa",),
            labels=("app=ebs-csi-controller",),
        ),
        Workload(
            namespaces=("kube-system",),
            service_accounts=("ebs-csi-node-sa",),
            labels=("app=ebs-csi-node",),
            host_network=None,
        ),
    ),
    sdks=(
        SdkSince(release="1.24", sdk="go-v1", sdk_version="1.45.24"),
        SdkSince(release="1.25", sdk="go-v1", sdk_version="1.47.8"),
        SdkSince(release="1.26", sdk="go-v1", sdk_version="1.49.1"),
        SdkSince(release="1.27", sdk="go-v1"),
        SdkSince(release="1.29", sdk="go-v1", sdk_version="1.50.20"),
        SdkSince(release="1.30", sdk="go-v2"),
        SdkSince(release="1.64", sdk="go-v2", sdk_version="1.32.37"),
    ),
    pod_identity_since=("1.26.0",),
    region_order=(
        Place(kind=PlaceKind.VARIABLE, name="AWS_REGION", note="chart: controller.region"),
        Place(kind=PlaceKind.IMDS, name="dynamic/instance-identity/document"),
        Place(kind=PlaceKind.NODE, name="topology.kubernetes.io/region"),
    ),
    metadata=(
        MetadataNeed(
            what=Metadata.REGION,
            replaced_by=("AWS_REGION", "--metadata-sources=kubernetes"),
            why="its region; the node's label is tried where IMDS fails",
            fatal=False,
        ),
        MetadataNeed(
            what=Metadata.INSTANCE,
            replaced_by=("--metadata-sources=kubernetes",),
            why="the node pod's instance id, type and zone; the node object is tried where IMDS fails",
            fatal=False,
        ),
    ),
    endpoints=(
        Endpoint(service="ec2", why="volumes, snapshots, attachments"),
        Endpoint(service="sts", why="IRSA", essential=False),
    ),
    reads=(
        Read(
            service="ec2",
            operation="DescribeAvailabilityZones",
            action="ec2:DescribeAvailabilityZones",
            why="zones for new volumes",
        ),
        Read(
            service="ec2",
            operation="DescribeVolumes",
            parameters={"MaxResults": 5},
            action="ec2:DescribeVolumes",
            why="its volumes",
        ),
        Read(
            service="ec2",
            operation="DescribeInstances",
            parameters={"MaxResults": 5},
            action="ec2:DescribeInstances",
            why="what volumes are attached to",
        ),
    ),
    writes=(
        Write(action="ec2:CreateVolume"),
        Write(action="ec2:AttachVolume"),
        Write(action="ec2:DetachVolume"),
        Write(action="ec2:DeleteVolume"),
        Write(action="ec2:CreateTags"),
        Write(action="ec2:CreateSnapshot"),
    ),
    fails_as="The node pod panics without metadata; the controller shows an error with every volume.",
    notes=("The node pod needs no credentials of its own; the controller does.",),
    references=(
        "kubernetes-sigs/aws-ebs-csi-driver:pkg/cloud/metadata/metadata.go",
        "kubernetes-sigs/aws-ebs-csi-driver:go.mod",
        "kubernetes-sigs/aws-ebs-csi-driver#2966",
    ),
)
