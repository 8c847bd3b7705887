"""AWS' distribution of Fluent Bit, which numbers its releases itself."""

from dataclasses import replace

from probe.controllers.fluent_bit import FLUENT_BIT
from probe.controllers.profile import SdkSince

AWS_FOR_FLUENT_BIT = replace(
    FLUENT_BIT,
    name="aws-for-fluent-bit",
    title="AWS for Fluent Bit",
    repository="aws/aws-for-fluent-bit",
    images=("aws-for-fluent-bit",),
    sdks=(SdkSince(release="2.0", sdk=None),),
    pod_identity_since=("2.32.5",),
    notes=(
        *FLUENT_BIT.notes,
        "Pod Identity came with image 2.32.5.20250327, for the plugins written in C only.",
    ),
)
