"""What a scenario's pod owns, made for one run: tokens, keys and files."""

import os
from collections.abc import Callable
from pathlib import Path

from probe.lab.scenario import KeysSpec, LabFile, TokenSpec
from probe.lab.servers import (
    BoundTo,
    Canaries,
    MintedCredentials,
    mint_credentials,
    mint_token,
    mint_user_keys,
)


def token_of(canaries: Canaries, spec: TokenSpec) -> str:
    """Mint the projected token that a scenario describes."""
    _, _, namespace, account = spec.subject.split(":")
    return mint_token(
        canaries,
        issuer=spec.issuer,
        subject=spec.subject,
        audience=spec.audience,
        expires_in=spec.expires_in,
        issued_ago=spec.issued_ago,
        not_before_in=spec.not_before_in,
        key_id=spec.key_id,
        kubernetes=BoundTo(namespace=namespace, serviceaccount=account, pod=f"{account}-7d4f8", node=spec.node),
    )


def keys_of(canaries: Canaries, spec: KeysSpec) -> MintedCredentials:
    """Mint the keys that a scenario describes."""
    name, _, session = spec.arn.partition("/")[2].partition("/")
    account = spec.arn.split(":")[4]
    if spec.session:
        return mint_credentials(
            canaries, role=name, session=session or "example", account=account, expires_in=spec.expires_in
        )
    return mint_user_keys(canaries, user=name, account=account)


def write_file(file: LabFile, root: Path, filled: Callable[[str], str]) -> None:
    """Write one of the pod's files below a folder; `filled` puts secrets in the place of their names."""
    where = root / file.path.lstrip("/")
    where.parent.mkdir(parents=True, exist_ok=True)
    if file.kind == "directory":
        where.mkdir(exist_ok=True)
    elif file.kind == "link":
        where.symlink_to(file.text if not file.text.startswith("/") else root / file.text.lstrip("/"))
    elif file.kind == "pipe":
        os.mkfifo(where)
    else:
        content = bytes.fromhex(file.hexadecimal) if file.hexadecimal is not None else filled(file.text).encode()
        where.write_bytes(content * file.repeat)
        where.chmod(int(file.mode, 8) if os.geteuid() == 0 or file.mode != "0600" else 0)
