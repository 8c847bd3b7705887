"""aws-sdk-go, version 1: before Pod Identity, the first release that knows it, the last one."""

from pathlib import Path

from tests.oracle.go_programs import go_harness

VERSIONS = ("1.44.294", "1.47.11", "1.55.8")
HARNESSES = tuple(go_harness("go-v1", Path(__file__).parent, version) for version in VERSIONS)
