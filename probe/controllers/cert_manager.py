"""cert-manager with Route 53."""

from probe.controllers.profile import (
    GLOBAL,
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

CERT_MANAGER = Profile(
    name="cert-manager",
    title="cert-manager (Route 53)",
    repository="cert-manager/cert-manager",
    images=("cert-manager-controller",),
    workloads=(
        Workload(
            namespaces=("cert-manager",),
            service_accounts=("cert-manager",),
            labels=("app.kubernetes.io/name=cert-manager,app.kubernetes.io/component=controller",),
        ),
    ),
    sdks=(
        SdkSince(release="1.0", sdk="go-v1"),
        SdkSince(release="1.14", sdk="go-v1", sdk_version="1.49.13"),
        SdkSince(release="1.15", sdk="go-v2"),
        SdkSince(release="1.21", sdk="go-v2", sdk_version="1.32.25"),
    ),
    pod_identity_since=("1.14.0",),
    region_order=(
        Place(kind=PlaceKind.RESOURCE, name="the issuer's route53.region"),
        Place(kind=PlaceKind.SDK, name="AWS_REGION, then the profile", note="a region is optional"),
    ),
    endpoints=(
        Endpoint(service="route53", region=GLOBAL, why="records for DNS-01"),
        Endpoint(service="sts", why="IRSA, and the role of an issuer", essential=False),
    ),
    reads=(
        Read(
            service="route53",
            operation="ListHostedZonesByName",
            parameters={"MaxItems": "1"},
            action="route53:ListHostedZonesByName",
            region=GLOBAL,
            why="finds the zone; not called where the issuer names a hostedZoneID",
            essential=False,
        ),
    ),
    writes=(
        Write(action="route53:ChangeResourceRecordSets"),
        Write(action="route53:GetChange"),
    ),
    features=(
        Feature(
            name="a namespaced Issuer without credentials of its own",
            accepts=(),
            lifted_by="--issuer-ambient-credentials=true",
            why="By default only a ClusterIssuer may use the credentials of cert-manager's own pod.",
            instead="Use a ClusterIssuer, set --issuer-ambient-credentials=true, or give the Issuer credentials of "
            "its own.",
            upstream=("cert-manager/cert-manager#5990",),
        ),
    ),
    fails_as="The Challenge shows it, and the pod stays Ready.",
    notes=("1.10 to 1.13 have aws-sdk-go 1.44 to 1.45.7, 1.0 to 1.9 have 1.31 to 1.40.",),
    references=(
        "cert-manager/cert-manager:pkg/issuer/acme/dns/route53/route53.go",
        "cert-manager/cert-manager:go.mod",
        "cert-manager/cert-manager#2147",
    ),
)
