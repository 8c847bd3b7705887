import pytest

from probe.sdks.versions import Release, by_range, covers


def test_a_change_that_makes_no_difference_here_leaves_one_range() -> None:
    assert by_range(("1.2.0", "1.10.0"), lambda _: "same") == (("all", "same"),)


def test_ranges_are_ordered_as_versions_and_not_as_text() -> None:
    told = by_range(("1.10.0", "1.2.0"), lambda release: release.first)
    assert told == (("<1.2.0", None), (">=1.2.0,<1.10.0", "1.2.0"), (">=1.10.0", "1.10.0"))


def test_neighbours_that_behave_alike_become_one_range() -> None:
    told = by_range(("1.2.0", "1.10.0"), lambda release: release.since("1.10.0"))
    assert told == (("<1.10.0", False), (">=1.10.0", True))


def test_behaviour_that_comes_back_is_told_twice() -> None:
    told = by_range(("1.0.0", "2.0.0"), lambda release: release.first == "1.0.0")
    assert [versions for versions, _ in told] == ["<1.0.0", ">=1.0.0,<2.0.0", ">=2.0.0"]


def test_a_release_has_what_came_with_it_and_before() -> None:
    release = Release(first="1.47.11")
    assert (release.since("1.47.11"), release.since("1.47.2"), release.since("1.48.0")) == (True, True, False)


def test_the_releases_before_every_change_have_none_of_them() -> None:
    assert not Release(first=None).since("0.0.1")


@pytest.mark.parametrize(
    ("versions", "version", "inside"),
    [
        ("all", "0.1", True),
        ("<1.47.11", "1.47.10", True),
        ("<1.47.11", "1.47.11", False),
        (">=1.32.0,<1.34.41", "1.34.40", True),
        (">=1.32.0,<1.34.41", "1.34.41", False),
        (">=1.32.0,<1.34.41", "1.4.0", False),
        (">=1.25.0", "v1.32.31", True),
    ],
)
def test_a_version_lies_in_a_range_by_its_numbers(versions: str, version: str, *, inside: bool) -> None:
    assert covers(versions, version) is inside
