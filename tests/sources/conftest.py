from pathlib import Path

import pytest

from probe.lab.servers import Canaries, mint_token
from tests.sources.pod_identity import AUDIENCE, ISSUER, SUBJECT
from tests.sources.world import TOKEN_PATH, URL, Pod


@pytest.fixture
def canaries() -> Canaries:
    return Canaries()


@pytest.fixture
def pod(tmp_path: Path, canaries: Canaries) -> Pod:
    pod = Pod(
        root=tmp_path,
        environment={
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": URL,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": TOKEN_PATH,
        },
    )
    pod.write(TOKEN_PATH, mint_token(canaries, issuer=ISSUER, subject=SUBJECT, audience=AUDIENCE))
    return pod
