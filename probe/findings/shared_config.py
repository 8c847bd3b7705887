"""Shared config and credentials files: a profile that is missing, broken or in the way."""

from collections.abc import Iterator
from dataclasses import replace

from probe.evidence import FileFacts, FileProblem, FileState, Outcome, SelectedProfile
from probe.findings.case import CERTAIN, LIKELY, Case, found
from probe.findings.catalogue.entry import Severity
from probe.findings.profile_shadow import shadow
from probe.findings.shell import quoted
from probe.findings.words import runs_as
from probe.report import Finding, Remedy, Tool
from probe.shared_configuration import BLOCKED

FILES, PROFILE = "shared-config.files", "shared-config.profile"
_VARIABLES = {"config": "AWS_CONFIG_FILE", "credentials": "AWS_SHARED_CREDENTIALS_FILE"}


def missing(case: Case) -> Iterator[Finding]:
    """A variable names a profile that no file has."""
    profile = case.profile
    if profile is None or profile.kind != "missing" or profile.named_by is None:
        return
    stops = ("go-v2", "botocore") if profile.named_by == "AWS_PROFILE" else ("botocore",)
    refusing = "Go v2 and botocore refuse" if len(stops) == 2 else "botocore refuses"
    yield found(
        "profile-missing",
        certainty=LIKELY if _is_broken(case) else CERTAIN,
        step=PROFILE,
        summary=f"{profile.named_by} names the profile {profile.name!r}, which no file has: {refusing} to start.",
        evidence=[
            *_states(case),
            "this stops them even where web identity or Pod Identity is fine; the others go on without the profile",
        ],
        becomes_certain_with="The broken file, mended: the profile may stand in it, or behind the line that cannot be "
        "read.",
        remedies=[
            Remedy(
                text=f"If the pod is meant to use a role: take {profile.named_by} out of the pod spec, and restart.",
                command=f"kubectl -n {quoted(case.namespace)} set env deployment DEPLOYMENT {profile.named_by}-",
                tool=Tool.KUBECTL,
                privileged=True,
            ),
            Remedy(
                text="If the profile is meant: mount its file, and head it `[profile NAME]` in the config file or "
                "`[NAME]` in the credentials file."
            ),
        ],
        sdks=stops,
    )


def _is_broken(case: Case) -> bool:
    """Whether a file could not be read, or not to its end: the profile may stand there."""
    files = case.shared_files
    if files is None:
        return False
    unread = any(file.state not in {FileState.READ, FileState.MISSING} for file in (files.config, files.credentials))
    return unread or any(problem.breaks_botocore for problem in files.problems)


def _states(case: Case) -> Iterator[str]:
    if case.shared_files is not None:
        for file in (case.shared_files.config, case.shared_files.credentials):
            yield f"{file.path}: {file.state.replace('-', ' ')}"


def unreadable(case: Case) -> Iterator[Finding]:
    """A file is there and cannot be read, or a variable names one that is not there."""
    if case.shared_files is None:
        return
    for kind, file, named_by in _both(case):
        if file.state in BLOCKED:
            yield _unreadable(case, file, f"The {kind} file {file.path} {_WHY.get(file.state, 'cannot be read')}.")
        elif file.state is FileState.MISSING and named_by is not None:
            summary = f"{named_by} names {file.path}, which does not exist."
            yield replace(_unreadable(case, file, summary), severity=Severity.WARNING)


_WHY = {
    FileState.UNREADABLE: "cannot be opened by this process",
    FileState.DIRECTORY: "is a directory",
    FileState.NOT_REGULAR: "is a pipe, socket or device",
    FileState.LINK_LOOP: "is a link that leads back to itself",
}


def _both(case: Case) -> Iterator[tuple[str, FileFacts, str | None]]:
    files = case.shared_files
    if files is not None:
        yield "config", files.config, files.config_named_by
        yield "credentials", files.credentials, files.credentials_named_by


def _unreadable(case: Case, file: FileFacts, summary: str) -> Finding:
    lines = [f"{file.path}: {file.error_name or file.state}"]
    if file.mode is not None:
        lines.append(f"mode {file.mode}, owner {file.owner}, group {file.group}")
    lines.append(f"this process: {runs_as(case.given.process)}")
    return found(
        "profile-unreadable",
        certainty=CERTAIN,
        step=FILES,
        summary=summary,
        evidence=lines,
        remedies=[
            Remedy(text="If the pod is meant to use a role: remove the mount and the variables that name the file."),
            Remedy(
                text="Otherwise let the process' group read the volume: fsGroup for the pod, a defaultMode of 0440.",
                command=f"kubectl -n {quoted(case.namespace)} patch deployment DEPLOYMENT "
                '-p \'{"spec":{"template":{"spec":{"securityContext":{"fsGroup":65532}}}}}\'',
                tool=Tool.KUBECTL,
                privileged=True,
            ),
        ],
    )


def malformed(case: Case) -> Iterator[Finding]:
    """Lines that a parser stumbles over; some make botocore refuse the whole file."""
    problems = case.shared_files.problems if case.shared_files else ()
    breaking = [problem for problem in problems if problem.breaks_botocore]
    if breaking:
        yield _malformed(breaking, f"botocore refuses the whole file: {breaking[0].sentence}")
    elif problems:
        finding = _malformed(list(problems), problems[0].sentence)
        yield replace(finding, severity=Severity.WARNING)


def _malformed(problems: list[FileProblem], sentence: str) -> Finding:
    worst = problems[0]
    where = f"{worst.path}, line {worst.line}" if worst.line else worst.path
    lines = [f"{problem.path}:{problem.line}: {problem.sentence}" for problem in problems[:10]]
    more = [f"and {len(problems) - 10} more lines"] if len(problems) > 10 else []
    return found(
        "profile-malformed",
        certainty=CERTAIN,
        step=FILES,
        summary=f"{where}: {sentence}",
        evidence=[*lines, *more, "lines are not shown: they may hold a key"],
        remedies=[
            Remedy(
                text="Mend the line: sections are `[NAME]` (in the config file `[profile NAME]`), else `key = value`."
            ),
            Remedy(text="If the pod is meant to use a role: remove the mount."),
        ],
        sdks=("botocore",) if worst.breaks_botocore else (),
    )


def incomplete(case: Case) -> Iterator[Finding]:
    """The profile in use is there and cannot give credentials as it stands."""
    profile = case.profile
    sentences = (*profile.problems, *profile.key_problems) if profile else ()
    if profile is None or not sentences:
        return
    finding = _incomplete(profile, sentences)
    works = case.evidence.outcome(PROFILE) in {Outcome.OK, Outcome.WARN}
    # The keys can be used, and one SDK alone stumbles: what it reads apart the others read together.
    yield replace(finding, severity=Severity.WARNING, sdks=("botocore",)) if works else finding


def _incomplete(profile: SelectedProfile, sentences: tuple[str, ...]) -> Finding:
    return found(
        "profile-incomplete",
        certainty=CERTAIN,
        step=PROFILE,
        summary=f"The profile {profile.name!r} cannot give credentials as it stands: {sentences[0]}",
        evidence=[*sentences, f"it is used because {profile.named_by or 'no variable names another'}"],
        remedies=[
            Remedy(
                text="Complete it: role_arn needs source_profile, credential_source or web_identity_token_file; "
                "keys need both halves in one file."
            ),
            Remedy(text="In a pod that has a role a profile is rarely needed: remove the variable and the mount."),
        ],
    )


RULES = (missing, unreadable, malformed, incomplete, shadow)
