import os
import subprocess
import sys
from pathlib import Path

import pytest

from probe.evidence import FileState
from probe.shared_configuration import SharedConfiguration, read_shared_configuration
from probe.surroundings import Files, Surroundings

STATIC = """[default]
aws_access_key_id = AKIAEXAMPLE000001234
aws_secret_access_key = exampleSecretValue/0123456789abcdefghijk
region = eu-central-1
"""


def read(root: Path, **environment: str) -> SharedConfiguration:
    return read_shared_configuration(
        Surroundings(environment={"HOME": "/home/app", **environment}, files=Files(root=str(root)))
    )


def write(root: Path, path: str, text: str) -> None:
    where = root / path.lstrip("/")
    where.parent.mkdir(parents=True, exist_ok=True)
    where.write_text(text)


def test_a_pod_without_files_selects_nothing(tmp_path: Path) -> None:
    shared = read(tmp_path)

    assert shared.selected is None
    assert shared.keys() is None
    assert shared.setting("region") is None
    assert (shared.files.config.state, shared.files.credentials.state) == (FileState.MISSING, FileState.MISSING)


def test_a_pod_without_files_does_not_pay_for_the_parser() -> None:
    program = (
        "import sys\n"
        "from probe.shared_configuration import read_shared_configuration\n"
        "from probe.surroundings import Files, Surroundings\n"
        "read_shared_configuration(Surroundings(environment={}, files=Files(root='/nonexistent')))\n"
        "sys.exit('probe.parse.profiles' in sys.modules)\n"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_default_profile_of_the_credentials_file_gives_its_keys(tmp_path: Path) -> None:
    write(tmp_path, "/home/app/.aws/credentials", STATIC)

    shared = read(tmp_path)
    keys = shared.keys()

    assert shared.selected is not None
    assert (shared.selected.name, shared.selected.named_by, shared.selected.kind) == ("default", None, "static")
    assert shared.selected.access_key_hint == "…1234"
    assert keys is not None
    assert keys.secret_access_key.reveal() == "exampleSecretValue/0123456789abcdefghijk"
    assert shared.setting("region") == "eu-central-1"


def test_on_a_setting_in_both_files_the_credentials_file_wins(tmp_path: Path) -> None:
    write(tmp_path, "/home/app/.aws/config", "[default]\nregion = us-east-1\nrole_session_name = from-config\n")
    write(tmp_path, "/home/app/.aws/credentials", STATIC)

    shared = read(tmp_path)

    assert shared.setting("region") == "eu-central-1"
    assert shared.setting("role_session_name") == "from-config"


def test_a_secret_is_no_setting_and_is_in_no_repr(tmp_path: Path) -> None:
    write(tmp_path, "/home/app/.aws/credentials", STATIC)

    shared = read(tmp_path)

    assert shared.setting("aws_secret_access_key") is None
    assert "exampleSecretValue" not in f"{shared!r} {shared.keys()!r}"
    assert "AKIAEXAMPLE" not in f"{shared!r} {shared.keys()!r}"


def test_aws_profile_goes_before_aws_default_profile(tmp_path: Path) -> None:
    write(tmp_path, "/home/app/.aws/config", "[profile one]\nregion = eu-west-1\n[profile two]\nregion = eu-west-2\n")

    first = read(tmp_path, AWS_PROFILE="one", AWS_DEFAULT_PROFILE="two")
    second = read(tmp_path, AWS_DEFAULT_PROFILE="two")

    assert (first.setting("region"), second.setting("region")) == ("eu-west-1", "eu-west-2")
    assert second.selected is not None
    assert second.selected.named_by == "AWS_DEFAULT_PROFILE"


def test_a_named_profile_that_no_file_has_is_missing(tmp_path: Path) -> None:
    shared = read(tmp_path, AWS_PROFILE="prod")

    assert shared.selected is not None
    assert (shared.selected.name, shared.selected.kind) == ("prod", "missing")


def test_a_file_without_a_default_profile_selects_nothing(tmp_path: Path) -> None:
    write(tmp_path, "/home/app/.aws/config", "[profile other]\nregion = eu-west-1\n")

    assert read(tmp_path).selected is None


def test_variables_name_the_files(tmp_path: Path) -> None:
    write(tmp_path, "/secrets/cloud", STATIC)

    shared = read(tmp_path, AWS_SHARED_CREDENTIALS_FILE="/secrets/cloud", AWS_CONFIG_FILE="/secrets/nowhere")

    assert shared.files.credentials.path == "/secrets/cloud"
    assert shared.files.credentials_named_by == "AWS_SHARED_CREDENTIALS_FILE"
    assert shared.files.config.state is FileState.MISSING
    assert shared.keys() is not None


def test_a_tilde_in_a_variable_is_the_home_directory(tmp_path: Path) -> None:
    write(tmp_path, "/home/app/keys", STATIC)

    assert read(tmp_path, AWS_SHARED_CREDENTIALS_FILE="~/keys").keys() is not None


def test_the_null_device_means_no_file_and_is_not_opened(tmp_path: Path) -> None:
    shared = read(tmp_path, AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null")

    assert shared.files.config.state is FileState.READ
    assert shared.selected is None


def test_a_directory_in_the_place_of_the_file_leaves_the_profile_unknown(tmp_path: Path) -> None:
    (tmp_path / "home/app/.aws/credentials").mkdir(parents=True)

    shared = read(tmp_path)

    assert shared.files.credentials.state is FileState.DIRECTORY
    assert shared.selected is not None
    assert shared.selected.kind == "unknown"


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "home/app/.aws").mkdir(parents=True)
    os.mkfifo(tmp_path / "home/app/.aws/config")

    assert read(tmp_path).files.config.state is FileState.NOT_REGULAR


def test_a_broken_line_is_told_with_its_number_and_without_its_text(tmp_path: Path) -> None:
    write(tmp_path, "/home/app/.aws/credentials", "[default]\naws_access_key_id AKIAEXAMPLE000001234\n")

    problems = read(tmp_path).files.problems

    assert [(problem.line, problem.breaks_botocore) for problem in problems] == [(2, True)]
    assert "AKIA" not in problems[0].sentence


def test_a_secret_that_stands_where_a_key_name_belongs_is_not_evidence(tmp_path: Path) -> None:
    write(tmp_path, "/home/app/.aws/credentials", "[default]\nexamplesecretvalue0123456789 = 1\nregion = eu-west-1\n")

    files = read(tmp_path).files

    assert files.profiles[0].keys == ("region",)
    assert "examplesecretvalue" not in repr(files)


def test_a_password_in_an_endpoint_is_not_evidence(tmp_path: Path) -> None:
    write(tmp_path, "/home/app/.aws/config", "[default]\nendpoint_url = https://user:hunter22@s3.example.com/x\n")

    assert read(tmp_path).files.profiles[0].settings["endpoint_url"] == "https://***@s3.example.com"


def test_half_a_key_pair_gives_no_keys(tmp_path: Path) -> None:
    write(tmp_path, "/home/app/.aws/credentials", "[default]\naws_access_key_id = AKIAEXAMPLE000001234\n")

    shared = read(tmp_path)

    assert shared.keys() is None
    assert shared.selected is not None
    assert shared.selected.kind == "partial-keys"
    assert any("aws_secret_access_key" in sentence for sentence in shared.selected.problems)


@pytest.mark.parametrize("value", ["<your-secret>", "'exampleSecretValue/0123456789abcdefghijk'"])
def test_values_that_cannot_be_keys_are_told_by_their_name_in_the_file(tmp_path: Path, value: str) -> None:
    write(
        tmp_path,
        "/home/app/.aws/credentials",
        f"[default]\naws_access_key_id = AKIAEXAMPLE000001234\naws_secret_access_key = {value}\n",
    )

    selected = read(tmp_path).selected

    assert selected is not None
    assert len(selected.key_problems) == 1
    assert selected.key_problems[0].startswith("aws_secret_access_key ")
    assert value not in selected.key_problems[0]


def test_a_secret_that_was_put_in_the_place_of_the_key_id_gives_no_hint(tmp_path: Path) -> None:
    write(
        tmp_path,
        "/home/app/.aws/credentials",
        "[default]\naws_access_key_id = exampleSecretValue/0123456789abcdefghijk\n"
        "aws_secret_access_key = AKIAEXAMPLE000001234\n",
    )

    selected = read(tmp_path).selected

    assert selected is not None
    assert selected.access_key_hint == "…"
