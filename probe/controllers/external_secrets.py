"""External Secrets Operator."""

from probe.controllers.profile import (
    Endpoint,
    Feature,
    Place,
    PlaceKind,
    Profile,
    Read,
    SdkSince,
    Workload,
)

EXTERNAL_SECRETS = Profile(
    name="external-secrets",
    title="External Secrets Operator",
    repository="external-secrets/external-secrets",
    aliases=("eso", "external-secrets-operator"),
    images=("external-secrets",),
    workloads=(
        Workload(
            namespaces=("external-secrets",),
            service_accounts=("external-secrets",),
            labels=("app.kubernetes.io/name=external-secrets",),
        ),
    ),
    sdks=(
        SdkSince(release="0.5", sdk="go-v1"),
        SdkSince(release="0.9.10", sdk="go-v1", sdk_version="1.48.16"),
        SdkSince(release="0.10", sdk="go-v1"),
        SdkSince(release="0.18", sdk="go-v2"),
    ),
    pod_identity_since=("0.9.10",),
    region_order=(Place(kind=PlaceKind.RESOURCE, name="the SecretStore's provider.aws.region"),),
    endpoints=(
        Endpoint(service="secretsmanager", why="secrets (a SecretStore for Secrets Manager)", essential=False),
        Endpoint(service="ssm", why="parameters (a SecretStore for the Parameter Store)", essential=False),
        Endpoint(service="sts", why="IRSA, and the role of a SecretStore", essential=False),
    ),
    reads=(
        Read(
            service="secretsmanager",
            operation="ListSecrets",
            parameters={"MaxResults": 1},
            action="secretsmanager:ListSecrets",
            essential=False,
            why="a search in Secrets Manager; one named secret takes less",
        ),
        Read(
            service="ssm",
            operation="DescribeParameters",
            parameters={"MaxResults": 1},
            action="ssm:DescribeParameters",
            essential=False,
            why="a search in the Parameter Store; one named parameter takes less",
        ),
    ),
    features=(
        Feature(
            name="Vault with IAM authentication",
            accepts=("web-identity",),
            why="Its Vault provider reads AWS_WEB_IDENTITY_TOKEN_FILE itself, so Pod Identity is not enough for it.",
            instead="Give the ServiceAccount a role by IRSA for this, or name a ServiceAccount in the store's "
            "auth.iam.jwt.serviceAccountRef.",
            upstream=("external-secrets/external-secrets:pkg/provider/vault/iamauth/iamauth.go",),
        ),
    ),
    fails_as="The SecretStore or ExternalSecret shows it, and the pod stays Ready.",
    notes=(
        (
            "A SecretStore with serviceAccountRef asks for a token of that ServiceAccount and calls "
            "AssumeRoleWithWebIdentity with it: that account needs a role by IRSA, and the pod's own identity is not "
            "used."
        ),
        "AWS_STS_ENDPOINT, AWS_SECRETSMANAGER_ENDPOINT and AWS_SSM_ENDPOINT override its endpoints.",
        "2.x has config 1.31.19; its Vault provider and other parts keep aws-sdk-go 1.",
        "0.5 to 0.9.9 have aws-sdk-go 1.41 to 1.47.3.",
    ),
    references=(
        "external-secrets/external-secrets:pkg/provider/aws/auth/auth.go",
        "external-secrets/external-secrets:go.mod",
        "external-secrets/external-secrets#4432",
    ),
)
