"""STS does not accept the token: what IAM knows about its issuer."""

from probe.findings.catalogue.entry import Entry, Severity
from probe.findings.catalogue.look_alikes import look_alikes

ENTRIES: tuple[Entry, ...] = (
    Entry(
        code="web-identity-provider-missing",
        exit_code=35,
        severity=Severity.ERROR,
        title="The role's account has no OIDC provider for this cluster",
        meaning=(
            "STS does not know the token's issuer: IAM in the role's account has no OIDC provider with exactly this "
            "issuer URL. The account that counts is the one in the role ARN, not the cluster's. The trust policy has "
            "not been looked at yet."
        ),
        seen_as=("InvalidIdentityToken: No OpenIDConnect provider found in your account for",),
        causes=(
            "The provider was never created for this cluster.",
            "The cluster was created again, so the id in its issuer changed.",
            "The role is in another account, and that account has no provider for this issuer.",
            (
                "The provider is registered under the dual-stack host (`oidc-eks.REGION.api.aws`), while tokens carry "
                "`https://oidc.eks.REGION.amazonaws.com`."
            ),
        ),
        evidence=(
            "STS answered InvalidIdentityToken with this message, and the token's own `iss` is shown. Certain that IAM "
            "does not know the issuer there; the dual-stack variant is only likely."
        ),
        told_apart_from=look_alikes(
            {
                "web-identity-partition-mismatch": (
                    "ARN, region and STS host are not of one partition, so the provider could not be found."
                ),
                "web-identity-audience-rejected": "The provider exists and does not list the token's audience.",
                "web-identity-key-unavailable": "The provider exists and STS cannot check the signature.",
            }
        ),
        becomes_certain_with="For the dual-stack variant: iam:ListOpenIDConnectProviders in the role's account.",
        fixes=(
            (
                "`eksctl utils associate-iam-oidc-provider --cluster CLUSTER --approve`, or in Terraform an "
                "`aws_iam_openid_connect_provider` with the cluster's issuer unchanged."
            ),
            (
                "Compare by hand: `aws eks describe-cluster --name CLUSTER --query cluster.identity.oidc.issuer "
                "--output text` against `aws iam list-open-id-connect-providers` in the role's account."
            ),
            "Cross-account: create the provider in the role's account.",
        ),
        references=(
            "kubernetes-sigs/aws-load-balancer-controller#2315",
            "aws/karpenter-provider-aws#4035",
            "terraform-aws-modules/terraform-aws-eks#3428",
            "rancher/eks-operator#2284",
            "AWS re:Post Knowledge Center: eks-error-invalid-identity-token",
        ),
    ),
    Entry(
        code="web-identity-audience-rejected",
        exit_code=35,
        severity=Severity.ERROR,
        title="The IAM OIDC provider does not accept the token's audience",
        meaning=(
            "IAM knows the issuer, and the provider's list of client ids does not contain the token's audience. EKS "
            "tokens for STS carry `sts.amazonaws.com` everywhere; some tools register `sts.amazonaws.com.cn` in China, "
            "which never matches."
        ),
        seen_as=("InvalidIdentityToken: Incorrect token audience",),
        causes=(
            "The provider was created with a client id guessed from the partition.",
            "The provider was created without `sts.amazonaws.com`, or with a misspelt one.",
        ),
        evidence=(
            "STS answered InvalidIdentityToken with this message, and the token's `aud` is `sts.amazonaws.com`. "
            "Certain."
        ),
        told_apart_from=look_alikes(
            {
                "web-identity-wrong-token": (
                    "The token's audience is not `sts.amazonaws.com`: the token is wrong, not the provider."
                ),
                "web-identity-provider-missing": "IAM does not know the issuer at all.",
            }
        ),
        fixes=(
            (
                "`aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn PROVIDER_ARN "
                "--client-id sts.amazonaws.com`"
            ),
            (
                "See what is registered: `aws iam get-open-id-connect-provider --open-id-connect-provider-arn "
                "PROVIDER_ARN --query ClientIDList`."
            ),
        ),
        references=(
            "eksctl-io/eksctl#1910",
            "terraform-aws-modules/terraform-aws-eks#1704",
            "terraform-aws-modules/terraform-aws-iam#451",
            "awslabs/mountpoint-s3-csi-driver#276",
        ),
    ),
    Entry(
        code="web-identity-key-unavailable",
        exit_code=35,
        severity=Severity.ERROR,
        title="STS cannot get the key that signed the web identity token",
        meaning=(
            "STS knows the provider and could not check the token's signature: it did not get the issuer's keys, or "
            "the signing key is not among them. On EKS this is usually short-lived. With a self-hosted issuer it "
            "usually is a published key set that is stale or not public."
        ),
        seen_as=(
            "Couldn't retrieve verification key from your identity provider",
            "The web identity token provided could not be validated",
        ),
        causes=(
            "Self-hosted issuer: the signing key was rotated and the published key set was not.",
            "Self-hosted issuer: the discovery document or key set cannot be reached from the internet.",
            "The issuer was busy for a moment; a second try succeeds.",
        ),
        evidence=(
            "STS answered InvalidIdentityToken with one of these messages, also on a second try. Certain that STS "
            "lacks the key. When the issuer's key set can be read from here, certain too whether the token's `kid` is "
            "listed; otherwise the reason is likely only."
        ),
        told_apart_from=look_alikes(
            {
                "web-identity-provider-missing": "STS does not know the issuer.",
                "web-identity-wrong-token": "The token is meant for somebody else; its `aud` says so.",
                "web-identity-thumbprint": "STS reached the issuer and rejects its certificate.",
                "sts-idp-error": "STS says that talking to the issuer failed, and means it to be tried again.",
            }
        ),
        becomes_certain_with=(
            "The issuer's `/.well-known/openid-configuration` and its key set, read from outside the cluster."
        ),
        fixes=(
            "On EKS, try again after a minute; if it stays, open a case with AWS and give the request id.",
            (
                "Self-hosted: publish the key set for the current signing key and keep the old keys listed until the "
                "last token signed with them has expired."
            ),
            (
                "Compare `curl -s ISSUER/.well-known/openid-configuration`, the `kid` values at its `jwks_uri`, and "
                "the `kid` that the probe shows."
            ),
        ),
        references=("external-secrets/external-secrets#6648", "aws/aws-cli#7194", "aws/aws-sdk-js-v3#3052"),
    ),
    Entry(
        code="web-identity-thumbprint",
        exit_code=35,
        severity=Severity.ERROR,
        title="STS rejects the certificate of the token's issuer",
        meaning=(
            "STS compared the certificate of the issuer's web site with the thumbprints stored at the IAM OIDC "
            "provider, and none matches. For EKS issuers IAM now trusts public CAs on its own, so this is mostly seen "
            "with old providers and self-hosted issuers."
        ),
        seen_as=("OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",),
        causes=(
            "The stored thumbprint is that of a leaf certificate, which has been renewed.",
            "The issuer uses a private CA that is not among the stored thumbprints.",
        ),
        evidence="STS answered InvalidIdentityToken with exactly this message. Certain.",
        told_apart_from=look_alikes(
            {
                "web-identity-key-unavailable": "STS could not fetch the keys at all, or the key is not listed.",
                "sts-tls-intercepted": "It is this pod that distrusts a certificate, that of STS.",
            }
        ),
        fixes=(
            (
                "`aws iam update-open-id-connect-provider-thumbprint --open-id-connect-provider-arn PROVIDER_ARN "
                "--thumbprint-list THUMBPRINT`, with the thumbprint of the top certificate of the served chain."
            ),
        ),
        references=(
            "terraform-aws-modules/terraform-aws-eks#2542",
            "aws/aws-cdk#8607",
            "aws/containers-roadmap#2031",
            "aws-actions/configure-aws-credentials#357",
        ),
    ),
)
