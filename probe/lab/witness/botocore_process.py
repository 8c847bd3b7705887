"""Runs the real botocore in a world: `python -m probe.lab.witness.botocore_process`, the world as JSON on stdin.

The world: `environment`, `root` (folder with the pod's files), `dial`, `names`, `certificates`, `user` and `deadline`
(seconds). One line of JSON comes out: `outcome` (`credentials`, `error`, `none` or `waiting`), `source`,
`access_key_hint`, `error` (the type and the text, without secrets), `seconds`, `version`.
"""

import json
import os
import signal
import sys
import time
from typing import Any

from probe.lab.witness.closed import ClosedFiles, ClosedNetwork
from probe.secret import Redactor, Secret, hint

FILE_VARIABLES = (
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CREDENTIAL_FILE",
    "AWS_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "HOME",
)
SECRET_VARIABLES = (
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
)
TOKEN_LIMIT = 65_536
SOURCES = {
    "env": "environment",
    "assume-role": "shared-config",
    "assume-role-with-web-identity": "web-identity",
    "sso": "shared-config",
    "shared-credentials-file": "shared-config",
    "login": "shared-config",
    "custom-process": "shared-config",
    "config-file": "shared-config",
    "ec2-credentials-file": "shared-config",
    "boto-config": "shared-config",
    "container-role": "container",
    "iam-role": "imds",
}
"""botocore's names of its providers (boto/botocore:botocore/credentials.py, `METHOD`), by ours."""
NOTHING = "Unable to locate credentials"


def main() -> int:
    """Run botocore in the world on standard input."""
    world: dict[str, Any] = json.load(sys.stdin)
    files = ClosedFiles(
        root=world["root"],
        user=world["user"] if os.geteuid() == 0 else None,
        certificates=world["certificates"],
    )
    os.environ.clear()
    os.environ.update(_environment(world["environment"], files))
    redactor = _redactor(world["environment"], files)
    files.install()
    ClosedNetwork(dial=world["dial"], names=world["names"]).install()
    begun = time.monotonic()
    _limit(world["deadline"], begun)
    _tell(begun, _resolve(world["certificates"], redactor))
    return 0


def _environment(environment: dict[str, str], files: ClosedFiles) -> dict[str, str]:
    """Return the pod's variables with the paths in them as they are on this machine."""
    return {
        name: files.below(value) if name in FILE_VARIABLES and value and not value.startswith("~") else value
        for name, value in environment.items()
    }


def _redactor(environment: dict[str, str], files: ClosedFiles) -> Redactor:
    """Return a redactor that knows what this process was given: secret variables, and what stands in token files."""
    redactor = Redactor(Secret(environment[name]) for name in SECRET_VARIABLES if environment.get(name))
    for variable in FILE_VARIABLES[:2]:
        path = files.below(environment.get(variable, ""))
        if environment.get(variable) and os.path.isfile(path):  # noqa: PTH113 - pipes are no files, and never opened
            with open(path, "rb") as file:  # noqa: PTH123 - so much of it, and no more
                redactor.add(Secret(file.read(TOKEN_LIMIT)))
    return redactor


def _limit(seconds: float, begun: float) -> None:
    def end(*_: object) -> None:
        _tell(begun, {"outcome": "waiting"})
        os._exit(0)

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _resolve(certificates: str | None, redactor: Redactor) -> dict[str, Any]:
    """Resolve the default chain. botocore is imported only now: it binds `open` when it is."""
    import botocore.httpsession  # noqa: PLC0415 - see above
    import botocore.session  # noqa: PLC0415 - see above

    if certificates is not None:
        # The function from certifi that botocore asks for the public authorities.
        botocore.httpsession.where = lambda: certificates
    try:
        credentials = botocore.session.Session().get_credentials()
        frozen = credentials.get_frozen_credentials() if credentials is not None else None
    except Exception as error:  # noqa: BLE001 - whatever it raises is what the witness saw
        return {"outcome": "error", "error": redactor.clean(f"{type(error).__name__}: {error}", 1000)}
    if frozen is None:
        return {"outcome": "none", "error": NOTHING}
    return {
        "outcome": "credentials",
        "source": SOURCES.get(credentials.method, credentials.method),
        # What has not the shape of an access key id may be a secret in the wrong place.
        "access_key_hint": hint(frozen.access_key if frozen.access_key.startswith(("AKIA", "ASIA")) else ""),
    }


def _tell(begun: float, told: dict[str, Any]) -> None:
    import botocore  # noqa: PLC0415 - in main the environment comes first

    signal.setitimer(signal.ITIMER_REAL, 0)
    line = {
        "source": None,
        "access_key_hint": None,
        "error": None,
        "seconds": round(time.monotonic() - begun, 3),
        "version": botocore.__version__,
        **told,
    }
    os.write(1, f"{json.dumps(line)}\n".encode())


if __name__ == "__main__":
    sys.exit(main())
