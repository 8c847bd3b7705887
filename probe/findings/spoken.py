"""Names as people say them: SDKs, sources, lists."""

from collections.abc import Iterable

from probe.evidence import Source

EVERY_SDK = ("go-v1", "go-v2", "botocore", "js-v3", "java-v2", "rust")
"""The SDK families that findings name, in the order in which they are told."""
SDK_NAMES = {
    "go-v1": "Go v1",
    "go-v2": "Go v2",
    "botocore": "botocore",
    "js-v3": "JS v3",
    "java-v2": "Java v2",
    "rust": "Rust",
    "cli-v1": "AWS CLI v1",
    "cli-v2": "AWS CLI v2",
    "java-v1": "Java v1",
    "cpp": "C++",
    "crt": "CRT",
    "dotnet": ".NET",
}
SOURCE_NAMES: dict[str, str] = {
    Source.ENVIRONMENT: "the environment's keys",
    Source.SHARED_CONFIG: "the profile",
    Source.WEB_IDENTITY: "web identity (IRSA)",
    Source.CONTAINER: "container credentials (Pod Identity)",
    Source.IMDS: "the node role",
}


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence has them: `one`, `one and two`, `one, two and three`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def sdks_listed(sdks: Iterable[str]) -> str:
    """Return SDK families as a sentence has them."""
    return listed(SDK_NAMES.get(sdk, sdk) for sdk in sdks)
