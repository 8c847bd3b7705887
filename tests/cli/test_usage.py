"""Mistakes on the command line: 64, and one clear line."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["explian"], "there is no command 'explian'; did you mean explain?"),
        (["xyzzy"], "there is no command 'xyzzy' (see probe --help)"),
        (["x\x1b[2J\n"], "there is no command 'x'"),
        (["run", "--formt", "json"], "unrecognized arguments: --formt"),
        (["run", "--form", "json"], "unrecognized arguments: --form json"),
        (["run", "--format", "yaml"], "invalid choice: 'yaml'"),
        (["run", "--expect", "irsa"], "invalid choice: 'irsa'"),
        (["run", "--deadline", "0"], "'0' is not a number of seconds from 1 to 300"),
        (["run", "--deadline", "301"], "'301' is not a number of seconds"),
        (["run", "--deadline", "nan"], "'nan' is not a number of seconds"),
        (["run", "--deadline", "soon"], "'soon' is not a number of seconds"),
        (["run", "--wait", "-1"], "--wait"),
        (["run", "--expect-role", "arn:aws:iam:111122223333:role/x"], "--expect-role"),
        (["run", "--expect-role", " arn:aws:iam::111122223333:role/x"], "white space around the role ARN"),
        (["run", "--expect", "none", "--expect-role", "arn:aws:iam::111122223333:role/x"], "contradict each other"),
        (["run", "--sdk", "cobol"], "'cobol' is not known; known are botocore"),
        (["run", "--sdk", "go-v1@newest"], "'newest' is not a version, as in go-v1@"),
        (["run", "--sdk", "go-v1@"], "'' is not a version"),
        (["run", "--controller", "karpentr"], "no controller 'karpentr' is known; did you mean karpenter"),
        (["run", "--controller", "zzz"], "no controller 'zzz' is known; known are aws-load-balancer-controller, "),
        (["run", "--controller", "\x1b[2J"], "no controller"),
        (["run", "--controller", "karpenter@latest"], "'latest' is not a version such as 2.9.0"),
        (["run", "--controller", "karpenter@"], "'' is not a version such as 2.9.0"),
        (["run", "--controller-argument=--x=y"], "--controller-argument is of no use without --controller"),
        (["run", "--controller-argument=" + "x" * 600], "not one line of at most 512 characters"),
        (["run", "--external-id", "x"], "--external-id is of no use without --assume"),
        (["run", "--assume", "role/x"], "--assume"),
        (["run", "--kubernetes", "on"], "--kubernetes: invalid choice: 'on'"),
        (["serve", "--controller", "karpentr"], "no controller 'karpentr' is known; did you mean karpenter"),
        (["explain", "--controller", "lcb"], "no controller 'lcb' is known; did you mean lbc"),
        (["explain", "--controller", "lbc@x"], "'x' is not a version such as 2.9.0"),
        (["run", "--skip", "imds.token"], "--skip: invalid choice: 'imds.token'"),
        (["explain", "imds-hop-limt"], "no finding has the code 'imds-hop-limt'; did you mean imds-hop-limit"),
        (["explain", "--log", "/nowhere"], "/nowhere cannot be read: No such file or directory"),
        (["explain", "imds-hop-limit", "--exit-codes"], "not allowed with argument"),
        (["diagnose"], "the following arguments are required: REPORT.json"),
        (["diagnose", "/nowhere"], "/nowhere cannot be read: No such file or directory"),
        (["diagnose", "/"], "/ cannot be read: Is a directory"),
        (["lab", "run"], "name a scenario, or give --all"),
        (["lab", "show", "imds-hop-limot"], "there is no scenario 'imds-hop-limot'; did you mean "),
        (["lab", "run", "--all", "--jobs", "0"], "--jobs"),
    ],
)
def test_a_mistake_is_told_in_one_line(probe: Run, arguments: list[str], complaint: str) -> None:
    ran = probe(*arguments)
    assert (ran.exit_code, ran.stdout) == (64, "")
    assert complaint in ran.stderr
    assert ran.stderr.startswith("probe: ")
    assert ran.stderr.removesuffix("\n").isprintable()


def test_a_partition_that_the_probe_does_not_know_is_let_through(probe: Run) -> None:
    assert probe("run", "--expect-role", "arn:aws-new:iam::111122223333:role/x").exit_code != 64


def test_exit_zero_does_not_hide_a_mistake(probe: Run) -> None:
    assert probe("run", "--exit-zero", "--format", "yaml").exit_code == 64


def test_a_file_that_is_no_report_is_a_mistake(probe: Run, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("{}")
    ran = probe("diagnose", str(path))
    assert ran.exit_code == 64
    assert "report.json cannot be judged: it has no `schema` 1" in ran.stderr


def test_help_is_no_mistake(probe: Run) -> None:
    for arguments in (["--help"], ["-h"], ["run", "--help"], ["explain", "-h"], ["lab", "--help"], ["diagnose", "-h"]):
        ran = probe(*arguments)
        assert (ran.exit_code, ran.stderr) == (0, ""), arguments
        assert "probe" in ran.stdout


def test_the_version_is_told(probe: Run) -> None:
    assert probe("--version").stdout.startswith("probe ")


def test_options_may_stand_between_the_words_of_a_lab_command(probe: Run) -> None:
    assert (
        probe("lab", "show", "--format", "short", "irsa-healthy").stdout == probe("lab", "show", "irsa-healthy").stdout
    )
