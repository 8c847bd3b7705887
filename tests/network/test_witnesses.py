"""What two real SDKs end up with in a network is what the probe predicts for them there."""

import pytest

from probe.lab.network_world import NetworkWorld
from probe.lab.run import run_in
from probe.lab.scenario import NETWORK_SCENARIOS, load
from probe.lab.witness.compare import agrees
from probe.report import Prediction
from probe.sdks.versions import covers
from tests.network.witnesses import WITNESSES, witnessed
from tools import witness_js

WORLDS = (
    "hop-limit",
    "hop-limit-enough",
    "hop-limit-host-network",
    "hop-limit-ipv6",
    "hop-limit-overlay",
    "hop-limit-version-1",
    "imds-drop",
    "imds-kube2iam",
    "imds-route-missing",
    "imds-rejected-by-reset",
    "imds-puts-lost",
    "agent-dead",
    "agent-healthy",
    "agent-no-route",
    "sts-healthy",
    "sts-other-authority",
)


@pytest.mark.parametrize("sdk", WITNESSES)
@pytest.mark.parametrize("name", WORLDS)
def test_an_sdk_ends_up_with_what_was_predicted(name: str, sdk: str) -> None:
    missing = witness_js.why_not() if sdk == "js-v3" else None
    if missing is not None:
        pytest.skip(missing)
    with NetworkWorld(load(name, NETWORK_SCENARIOS)) as world:
        report = run_in(world).report
        seen = witnessed(world, WITNESSES[sdk](), report)
    told = [one for one in report["sdks"] if one["sdk"] == sdk and covers(one["versions"], seen.version)]
    assert [agrees(Prediction(**one), seen) for one in told] == [None]
