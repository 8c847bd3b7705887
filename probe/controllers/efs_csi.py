"""Amazon EFS CSI driver."""

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

AWS_EFS_CSI_DRIVER = Profile(
    name="aws-efs-csi-driver",
    title="Amazon EFS CSI driver",
    repository="kubernetes-sigs/aws-efs-csi-driver",
    aliases=("efs-csi", "efs-csi-driver", "efs-csi-controller"),
    images=("aws-efs-csi-driver",),
    workloads=(
        Workload(
            namespaces=("kube-system",),
            service_accounts=("efs-csi-controller-sa",),
            labels=("app=efs-csi-controller",),
        ),
        Workload(
            namespaces=("kube-system",),
            service_accounts=("efs-csi-node-sa",),
            labels=("app=efs-csi-node",),
            host_network=None,
        ),
    ),
    sdks=(
        SdkSince(release="1.4", sdk="go-v1"),
        SdkSince(release="1.5", sdk="go-v1", sdk_version="1.44.76"),
        SdkSince(release="2.0.0", sdk="go-v1", sdk_version="1.44.116"),
        SdkSince(release="2.0.3", sdk="go-v1", sdk_version="1.50.3"),
        SdkSince(release="2.1", sdk=None),
        SdkSince(release="2.2", sdk="go-v2"),
    ),
    pod_identity_since=("2.0.3",),
    region_order=(
        Place(kind=PlaceKind.SDK, name="AWS_REGION, then the profile"),
        Place(kind=PlaceKind.IMDS, name="dynamic/instance-identity/document"),
    ),
    metadata=(
        MetadataNeed(
            what=Metadata.REGION,
            replaced_by=("AWS_REGION",),
            why="the name of the mount target; the mount helper efs-utils asks IMDS for it itself",
            fatal=False,
        ),
    ),
    endpoints=(
        Endpoint(service="elasticfilesystem", why="file systems and access points"),
        Endpoint(service="sts", why="IRSA", essential=False),
    ),
    reads=(
        Read(
            service="efs",
            operation="DescribeFileSystems",
            parameters={"MaxItems": 1},
            action="elasticfilesystem:DescribeFileSystems",
            essential=False,
            why="its file systems, here all of them; a policy may allow those that are used",
        ),
        Read(
            service="efs",
            operation="DescribeAccessPoints",
            parameters={"MaxResults": 1},
            action="elasticfilesystem:DescribeAccessPoints",
            essential=False,
            why="dynamic provisioning, here in all file systems; a policy may allow those that are used",
        ),
        Read(
            service="ec2",
            operation="DescribeAvailabilityZones",
            action="ec2:DescribeAvailabilityZones",
            why="the zone of a mount target",
        ),
    ),
    writes=(
        Write(action="elasticfilesystem:CreateAccessPoint"),
        Write(action="elasticfilesystem:DeleteAccessPoint"),
        Write(action="elasticfilesystem:TagResource"),
    ),
    fails_as="Volumes stay pending; the mount helper's own log names the mount target that it could not find.",
    notes=(
        "2.1 has both Go SDKs in it.",
        (
            "The mount helper efs-utils is a client of its own with its own credential chain: a good driver proves "
            "nothing about it."
        ),
        "The node pod was on the host network in 1.5.9 and was not in 1.6.0.",
    ),
    references=(
        "kubernetes-sigs/aws-efs-csi-driver:go.mod",
        "kubernetes-sigs/aws-efs-csi-driver#1111",
        "aws/efs-utils:src/mount_efs/__init__.py",
    ),
)
