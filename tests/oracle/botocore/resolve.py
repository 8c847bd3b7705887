"""Resolves botocore's default chain once: `resolve.py FOLDER`, botocore in FOLDER; see tests/oracle/harness.py."""

import json
import sys
import time

sys.path.insert(0, sys.argv[1])

import botocore
import botocore.session

begun = time.monotonic()
told = {"outcome": "none", "access_key_hint": None, "error": "Unable to locate credentials"}
try:
    credentials = botocore.session.Session().get_credentials()
    if credentials is not None:
        key = credentials.get_frozen_credentials().access_key
        told = {"outcome": "credentials", "access_key_hint": f"…{key[-4:]}", "error": None}
except Exception as error:  # noqa: BLE001 - whatever it raises is what a program would print
    told = {"outcome": "error", "access_key_hint": None, "error": f"{type(error).__name__}: {error}"}
seconds = round(time.monotonic() - begun, 3)
print(json.dumps({"sdk": "botocore", "version": botocore.__version__, **told, "seconds": seconds}))  # noqa: T201 - its answer
