"""Service models: of each service only the operations that the probe calls, cut out of botocore's own.

The whole model of EC2 costs 0.13 s and 23 MiB of memory at its peak, more than a healthy walk without it; the
operations that are called take a hundredth of that. `python -m tools.aws_models` writes the files, and a test holds
them against the installed botocore.
"""

import functools
import json
from pathlib import Path

from botocore.model import ServiceModel

FOLDER = Path(__file__).parent


class UnknownServiceError(LookupError):
    """A service, or an operation of one, that was not cut out of botocore's models."""


@functools.cache
def service_model(service: str) -> ServiceModel:
    """Return the model of a service by botocore's name for it. Raises UnknownServiceError."""
    path = FOLDER / f"{service}.json"
    if not path.is_file():
        raise UnknownServiceError(service)
    return ServiceModel(json.loads(path.read_bytes()), service)
