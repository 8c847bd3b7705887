"""Runs in the image: imports every module that is there, and prints as JSON what failed though it should not.

A dependency may have modules for packages that are not shipped. It must not want what the image left out: a module of
the standard library, or of a package that is shipped.
"""

import importlib
import json
import os
import pkgutil
import sys
import warnings
from collections.abc import Iterator


def names(folders: list[str], prefix: str = "") -> Iterator[str]:
    """Yield every module below these folders."""
    for found in pkgutil.iter_modules(folders, prefix):
        if found.name.endswith("__main__"):
            continue
        yield found.name
        if found.ispkg:
            yield from names([os.path.join(found.module_finder.path, found.name.rpartition(".")[2])], f"{found.name}.")  # type: ignore[union-attr]  # noqa: PTH118 - folders are text in sys.path


def failure(name: str) -> str | None:
    """Import a module; return what is wrong if that failed for want of something that should be there."""
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        is_ours = name.partition(".")[0] in {"probe", *sys.stdlib_module_names}
        return str(error) if is_ours or missing in {*sys.stdlib_module_names, *SHIPPED} else None
    except Exception as error:  # noqa: BLE001 - whatever it is, the module cannot be used
        return f"{type(error).__name__}: {error}"
    return None


warnings.simplefilter("ignore")
sys.path[:] = [folder for folder in sys.path if folder]
EVERY = list(names(sys.path))
SHIPPED = {name for name in EVERY if "." not in name}
FAILED = {name: told for name in EVERY if (told := failure(name)) is not None}
OWN = [name for name in EVERY if name.startswith("probe.") and name in sys.modules]
sys.stdout.write(json.dumps({"imported": len(EVERY), "own": OWN, "failed": FAILED}))
