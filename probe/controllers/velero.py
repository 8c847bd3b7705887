"""Velero with its plugin for AWS."""

from probe.controllers.profile import (
    Endpoint,
    Feature,
    Place,
    PlaceKind,
    Profile,
    Read,
    SdkSince,
    Setting,
    Workload,
    Write,
)

_BUCKET = Setting(what="bucket of the BackupStorageLocation")

VELERO = Profile(
    name="velero",
    title="Velero (plugin for AWS)",
    repository="vmware-tanzu/velero-plugin-for-aws",
    aliases=("velero-plugin-for-aws",),
    images=("velero/velero",),
    version_image="velero-plugin-for-aws",
    version_is="the plugin, whose image is an init container",
    workloads=(
        Workload(
            namespaces=("velero",),
            service_accounts=("velero-server", "velero"),
            labels=("app.kubernetes.io/name=velero", "deploy=velero"),
        ),
    ),
    sdks=(
        SdkSince(release="1.2", sdk="go-v1"),
        SdkSince(release="1.8", sdk="go-v1", sdk_version="1.44.253"),
        SdkSince(release="1.9", sdk="go-v2", sdk_version="1.18.42"),
        SdkSince(release="1.10", sdk="go-v2", sdk_version="1.26.3"),
    ),
    pod_identity_since=("1.10.0",),
    region_order=(Place(kind=PlaceKind.RESOURCE, name="the region of the BackupStorageLocation"),),
    endpoints=(
        Endpoint(service="s3", why="backups"),
        Endpoint(service="ec2", why="volume snapshots", essential=False),
        Endpoint(service="sts", why="IRSA", essential=False),
        Endpoint(service="kms", why="encrypted buckets and volumes", essential=False),
    ),
    reads=(
        Read(
            service="s3",
            operation="ListObjectsV2",
            parameters={"Bucket": _BUCKET, "MaxKeys": 1},
            action="s3:ListBucket",
            why="backups",
        ),
        Read(
            service="ec2",
            operation="DescribeSnapshots",
            parameters={"OwnerIds": ["self"], "MaxResults": 5},
            action="ec2:DescribeSnapshots",
            essential=False,
            why="volume snapshots",
        ),
    ),
    writes=(
        Write(action="s3:PutObject"),
        Write(action="s3:GetObject"),
        Write(action="s3:DeleteObject"),
        Write(action="ec2:CreateSnapshot"),
        Write(action="ec2:CreateVolume"),
        Write(action="ec2:CreateTags"),
    ),
    features=(
        Feature(
            name="a credentials file",
            accepts=("shared-config",),
            why="With a credentials file (by default /credentials/cloud) the plugin takes the file and removes the "
            "variables of IRSA from its environment.",
            instead="Install without a secret (`--no-secret`; chart: credentials.useSecret=false) so that the pod's "
            "own identity is used.",
            upstream=("vmware-tanzu/velero-plugin-for-aws:velero-plugin-for-aws/config.go",),
        ),
    ),
    fails_as="The BackupStorageLocation becomes Unavailable.",
    notes=("1.2 to 1.7 have aws-sdk-go 1.30 to 1.42.",),
    references=(
        "vmware-tanzu/velero-plugin-for-aws:go.mod",
        "vmware-tanzu/velero-plugin-for-aws:README.md",
    ),
)
