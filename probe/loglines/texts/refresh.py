"""What SDKs say when they live on old credentials because no new ones come. Several SDKs share these sentences."""

from probe.loglines.signature import Signature
from probe.loglines.texts import advice

SIGNATURES = (
    Signature(
        text="Attempting credential expiration extension",
        step="imds.credentials",
        codes=("imds-unavailable", "imds-credentials-expired", "imds-hop-limit"),
        meaning="New credentials did not come, and the SDK goes on with the old ones: the program still works, and "
        "it will not for long.",
        next=advice.RUN_THE_PROBE,
    ),
    Signature(
        text="Credential renew failed: …",
        sdk="js-v3",
        step="imds.credentials",
        codes=("imds-unavailable", "imds-hop-limit", "imds-blocked"),
        frame=True,
        meaning="IMDS gave no new credentials, and the SDK goes on with the old ones for a few minutes.",
        next=advice.RUN_THE_PROBE,
    ),
)
