"""The shared config and credentials files: whether they can be read, which profile is in use, what it can give."""

from probe.credentials import Credentials
from probe.evidence import FileFacts, FileState, Outcome, SelectedProfile, SharedFiles
from probe.shared_configuration import BLOCKED
from probe.sources.identity import identify
from probe.walk import Done, Walk

_NOT_DONE = {
    "process": "credential_process is never executed by the probe",
    "sso": "the probe makes no use of SSO logins",
    "login": "the probe makes no use of console logins",
    "assume-role-source-profile": "the probe does not assume roles of profiles",
    "web-identity": "a profile with a web identity token is walked with web identity",
    "unknown": "the file is too large to be read to its end",
}
"""By `probe.parse.profile_kind.ProfileKind`, which is not imported: most pods have no file to parse."""
_LEADS_TO = {
    "Environment": "the keys in the environment",
    "Ec2InstanceMetadata": "IMDS",
    "EcsContainer": "the container credential endpoint",
}


def walk_shared_config(walk: Walk) -> None:
    """Walk the shared config steps."""
    files = walk.shared.files
    if _is_nowhere(files) and walk.shared.selected is None:
        walk.absent("shared-config.files", "shared-config.profile", "identity.shared-config", reason="no file")
        return
    outcome = Outcome.ABSENT if _is_nowhere(files) else _files_outcome(files)
    walk.step("shared-config.files", lambda: Done(outcome=outcome, facts=files))
    selected = walk.shared.selected
    if selected is None:
        walk.absent("shared-config.profile", "identity.shared-config", reason="no profile is named or default")
        return
    profile = walk.step("shared-config.profile", lambda: _profile(walk, selected))
    identify(walk, "shared-config", profile.value)


def _is_nowhere(files: SharedFiles) -> bool:
    named = files.config_named_by or files.credentials_named_by
    return not named and all(file.state is FileState.MISSING for file in (files.config, files.credentials))


def _files_outcome(files: SharedFiles) -> Outcome:
    states = {_file_outcome(files.config, files.config_named_by)}
    states.add(_file_outcome(files.credentials, files.credentials_named_by))
    if any(problem.breaks_botocore for problem in files.problems):
        states.add(Outcome.FAIL)
    elif files.problems:
        states.add(Outcome.WARN)
    return next(state for state in (Outcome.FAIL, Outcome.WARN, Outcome.OK) if state in states)


def _file_outcome(file: FileFacts, named_by: str | None) -> Outcome:
    if file.state is FileState.MISSING:
        return Outcome.WARN if named_by else Outcome.OK
    if file.state in BLOCKED:
        return Outcome.FAIL
    return Outcome.WARN if file.state is FileState.TOO_LARGE else Outcome.OK


def _profile(walk: Walk, selected: SelectedProfile) -> Done[Credentials]:
    keys = walk.shared.keys()
    if keys is not None:
        keys.remember(walk.redactor)
        if selected.key_problems:
            return Done(outcome=Outcome.FAIL, facts=selected, reason="these values cannot work, so they are not sent")
        return Done(outcome=Outcome.WARN if selected.problems else Outcome.OK, facts=selected, value=keys)
    kind = selected.kind
    if kind in {"missing", "partial-keys"} or selected.problems:
        return Done(outcome=Outcome.FAIL, facts=selected)
    if kind == "unknown" and _is_obstructed(walk.shared.files):
        return Done(outcome=Outcome.FAIL, facts=selected, reason="a file cannot be read or parsed")
    if kind == "empty":
        return Done(outcome=Outcome.ABSENT, facts=selected, reason="the profile sets no credentials")
    return Done(outcome=Outcome.SKIPPED, facts=selected, reason=_NOT_DONE.get(kind) or _credential_source(walk))


def _is_obstructed(files: SharedFiles) -> bool:
    states = {files.config.state, files.credentials.state}
    return not states.isdisjoint(BLOCKED) or any(problem.breaks_botocore for problem in files.problems)


def _credential_source(walk: Walk) -> str:
    where = _LEADS_TO.get(walk.shared.setting("credential_source") or "", "nowhere that SDKs know")
    return f"the probe does not assume roles of profiles; credential_source leads to {where}"
