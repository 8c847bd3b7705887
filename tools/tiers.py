"""Run every test tier that this machine can run, and say plainly which it could not and why.

Run by `make test`. Each tier is a target of the Makefile. With STRICT=1 in the environment a tier that could not run
is a failure; `tests/strict.py` does the same for single tests.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from probe.lab.namespaces import why_not as why_no_namespaces
from tools.image.built import why_not as why_no_image


def _runs_anywhere() -> str | None:
    return None


def _why_no_network() -> str | None:
    """Also ask the kernel: a container's root may lack CAP_SYS_ADMIN."""
    reason = why_no_namespaces()
    if (
        reason is not None
        or subprocess.run(["unshare", "--net", "true"], check=False, capture_output=True).returncode == 0
    ):
        return reason
    return "the kernel lets this user make no network namespace (a container needs CAP_SYS_ADMIN)"


def _why_no_page() -> str | None:
    return None if shutil.which("chromium") else "Chromium is not installed (Debian: apt-get install chromium)"


@dataclass(frozen=True, kw_only=True)
class Tier:
    """A target of the Makefile."""

    target: str
    why_not: Callable[[], str | None] = _runs_anywhere
    """The reason in one sentence why it cannot run here, or None."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a tier ended."""

    tier: Tier
    passed: bool
    told: str


TIERS = (
    Tier(target="check"),
    Tier(target="unit"),
    Tier(target="lab"),
    Tier(target="network", why_not=_why_no_network),
    Tier(target="oracle", why_not=_why_no_network),
    Tier(target="page", why_not=_why_no_page),
    Tier(target="shipped", why_not=why_no_image),
)


def run(tier: Tier, *, strict: bool) -> Ended:
    """Run one tier, or say why not."""
    reason = tier.why_not()
    if reason is not None:
        return Ended(tier=tier, passed=not strict, told=f"could not run: {reason}")
    print(f"\n=== {tier.target}", flush=True)
    begun = time.monotonic()
    code = subprocess.run(["make", "--no-print-directory", tier.target], check=False).returncode
    took = f"{time.monotonic() - begun:.0f} s"
    return Ended(tier=tier, passed=code == 0, told=f"{'passed' if code == 0 else 'FAILED'} in {took}")


def main() -> int:
    """Run all tiers, the later ones too when one fails; the exit code is 1 when one failed."""
    strict = os.environ.get("STRICT", "") not in {"", "0"}
    ended = [run(tier, strict=strict) for tier in TIERS]
    print("\n=== Tiers" + (" (strict: nothing may be missing)" if strict else ""))
    for one in ended:
        print(f"{one.tier.target:<8} {one.told}")
    return 0 if all(one.passed for one in ended) else 1


if __name__ == "__main__":
    sys.exit(main())
