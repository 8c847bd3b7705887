"""aws-sdk-go-v2, by the version of its module `config`: before Pod Identity, while the full URI came first, new."""

from pathlib import Path

from tests.oracle.go_programs import go_harness

VERSIONS = ("1.18.45", "1.27.27", "1.33.15")
HARNESSES = tuple(go_harness("go-v2", Path(__file__).parent, version) for version in VERSIONS)
