"""What botocore, boto3 and the AWS CLI print about keys, profiles and web identity.

Texts: boto/botocore:botocore/exceptions.py, botocore/credentials.py.
"""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

SDK = "botocore"
MARKS = (
    "An error occurred (",
    "botocore.exceptions.",
    "Error when retrieving credentials from ",
    " from container metadata: ",
    "aws: [ERROR]: ",
)
_IRSA_FILE = "'/var/run/secrets/eks.amazonaws.com/serviceaccount/token'"

SIGNATURES = (
    # Environment and profile
    Signature(
        text="Partial credentials found in env, missing: …",
        sdk=SDK,
        step="environment.keys",
        codes=("static-keys-partial",),
        meaning="One of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set without the other; botocore stops there.",
        next="Set both or neither; a leftover key also hides web identity and Pod Identity.",
    ),
    Signature(
        text="Partial credentials found in …, missing: …",
        sdk=SDK,
        step="shared-config.profile",
        codes=("profile-incomplete", "application-layer"),
        meaning="A profile, or the program's own code, gives only a part of what is needed; botocore stops there.",
        next="Complete the profile, or remove the file so that the pod's own identity is used.",
    ),
    Signature(
        text="The config profile (… could not be found",
        sdk=SDK,
        step="shared-config.profile",
        codes=("profile-missing",),
        meaning="AWS_PROFILE, or the program, names a profile that no file has. botocore stops here even when web "
        "identity is in order.",
        next="Unset AWS_PROFILE and AWS_DEFAULT_PROFILE, or mount the file that holds the profile.",
    ),
    Signature(
        text="Unable to parse config file: …",
        beside=(".aws/", "botocore.", "aws: [ERROR]"),
        sdk=SDK,
        step="shared-config.files",
        codes=("profile-malformed",),
        meaning="A shared config or credentials file is malformed; botocore stops there.",
        next="Run the probe with the same files mounted: it names the line.",
    ),
    Signature(
        text="Permission denied: ",
        pattern=r"Permission denied: '[^']{0,200}/\.aws/(?:config|credentials)'",
        step="shared-config.files",
        codes=("profile-unreadable",),
        meaning="The process may not read a shared config or credentials file.",
        next="Give the process' user read access, or remove the file so that the pod's own identity is used.",
    ),
    Signature(
        text="contains both source_profile and credential_source",
        sdk=SDK,
        step="shared-config.profile",
        codes=("profile-incomplete",),
        meaning="A profile names two sources for its role where one is allowed.",
        next="Remove one of the two from the profile.",
    ),
    Signature(
        text='The source_profile "… referenced in the profile "… does not exist',
        sdk=SDK,
        step="shared-config.profile",
        codes=("profile-incomplete",),
        meaning="A profile builds on another one that no file has.",
        next="Mount the file that holds the other profile, or remove the file.",
    ),
    Signature(
        text='The source profile "… must have credentials',
        sdk=SDK,
        step="shared-config.profile",
        codes=("profile-incomplete",),
        meaning="A profile builds on another one that gives no credentials.",
        next="Complete the other profile, or remove the file so that the pod's own identity is used.",
    ),
    Signature(
        text="Infinite loop in credential configuration detected",
        sdk=SDK,
        step="shared-config.profile",
        codes=("profile-incomplete", "profile-malformed"),
        meaning="Profiles build on each other in a circle.",
        next="Break the circle of source_profile, or remove the file so that the pod's own identity is used.",
    ),
    # Web identity
    Signature(
        text=f"No such file or directory: {_IRSA_FILE}",
        step="web-identity.token",
        codes=("web-identity-token-missing",),
        meaning="The web identity token file is not there. IAM and STS were never asked.",
        next=advice.CHECK_INJECTION,
    ),
    Signature(
        text=f"Permission denied: {_IRSA_FILE}",
        step="web-identity.token",
        codes=("web-identity-token-unreadable",),
        meaning="The process may not read the web identity token file. IAM and STS were never asked.",
        next=advice.LOOK_AT_THE_FILE,
    ),
    Signature(
        text="is configured to assume role with web identity but has no role ARN configured",
        sdk=SDK,
        step="web-identity.variables",
        codes=("web-identity-partial", "profile-incomplete"),
        meaning="A web identity token file is configured without a role ARN, in the environment or in a profile.",
        next=advice.SET_BOTH_OF_THE_PAIR,
    ),
    Signature(
        text="(ServiceUnavailable) when calling the AssumeRoleWithWebIdentity operation",
        sdk=SDK,
        step="web-identity.assume-role",
        codes=("sts-unavailable", "sts-impostor"),
        meaning="STS, or a proxy that answers in its place, failed with a server error.",
        next=advice.REACH_STS,
    ),
    Signature(
        text="when calling the AssumeRoleWithWebIdentity operation …",
        sdk=SDK,
        step="web-identity.assume-role",
        codes=("sts-rejected", "web-identity-trust-denied"),
        frame=True,
        meaning="STS refused AssumeRoleWithWebIdentity. botocore stops here: it does not go on to the node role.",
        next=advice.PRINT_THE_CLAIMS,
    ),
)
