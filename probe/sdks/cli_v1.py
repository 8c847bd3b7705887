"""AWS CLI, version 1: botocore under another number. From 1.46.0 on it carries a botocore of its own (1.43.62).

Which botocore a release of before requires is in its metadata on PyPI; these are the first ones with each change.
"""

from dataclasses import replace

from probe.evidence import Evidence
from probe.report import Prediction
from probe.sdks import botocore
from probe.sdks.botocore_container import AGENT_KNOWN, HTTPS_ANYWHERE, TOKEN_REREAD
from probe.sdks.botocore_imds import VERSION_1_SWITCH
from probe.sdks.botocore_sts import ENDPOINT_URLS, REGIONAL_STS
from probe.sdks.chain import Answer, predictions
from probe.sdks.versions import Release
from probe.sdks.view import View

SDK = "cli-v1"
NEWEST = "1.46.3"
BOTOCORE = {
    "1.29.0": ENDPOINT_URLS,
    "1.30.0": AGENT_KNOWN,
    "1.30.4": VERSION_1_SWITCH,
    "1.32.41": TOKEN_REREAD,
    "1.42.0": REGIONAL_STS,
    "1.43.11": HTTPS_ANYWHERE,
}
"""The botocore that came with a release, where something changed."""
CHANGES = tuple(BOTOCORE)


def predict(evidence: Evidence) -> tuple[Prediction, ...]:
    """Return what the CLI would do."""
    return predictions(SDK, evidence, CHANGES, _chain, caches=botocore.CACHES)


def _chain(view: View) -> Answer:
    first = view.release.first
    return botocore.chain(replace(view, release=Release(first=BOTOCORE[first] if first else None)))
