"""The image's process: who it is, what it may do, how it starts and how it ends."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

import probe
from tests.image.container import Image

STATUS = "print(open('/proc/self/status').read())"
SERVER_OF_NOTHING = {"AWS_EC2_METADATA_DISABLED": "true"}
"""With it a run asks nobody."""


def closed(image: Image) -> Image:
    """Return the image in a pod where IMDS is switched off and nothing else is configured: nobody is asked."""
    config = image.configuration["config"]
    environment = [*config["Env"], *(f"{name}={value}" for name, value in SERVER_OF_NOTHING.items())]
    return Image(root=image.root, configuration={"config": {**config, "Env": environment}})


@pytest.fixture
def message(tmp_path: Path) -> Path:
    """Give a termination message as the kubelet makes it: a file that everybody may write, mounted by itself."""
    file = tmp_path / "termination-log"
    file.touch()
    file.chmod(0o666)
    return file


def test_the_entry_point_is_the_probe(image: Image) -> None:
    ran = image.run("--version")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"probe {probe.__version__}\n", "")


def test_it_is_confined_as_the_restricted_standard_asks(image: Image) -> None:
    status = dict(line.split(":\t", 1) for line in image.python(STATUS).stdout.splitlines() if ":\t" in line)
    assert status["Uid"].split() == ["65532"] * 4
    assert {status[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")


def test_it_cannot_write_anywhere_in_its_own_root(image: Image) -> None:
    code = "import os; print(*(where for where, _, _ in os.walk('/') if os.access(where, os.W_OK)), sep='\\n')"
    written = image.python("open('/home/nonroot/file', 'w')")
    assert [where for where in image.python(code).stdout.split() if not where.startswith("/proc/")] == []
    assert "Read-only file system" in written.stderr


@pytest.mark.parametrize("command", ["run", "explain", "diagnose", "lab", "serve", "manifest"])
def test_every_command_can_tell_its_usage(image: Image, command: str) -> None:
    ran = image.run(command, "--help")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("usage: probe")


def test_a_verdict_is_written_to_the_termination_message_though_the_root_is_read_only(
    image: Image, message: Path
) -> None:
    arguments = ("run", "--format", "json", "--termination-message", str(message))
    ran = closed(image).run(*arguments, shared=[message])
    report = json.loads(ran.stdout)
    assert ran.returncode == report["verdict"]["exit_code"] != 0
    assert json.loads(message.read_text())["code"] == report["verdict"]["code"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_process_1_ends_quietly_when_the_kubelet_says_so(image: Image, message: Path, number: signal.Signals) -> None:
    arguments = ("run", "--wait", "600", "--termination-message", str(message))
    with closed(image).command(arguments, shared=[message]) as command:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert child.stderr is not None
        assert child.stderr.readline().startswith("probe: not yet: ")
        os.kill(_process_1(child.pid), number)
        _, stderr = child.communicate(timeout=60)
    assert child.returncode == 128 + number
    assert "Traceback" not in stderr


def test_a_thread_can_be_ended_from_outside(image: Image) -> None:
    code = "import ctypes, threading; threading.Thread(target=lambda: ctypes.CDLL(None).pthread_exit(None)).start()"
    done = image.python(f"{code}; import os, time; time.sleep(0.5); os._exit(0)")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_lab_says_that_it_is_not_in_the_image(image: Image) -> None:
    ran = image.run("lab", "run", "irsa-healthy")
    assert (ran.returncode, ran.stdout) == (64, "")
    assert ran.stderr == "probe: the lab needs the package trustme: pip install 'aws-credential-probe[lab]'\n"


def test_names_are_looked_up_in_the_hosts_file_first(image: Image) -> None:
    assert image.python("print(open('/etc/nsswitch.conf').read())").stdout.count("hosts: files dns") == 1


def test_openssl_finds_the_certificate_authorities_of_debian(image: Image) -> None:
    code = "import ssl; print(len(ssl.create_default_context().get_ca_certs()) > 100)"
    assert image.python(code).stdout == "True\n"


def _process_1(parent: int) -> int:
    """Return the container's process 1, the child of the runtime, once it only waits: its threads have ended."""
    (child,) = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    for _ in range(600):
        status = Path(f"/proc/{child}/status").read_text()
        if "State:\tS" in status and "Threads:\t1\n" in status:
            return int(child)
        time.sleep(0.05)
    raise TimeoutError(f"process {child} never came to rest")
