"""Settings that steer every source: region, endpoints, and the switch that turns IMDS off."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from probe.evidence import Source
from probe.findings.case import CERTAIN, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.identity_remedies import identity_remedies
from probe.findings.profiles import profile_setting
from probe.findings.shell import quoted
from probe.findings.spoken import EVERY_SDK, sdks_listed
from probe.report import Finding, Remedy

REGION, DEFAULT_REGION = "AWS_REGION", "AWS_DEFAULT_REGION"
DISABLED = "AWS_EC2_METADATA_DISABLED"
OVERRIDES = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_EC2")
_READS: Mapping[str, tuple[str, ...]] = {
    "go-v1": (REGION,),
    "go-v2": (REGION, DEFAULT_REGION),
    "botocore": (DEFAULT_REGION,),
    "js-v3": (REGION,),
    "java-v2": (REGION,),
    "rust": (REGION, DEFAULT_REGION),
}
"""The region variables of each SDK, the stronger first. Go v1 reads the second with AWS_SDK_LOAD_CONFIG only.

boto/botocore:botocore/configprovider.py; aws-sdk-go-v2:config/env_config.go; aws-sdk-go:aws/session/env_config.go.
"""


def region_missing(case: Case) -> Iterator[Finding]:
    """No variable and no profile tells the region."""
    if case.given.is_set(REGION) or case.given.is_set(DEFAULT_REGION) or profile_setting(case, "region"):
        return
    by_imds = case.instance.region if case.instance else None
    region = by_imds or "REGION"
    finding = found(
        "region-missing",
        certainty=CERTAIN,
        step=None,
        summary="No region is configured: AWS_REGION and AWS_DEFAULT_REGION are not set, and no profile has one.",
        evidence=[
            f"IMDS would tell {by_imds}; Go v1, botocore and Go v2 (unless told to) do not ask it"
            if by_imds
            else "IMDS tells none either",
            "a region that the program is given by a flag cannot be seen from here",
        ],
        remedies=[
            Remedy(
                text="Set both variables in the container; not every SDK reads both. An identity that is injected "
                "brings them along.",
                command=f"AWS_REGION={quoted(region)} AWS_DEFAULT_REGION={quoted(region)}",
            ),
            Remedy(
                text="Or give the region to the controller itself (AWS Load Balancer Controller: Helm value region)."
            ),
        ],
    )
    yield replace(finding, severity=Severity.WARNING) if by_imds else finding


def region_split(case: Case) -> Iterator[Finding]:
    """SDKs in one container would see different regions."""
    told = case.given.variables
    if not (told.get(REGION) or told.get(DEFAULT_REGION)):
        return
    seen = {sdk: _region_of(case, sdk) for sdk in EVERY_SDK}
    if len(set(seen.values())) == 1:
        return
    groups = [
        f"{region or 'none'} by {sdks_listed(sdk for sdk in seen if seen[sdk] == region)}"
        for region in dict.fromkeys(seen.values())
    ]
    region = quoted(told.get(REGION) or told.get(DEFAULT_REGION) or "REGION")
    yield found(
        "region-split",
        certainty=CERTAIN,
        step=None,
        summary=f"SDKs in this container see different regions: {', '.join(groups)}.",
        evidence=[f"{name} is {told.get(name) or 'not set'}" for name in (REGION, DEFAULT_REGION)],
        remedies=[
            Remedy(
                text="Set both variables to the same value, or neither, so that the webhook sets both.",
                command=f"AWS_REGION={region} AWS_DEFAULT_REGION={region}",
            )
        ],
        sdks=tuple(sdk for sdk in EVERY_SDK if seen[sdk] is None),
    )


def _region_of(case: Case, sdk: str) -> str | None:
    told = case.given.variables
    load_config = told.get("AWS_SDK_LOAD_CONFIG", "").lower() in {"1", "t", "true"}
    names = _READS[sdk]
    if sdk == "go-v1" and load_config:
        names = (REGION, DEFAULT_REGION)
    from_variable = next((told[name] for name in names if told.get(name)), None)
    from_profile = None if sdk == "go-v1" and not load_config else profile_setting(case, "region")
    return from_variable or from_profile


def endpoint_override(case: Case) -> Iterator[Finding]:
    """Calls that look as if they went to AWS go elsewhere."""
    told = case.given.variables
    overrides = [name for name in OVERRIDES if told.get(name)]
    if not overrides or told.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return
    service = "every AWS service" if "AWS_ENDPOINT_URL" in overrides else "a service"
    yield found(
        "endpoint-override",
        certainty=CERTAIN,
        step=None,
        summary=f"The endpoint of {service} is overridden: {', '.join(f'{name}={told[name]}' for name in overrides)}.",
        evidence=["Go v1 ignores these variables and calls AWS itself"],
        remedies=[
            Remedy(text="If that is not meant: remove the variable, or narrow it to the one service it is for."),
            Remedy(
                text="To see whether it is the cause, set this for a test.",
                command="AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true",
            ),
        ],
        sdks=tuple(sdk for sdk in EVERY_SDK if sdk != "go-v1"),
    )


def metadata_disabled(case: Case) -> Iterator[Finding]:
    """IMDS is what is left, or what is expected, and a variable turns it off."""
    value = case.given.variables.get(DISABLED, "")
    if not case.expects(Source.IMDS) or value.lower() in {"", "false"}:
        return
    everybody = value.lower() == "true"
    # Where nobody said that IMDS is meant, the switch may be right, and what is missing is an identity.
    what = "which is all that is left here" if case.expected.inferred else "the source of this pod"
    finding = found(
        "metadata-disabled-by-env",
        certainty=CERTAIN,
        step="imds.variables",
        summary=f"{DISABLED}={value} keeps {'every SDK' if everybody else 'JS v3'} from IMDS, {what}.",
        evidence=[
            f"expected is imds: {case.expected.because}",
            _imds_line(case),
            "SDKs other than JS v3 want the value true",
        ],
        remedies=[
            *identity_remedies(case),
            Remedy(text=f"Only if this pod is meant to use the node role: remove {DISABLED} and restart."),
        ],
        sdks=() if everybody else ("js-v3",),
    )
    yield finding if everybody else replace(finding, severity=Severity.WARNING)


def _imds_line(case: Case) -> str:
    return "IMDS itself gives keys" if case.gave_keys(Source.IMDS) else "IMDS itself gives no keys either"


RULES = (region_missing, region_split, endpoint_override, metadata_disabled)
