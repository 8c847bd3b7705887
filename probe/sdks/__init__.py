"""What each SDK would do here. A new SDK is one file and one line."""

from probe.evidence import Evidence
from probe.report import Prediction
from probe.sdks import botocore, cli_v1, cli_v2, cpp, crt, dotnet, go_v1, go_v2, java_v1, java_v2, js_v3, rust

__all__ = [
    "MODELS",
    "botocore",
    "cli_v1",
    "cli_v2",
    "cpp",
    "crt",
    "dotnet",
    "go_v1",
    "go_v2",
    "java_v1",
    "java_v2",
    "js_v3",
    "predict_all",
    "rust",
]

MODELS = (botocore, cli_v1, cli_v2, go_v1, go_v2, js_v3, java_v2, rust, java_v1, cpp, crt, dotnet)
"""Those that the real SDKs have borne out first."""


def predict_all(evidence: Evidence) -> tuple[Prediction, ...]:
    """Return every SDK's prediction, one for each range of versions that behaves alike."""
    return tuple(prediction for model in MODELS for prediction in model.predict(evidence))
