"""What AWS answers to keys that it does not accept, and what IMDS says in a body instead of keys.

Texts: AWS STS API Reference (common errors), EC2 API Reference (error codes), IAM user guide (troubleshooting IAM and
Amazon EC2).
"""

from probe.loglines.signature import Signature

SDK = "sts"
STEP = "identity.any"
"""Which source gave the keys is not in these texts."""
_SHADOWS = (
    "Look for AWS_ACCESS_KEY_ID and mounted credentials files that shadow the pod's identity; then run the probe."
)

SIGNATURES = (
    Signature(
        text="Signature expired: … is now earlier than …",
        sdk=SDK,
        step=STEP,
        codes=("clock-skew", "application-layer"),
        meaning="The request was signed too long ago by AWS' clock: the clock here is behind, or an old signature "
        "was used again.",
        next="Check chrony on the node (169.254.169.123).",
    ),
    Signature(
        text="Signature not yet current: … is still later than …",
        sdk=SDK,
        step=STEP,
        codes=("clock-skew",),
        meaning="The clock here is ahead by more than AWS tolerates; the keys are probably right.",
        next="Check chrony on the node (169.254.169.123).",
    ),
    Signature(
        text="RequestTimeTooSkewed",
        step=STEP,
        codes=("clock-skew", "application-layer"),
        meaning="The clock here differs from S3's by more than 15 minutes, or the request was held back that long.",
        next="Check chrony on the node (169.254.169.123).",
    ),
    Signature(
        text="The request signature we calculated does not match",
        step=STEP,
        codes=("credentials-rejected", "static-keys-malformed"),
        meaning="The secret does not belong to the key id, often a stray blank or newline; a proxy that alters "
        "requests prints the same.",
        next="Run the probe with the same environment: it checks the shape of the keys without showing them.",
    ),
    Signature(
        text="The security token included in the request is expired",
        step=STEP,
        codes=("credentials-expired",),
        meaning="The session keys that were used have expired, and the program did not renew them.",
        next="Run the probe with the same ServiceAccount: if it gets fresh keys, the program caches the old ones.",
    ),
    Signature(
        text="The security token included in the request is invalid",
        step=STEP,
        codes=("credentials-rejected", "static-keys-shadow", "opt-in-region-token"),
        meaning="AWS does not know these keys: wrong or deleted ones, the wrong partition, or keys from the global "
        "STS endpoint used in an opt-in region.",
        next=_SHADOWS,
    ),
    Signature(
        text="AWS was not able to validate the provided access credentials",
        step=STEP,
        codes=("credentials-rejected", "opt-in-region-token", "clock-skew"),
        meaning="EC2 does not accept these keys: wrong or deleted ones, or keys from the global STS endpoint used in "
        "an opt-in region.",
        next=_SHADOWS,
    ),
    Signature(
        text="InvalidClientTokenId",
        step=STEP,
        codes=("credentials-rejected", "static-keys-shadow", "opt-in-region-token"),
        meaning="AWS does not know these keys: wrong or deleted ones, the wrong partition, or keys from the global "
        "STS endpoint used in an opt-in region.",
        next=_SHADOWS,
    ),
    # IMDS bodies
    Signature(
        text="AssumeRoleUnauthorizedAccess",
        pattern=r"AssumeRoleUnauthorizedAccess[\":\]]",
        step="imds.credentials",
        codes=("imds-role-unauthorized",),
        meaning="IMDS works, and EC2 may not assume the instance role: its trust policy lacks ec2.amazonaws.com, or "
        "it was made anew.",
        next="aws iam get-role on the role of the instance profile: it must trust ec2.amazonaws.com.",
    ),
    Signature(
        text="EC2 cannot assume the role …",
        step="imds.credentials",
        codes=("imds-role-unauthorized",),
        meaning="IMDS works, and EC2 may not assume the instance role: its trust policy lacks ec2.amazonaws.com, or "
        "it was made anew.",
        next="aws iam get-role on the role of the instance profile: it must trust ec2.amazonaws.com.",
    ),
    Signature(
        text="InstanceProfileNotFound",
        pattern=r"InstanceProfileNotFound[\":\]]",
        step="imds.credentials",
        codes=("imds-role-unauthorized",),
        meaning="IMDS works, and the instance profile was deleted while it was attached.",
        next="Attach an instance profile to the node again.",
    ),
)
