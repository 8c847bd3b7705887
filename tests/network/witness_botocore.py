"""Resolves the default chain of a program with botocore once, and tells in one line of JSON what came of it."""

import json

import botocore
import botocore.session

told = {"outcome": "none", "error": "Unable to locate credentials", "access_key_hint": None}
try:
    credentials = botocore.session.Session().get_credentials()
    if credentials is not None:
        key = credentials.get_frozen_credentials().access_key
        told = {"outcome": "credentials", "error": None, "access_key_hint": f"…{key[-4:]}"}
except Exception as error:  # noqa: BLE001 - whatever it raises is what the witness saw
    told = {"outcome": "error", "error": f"{type(error).__name__}: {error}", "access_key_hint": None}
print(json.dumps({**told, "version": botocore.__version__}))  # noqa: T201 - its only output
