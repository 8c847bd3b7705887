"""The profiles: how a controller is named, and what holds in which release."""

import itertools
import re

import pytest
from botocore.loaders import Loader

from probe.controllers import CONTROLLERS, Arguments, Chosen, ControllerError, chosen, find
from probe.controllers.profile import Profile, Read, Setting
from probe.controllers.version import at_least, read_version
from probe.evidence import Source
from probe.sdks import MODELS

RELEASE = re.compile(r"\d+(\.\d+){1,3}")
UPSTREAM = re.compile(r"[\w.-]+/[\w.-]+(#\d+|:[\w./-]+)")
EVERY = [pytest.param(one, id=one.name) for one in CONTROLLERS]
FEWEST = 14
"""Controllers that must be known."""


def test_the_controllers_that_people_ask_about_are_known() -> None:
    names = {one.name for one in CONTROLLERS}
    assert len(names) == len(CONTROLLERS) >= FEWEST
    asked = ("lbc", "aws-node", "karpenter", "external-dns", "ebs-csi", "efs-csi", "cluster-autoscaler")
    more = ("cert-manager", "eso", "ack", "velero", "fluent-bit", "cloudwatch-agent", "ascp")
    assert {find(name).profile.name for name in (*asked, *more)} <= names


def test_no_two_controllers_answer_to_one_name() -> None:
    names = [name for one in CONTROLLERS for name in (one.name, *one.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("profile", EVERY)
def test_a_profile_names_its_sources_upstream_and_its_sdks_as_the_models_do(profile: Profile) -> None:
    models = {model.SDK for model in MODELS}
    assert profile.references
    upstream = (*profile.references, *(one for feature in profile.features for one in feature.upstream))
    assert [one for one in upstream if UPSTREAM.fullmatch(one) is None] == []
    assert {one.sdk for one in profile.sdks} - {None} <= models
    assert {source for feature in profile.features for source in feature.accepts} <= set(Source)


@pytest.mark.parametrize("profile", EVERY)
def test_releases_are_plain_and_come_oldest_first(profile: Profile) -> None:
    for releases in ([one.release for one in profile.sdks], list(profile.pod_identity_since)):
        assert [one for one in releases if RELEASE.fullmatch(one) is None] == []
        assert all(at_least(later, earlier) for earlier, later in itertools.pairwise(releases))


@pytest.mark.parametrize("profile", EVERY)
def test_every_read_is_one_that_botocore_can_make_and_none_that_changes_anything(profile: Profile) -> None:
    loader = Loader()
    for read in profile.reads:
        operation = loader.load_service_model(read.service, "service-2")["operations"][read.operation]
        shapes = loader.load_service_model(read.service, "service-2")["shapes"]
        members = shapes[operation["input"]["shape"]]["members"] if "input" in operation else {}
        assert set(read.parameters) <= set(members), read.operation
        assert read.operation.startswith(("Describe", "List", "Get"))
        assert not read.dry_run or "DryRun" in members


@pytest.mark.parametrize("profile", EVERY)
def test_every_endpoint_is_a_prefix_that_botocore_knows(profile: Profile) -> None:
    known = Loader().load_data("endpoints")["partitions"][0]["services"]
    assert [one.service for one in profile.endpoints if one.service not in known] == []


@pytest.mark.parametrize(
    ("named", "sdk", "takes", "first"),
    [
        ("aws-load-balancer-controller@2.6.2", "go-v1 1.44.294", False, "2.7.0"),
        ("aws-load-balancer-controller@2.7.0", "go-v1 1.50.8", True, "2.7.0"),
        ("aws-load-balancer-controller@v2.9.0", "go-v2 1.27.27", True, "2.7.0"),
        ("vpc-cni@v1.15.4-eksbuild.1", "go-v1 1.47.0", False, "1.15.5"),
        ("vpc-cni@1.19.3", "go-v1 None", True, "1.15.5"),
        ("external-dns@0.14.0", "go-v1 1.44.311", False, "0.14.1"),
        ("cluster-autoscaler@1.27.5", "go-v1 1.44.24", False, "1.27.6"),
        ("cluster-autoscaler@1.28.2", "go-v1 1.44.24", False, "1.28.3"),
        ("cluster-autoscaler@1.27.6", "go-v1 1.48.7", True, "1.27.6"),
        ("cluster-autoscaler@1.30.0", "go-v1 1.48.7", True, "1.29.0"),
        ("cluster-autoscaler@1.26.4", "go-v1 None", False, "1.27.6"),
        ("ebs-csi@1.25.0", "go-v1 1.47.8", False, "1.26.0"),
    ],
)
def test_the_version_tells_the_sdk_and_the_first_release_that_takes_pod_identity(
    named: str, sdk: str, takes: bool, first: str
) -> None:
    found = find(named)
    assert found.sdk is not None
    assert f"{found.sdk.sdk} {found.sdk.sdk_version}" == sdk
    assert (found.takes_pod_identity, found.first_with_pod_identity) == (takes, first)


@pytest.mark.parametrize(
    ("named", "takes"),
    [
        ("lbc@2.6", False),
        ("cluster-autoscaler@1.27", None),
        ("cluster-autoscaler@1.26", False),
        ("vpc-cni@1.15", None),
        ("ebs-csi@1.26", True),
    ],
)
def test_a_version_that_was_cut_short_is_too_old_only_where_all_of_its_line_is(named: str, takes: bool | None) -> None:
    assert find(named).takes_pod_identity is takes


def test_without_a_version_nothing_is_said_of_the_sdk() -> None:
    found = find("karpenter")
    assert (found.sdk, found.takes_pod_identity, found.title) == (None, None, "karpenter")


def test_what_is_not_known_of_a_controller_stays_unknown_with_a_version() -> None:
    assert find("cloudwatch-agent@1.300040").takes_pod_identity is None


@pytest.mark.parametrize("version", ["", "latest", "2", "v3", "2.x", "@2.7", "2.7.0 ", "-1", "2" * 90])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(ControllerError, match=r"is not a version such as 2\.9\.0"):
        find(f"karpenter@{version}")


def test_an_unknown_controller_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(ControllerError, match="did you mean karpenter"):
        find("karpentr@1.0")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("v1.19.4-eksbuild.1", "1.19.4"), ("2.9", "2.9"), ("1.2.3+b", "1.2.3"), ("2.32.2.20240820", "2.32.2.20240820")],
)
def test_a_version_is_read_with_and_without_what_stands_around_it(text: str, numbers: str) -> None:
    assert read_version(text) == numbers


def test_the_search_for_the_vpc_by_tags_depends_on_the_release() -> None:
    profile = find("lbc").profile
    places = {version: [one.name for one in find(f"lbc@{version}").of(profile.vpc_order)] for version in ("2.8", "2.9")}
    assert "--aws-vpc-tags" not in places["2.8"]
    assert places["2.9"][:2] == ["--aws-vpc-id", "--aws-vpc-tags"]
    assert [one.final for one in find("lbc@3.2.0").of(profile.vpc_order)][1] is True


def test_a_switched_off_addon_is_not_called() -> None:
    lbc = find("lbc@2.9.0")
    off = Arguments(("--enable-shield=false", "--feature-gates=Other=false,EnableRGTAPI=true"))
    asked = {one.service for one in lbc.profile.endpoints if lbc.makes(one, off)}
    assert "shield" not in asked
    assert {"wafv2", "tagging"} <= asked
    assert "tagging" not in {one.service for one in lbc.profile.endpoints if lbc.makes(one, Arguments())}


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (("--aws-region=eu-west-1",), "eu-west-1"),
        (("-aws-region=eu-west-1",), "eu-west-1"),
        (("--aws-region", "eu-west-1"), "eu-west-1"),
        (("--aws-region", "--enable-waf"), ""),
        (("--aws-region=a", "--aws-region=b"), "b"),
        (("aws-region=a",), None),
    ],
)
def test_a_flag_is_read_as_go_reads_it(words: tuple[str, ...], value: str | None) -> None:
    assert Arguments(words).value("--aws-region") == value


def test_a_saved_report_may_name_a_controller_of_a_later_version() -> None:
    assert chosen("controller-of-tomorrow", "1.0") is None
    assert chosen(None, None) is None
    assert chosen("karpenter", "not a version") == Chosen(profile=find("karpenter").profile)


def test_settings_that_only_the_deployment_knows_say_what_they_are() -> None:
    reads = [read for one in CONTROLLERS for read in one.reads]
    settings = [value for read in reads for value in read.parameters.values() if isinstance(value, Setting)]
    assert settings
    assert [one for one in settings if not one.what] == []
    assert all(isinstance(read, Read) for read in reads)


@pytest.mark.parametrize(
    ("named", "words", "variables", "made"),
    [
        ("external-dns", ("--provider=aws",), {}, True),
        ("external-dns", ("--provider=aws-sd",), {}, False),
        ("external-dns", ("--aws-assume-role=",), {}, True),
        ("external-dns", ("--aws-assume-role=arn:aws:iam::111122223333:role/dns",), {}, False),
        ("external-dns", (), {"EXTERNAL_DNS_PROVIDER": "aws-sd"}, False),
        ("karpenter", (), {"ASSUME_ROLE_ARN": "arn:aws:iam::111122223333:role/nodes"}, False),
        ("vpc-cni", (), {"ENABLE_IMDS_ONLY_MODE": "true"}, False),
        ("vpc-cni", (), {"ENABLE_IMDS_ONLY_MODE": "false"}, True),
    ],
)
def test_what_flags_and_variables_spare_a_controller_is_not_called(
    named: str, words: tuple[str, ...], variables: dict[str, str], made: bool
) -> None:
    controller = find(named)
    essential = [one for one in controller.of(controller.profile.reads) if one.essential]
    assert {controller.makes(one, Arguments(words), variables) for one in essential} == {made}


@pytest.mark.parametrize(
    ("named", "words", "surely"),
    [
        ("lbc@2.9.0", ("--cluster-name=shop",), True),
        ("lbc@2.9.0", (), False),
        ("lbc", ("--cluster-name=shop",), True),
    ],
)
def test_a_call_that_a_flag_turns_off_is_sure_only_where_the_flags_are_known(
    named: str, words: tuple[str, ...], surely: bool
) -> None:
    controller = find(named)
    shield = next(one for one in controller.profile.reads if one.optional_flag == "--enable-shield=false")
    assert controller.surely_makes(shield, Arguments(words)) is surely


def test_a_call_of_some_releases_is_sure_only_where_the_release_is_known() -> None:
    subnets = [one for one in find("vpc-cni").profile.reads if one.action == "ec2:DescribeSubnets"]
    assert [find("vpc-cni@1.22.1").surely_makes(one, Arguments()) for one in subnets] == [True, True]
    assert [find("vpc-cni").surely_makes(one, Arguments()) for one in subnets] == [False, False]
    old, new = (find(f"vpc-cni@{version}").of(subnets) for version in ("1.22.0", "1.22.1"))
    assert ([one.essential for one in old], [one.essential for one in new]) == ([False], [True])


@pytest.mark.parametrize("value", ["false", "False", "0", "f", "F"])
def test_a_flag_is_off_in_every_way_that_go_takes_for_false(value: str) -> None:
    assert Arguments((f"--enable-shield={value}",)).say("--enable-shield=false")
    assert not Arguments((f"--enable-shield={value}",)).say("--enable-shield=true")
