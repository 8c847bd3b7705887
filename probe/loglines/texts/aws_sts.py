"""What STS itself answers to AssumeRoleWithWebIdentity, in whatever frame an SDK puts it.

Texts: AWS STS API Reference (AssumeRoleWithWebIdentity, errors), kubernetes-sigs/aws-load-balancer-controller#2315,
aws/amazon-eks-pod-identity-webhook#232, aws/aws-cli#7194, aws-actions/configure-aws-credentials#357.
"""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

SDK = "sts"
STEP = "web-identity.assume-role"
_WEB_IDENTITY = (
    "AssumeRoleWithWebIdentity",
    "WebIdentityErr",
    "InvalidIdentityToken",
    "WebIdentityToken",
    "(Service: Sts,",
)
_AS_A_CODE = r"(?:Exception)?(?:[:)\]]|</Code>)"
"""As an error's code, not as a word in a list of what is tried again."""
_DURATION = "Lower the session duration in the program, or raise the role's maximum session duration."

SIGNATURES = (
    Signature(
        text="Not authorized to perform sts:AssumeRoleWithWebIdentity",
        sdk=SDK,
        step=STEP,
        codes=("web-identity-trust-denied",),
        meaning="STS accepted the token and the role's trust policy did not let it in; a role that does not exist "
        "gives the same answer. STS does not say which clause failed.",
        next=advice.PRINT_THE_CLAIMS,
    ),
    Signature(
        text="No OpenIDConnect provider found in your account for …",
        sdk=SDK,
        step=STEP,
        codes=("web-identity-provider-missing",),
        meaning="The account of the role has no IAM OIDC provider for this cluster's issuer; another account may "
        "have one.",
        next="aws iam list-open-id-connect-providers, in the role's account; then create the one for the issuer "
        "named here.",
    ),
    Signature(
        text="Incorrect token audience",
        beside=_WEB_IDENTITY,
        sdk=SDK,
        step=STEP,
        codes=("web-identity-audience-rejected",),
        meaning="The token's audience is not among the client ids of the IAM OIDC provider.",
        next="Run the probe with the same ServiceAccount: it prints the audience. EKS tokens carry sts.amazonaws.com "
        "in every partition.",
    ),
    Signature(
        text="Missing a required claim: aud",
        beside=_WEB_IDENTITY,
        sdk=SDK,
        step=STEP,
        codes=("web-identity-wrong-token", "web-identity-audience-rejected"),
        meaning="The token has no audience: it is not the projected token for STS, mostly the ServiceAccount's "
        "default token.",
        next="Compare AWS_WEB_IDENTITY_TOKEN_FILE with /var/run/secrets/eks.amazonaws.com/serviceaccount/token.",
    ),
    Signature(
        text="Couldn't retrieve verification key from your identity provider",
        sdk=SDK,
        step=STEP,
        codes=("web-identity-key-unavailable",),
        meaning="STS could not get the issuer's signing key, or the token's key is not among them. On EKS it can "
        "pass by itself; with a self-hosted issuer the published keys are stale or not public.",
        next="Run the probe with the same ServiceAccount: it compares the token's key id with the issuer's published "
        "keys.",
    ),
    Signature(
        text="The web identity token provided could not be validated",
        sdk=SDK,
        step=STEP,
        codes=("web-identity-key-unavailable", "sts-rejected"),
        meaning="STS could not verify the token's signature.",
        next="Run the probe with the same ServiceAccount: it compares the token's key id with the issuer's published "
        "keys.",
    ),
    Signature(
        text="HTTPS certificate doesn't match configured thumbprint",
        sdk=SDK,
        step=STEP,
        codes=("web-identity-thumbprint",),
        meaning="The IAM OIDC provider stores a thumbprint that the issuer's certificate chain does not have.",
        next="aws iam update-open-id-connect-provider-thumbprint, with the thumbprint of the issuer's root.",
    ),
    Signature(
        text="Token not yet valid",
        beside=_WEB_IDENTITY,
        sdk=SDK,
        step=STEP,
        codes=("clock-skew",),
        meaning="By the clock of AWS the token is not valid yet: the clock that issued it is ahead.",
        next="Check chrony on the node and on the control plane.",
    ),
    Signature(
        text="Token used before issued",
        beside=_WEB_IDENTITY,
        sdk=SDK,
        step=STEP,
        codes=("clock-skew",),
        meaning="By the clock of AWS the token was issued in the future: the clock that issued it is ahead.",
        next="Check chrony on the node and on the control plane.",
    ),
    Signature(
        text="Token expired: current date/time …",
        sdk=SDK,
        step=STEP,
        codes=("web-identity-token-expired", "application-layer", "clock-skew"),
        meaning="The token that was sent has expired. Two times far apart mean that the program read the file once "
        "and kept it; close together they point to rotation or to the clock.",
        next="Run the probe with the same ServiceAccount: if the file is fresh, the program caches it and must be "
        "restarted or upgraded.",
    ),
    Signature(
        text="Token too old: …",
        beside=_WEB_IDENTITY,
        sdk=SDK,
        step=STEP,
        codes=("web-identity-token-expired", "application-layer", "clock-skew"),
        meaning="The token that was sent is too old for STS: the file is not rotated, or the program keeps an old "
        "copy.",
        next="Run the probe with the same ServiceAccount: if the file is fresh, the program caches it.",
    ),
    Signature(
        text="Request ARN is invalid",
        beside=("AssumeRoleWithWebIdentity", "WebIdentityErr"),
        sdk=SDK,
        step=STEP,
        codes=("web-identity-role-arn-invalid",),
        meaning="The role ARN is misspelt: a colon too many, an account id that is too short, a template that was "
        "not filled in.",
        next="Compare AWS_ROLE_ARN with arn:aws:iam::111122223333:role/NAME, character by character.",
    ),
    Signature(
        text="Request ARN is invalid",
        sdk=SDK,
        step=STEP,
        codes=("web-identity-role-arn-invalid", "chained-role-denied", "profile-incomplete"),
        meaning="A role ARN is misspelt. The text does not say whether it is the pod's own role or a second one.",
        next="Check AWS_ROLE_ARN and every role ARN in the program's configuration.",
    ),
    Signature(
        text="The requested DurationSeconds exceeds the …",
        beside=("AssumeRoleWithWebIdentity", "WebIdentityErr"),
        sdk=SDK,
        step=STEP,
        codes=("web-identity-duration",),
        meaning="The program asks for a session longer than the role allows.",
        next=_DURATION,
    ),
    Signature(
        text="The requested DurationSeconds exceeds the …",
        sdk=SDK,
        step=STEP,
        codes=("web-identity-duration", "chained-role-denied"),
        meaning="The program asks for a session longer than the role, or role chaining (one hour), allows.",
        next=_DURATION,
    ),
    Signature(
        text="STS is not activated in this region",
        sdk=SDK,
        step=STEP,
        codes=("sts-region-disabled",),
        meaning="The account has switched off STS in this region.",
        next="IAM console, Account settings, Security Token Service: activate the region.",
    ),
    Signature(
        text="RegionDisabledException",
        pattern=rf"RegionDisabledException{_AS_A_CODE}",
        sdk=SDK,
        step=STEP,
        codes=("sts-region-disabled",),
        meaning="The account has switched off STS in this region.",
        next="IAM console, Account settings, Security Token Service: activate the region.",
    ),
    Signature(
        text="IDPCommunicationError",
        pattern=rf"IDPCommunicationError{_AS_A_CODE}",
        sdk=SDK,
        step=STEP,
        codes=("sts-idp-error",),
        meaning="STS could not reach the token's issuer. It mostly passes; a self-hosted issuer may be down or not "
        "public.",
        next="Try again; if it stays, fetch the issuer's /.well-known/openid-configuration from the internet.",
    ),
    Signature(
        text="IDPRejectedClaim",
        pattern=rf"IDPRejectedClaim{_AS_A_CODE}",
        sdk=SDK,
        step=STEP,
        codes=("sts-idp-error",),
        meaning="The token's issuer refused the token.",
        next=advice.PRINT_THE_CLAIMS,
    ),
    Signature(
        text="Throttling: Rate exceeded",
        beside=("AssumeRoleWithWebIdentity", "WebIdentityErr"),
        sdk=SDK,
        step=STEP,
        codes=("sts-throttled",),
        meaning="STS throttles AssumeRoleWithWebIdentity in this account and region; the role may be in order.",
        next="Look for programs that build a client per call, and cache credentials there.",
    ),
    Signature(
        text="(Throttling) when calling the AssumeRoleWithWebIdentity",
        sdk=SDK,
        step=STEP,
        codes=("sts-throttled",),
        meaning="STS throttles AssumeRoleWithWebIdentity in this account and region; the role may be in order.",
        next="Look for programs that build a client per call, and cache credentials there.",
    ),
    Signature(
        text="InvalidIdentityToken",
        sdk=SDK,
        step=STEP,
        codes=("sts-rejected", "web-identity-provider-missing", "web-identity-audience-rejected"),
        frame=True,
        meaning="STS refused the token itself, before it looked at the trust policy.",
        next=advice.PRINT_THE_CLAIMS,
    ),
)
