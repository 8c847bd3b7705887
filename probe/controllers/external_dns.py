"""external-dns with Route 53 or Cloud Map."""

from probe.controllers.profile import (
    GLOBAL,
    Endpoint,
    Place,
    PlaceKind,
    Profile,
    Read,
    SdkSince,
    Workload,
    Write,
)

_WITHOUT_ROUTE_53 = ("--provider=aws-sd", "EXTERNAL_DNS_PROVIDER=aws-sd")
"""With Cloud Map in its place."""

EXTERNAL_DNS = Profile(
    name="external-dns",
    title="external-dns",
    repository="kubernetes-sigs/external-dns",
    aliases=("externaldns",),
    images=("external-dns",),
    workloads=(
        Workload(
            namespaces=("external-dns", "kube-system"),
            service_accounts=("external-dns",),
            labels=("app.kubernetes.io/name=external-dns",),
        ),
    ),
    sdks=(
        SdkSince(release="0.1", sdk="go-v1"),
        SdkSince(release="0.13.6", sdk="go-v1", sdk_version="1.44.311"),
        SdkSince(release="0.14.1", sdk="go-v1", sdk_version="1.51.1"),
        SdkSince(release="0.14.2", sdk="go-v1", sdk_version="1.53.3"),
        SdkSince(release="0.15", sdk="go-v1", sdk_version="1.55.5"),
        SdkSince(release="0.16", sdk="go-v2"),
        SdkSince(release="0.22", sdk="go-v2", sdk_version="1.32.37"),
    ),
    pod_identity_since=("0.14.1",),
    region_order=(
        Place(
            kind=PlaceKind.SDK,
            name="AWS_REGION, then the profile",
            note="for regional STS only: Route 53 is global and signed for us-east-1",
        ),
    ),
    endpoints=(
        Endpoint(service="route53", region=GLOBAL, not_with=_WITHOUT_ROUTE_53, why="hosted zones and records"),
        Endpoint(service="sts", why="IRSA, and --aws-assume-role", essential=False),
        Endpoint(service="servicediscovery", only_with="--provider=aws-sd", why="Cloud Map"),
        Endpoint(service="dynamodb", only_with="--registry=dynamodb", why="its registry of owned records"),
    ),
    reads=(
        Read(
            service="route53",
            operation="ListHostedZones",
            parameters={"MaxItems": "1"},
            action="route53:ListHostedZones",
            region=GLOBAL,
            not_with=(*_WITHOUT_ROUTE_53, "--aws-assume-role", "EXTERNAL_DNS_AWS_ASSUME_ROLE"),
            why="finds the zones; the policy must allow it on all resources",
        ),
    ),
    writes=(
        Write(action="route53:ChangeResourceRecordSets"),
        Write(action="route53:ListResourceRecordSets"),
        Write(action="route53:ListTagsForResources", why="in the documentation's policy since 2025"),
    ),
    flags=("--aws-assume-role", "--aws-zone-type"),
    fails_as="`records retrieval failed` with the SDK's error, at every interval; the pod stays Ready.",
    notes=(
        (
            "Images that were tagged 0.14.1 still printed the old SDK's text for some users: compare the image's "
            "digest (kubernetes-sigs/external-dns#4353)."
        ),
    ),
    references=(
        "kubernetes-sigs/external-dns:go.mod",
        "kubernetes-sigs/external-dns:docs/tutorials/aws.md",
        "kubernetes-sigs/external-dns#4353",
    ),
)
