"""Wall-clock time and peak memory of whole processes."""

import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ONE_RUN = Path(__file__).with_name("one_run.py")


class FailedError(Exception):
    """A program did not do what it is measured for."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A command line, what it is given, and the exit code that says that it did its work."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    standard_input: str = field(default="", repr=False)
    exit_code: int = 0


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One run."""

    seconds: float
    peak_mebibytes: float
    output: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A median and the quartiles around it."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Sum up at least two values."""
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(low=low, median=median, high=high)


def run(program: Program) -> Sample:
    """Run a program once, from start to exit; raises FailedError when it ends with another exit code than it should."""
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="ascii") as told:
        child = subprocess.Popen(
            [sys.executable, "-I", "-S", str(ONE_RUN), str(writing), *program.command],
            env=dict(program.environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            pass_fds=(writing,),
        )
        os.close(writing)
        output, _ = child.communicate(program.standard_input)
        took, kibibytes, exit_code = told.read().split()
    if int(exit_code) != program.exit_code:
        raise FailedError(f"{program.name} ended with {exit_code} in place of {program.exit_code}:\n{output}")
    return Sample(seconds=float(took), peak_mebibytes=int(kibibytes) / 1024, output=output)


def interleaved(programs: Sequence[Program], rounds: int) -> dict[str, list[Sample]]:
    """Run all programs in every round, so that a slow moment of the machine meets all of them. The first is dropped."""
    samples: dict[str, list[Sample]] = {program.name: [] for program in programs}
    for number in range(rounds + 1):
        for program in programs:
            sample = run(program)
            if number:
                samples[program.name].append(sample)
    return samples


def seconds(samples: Sequence[Sample]) -> Spread:
    """Return the spread of the times."""
    return Spread.of([sample.seconds for sample in samples])


def ratio(samples: Sequence[Sample], others: Sequence[Sample]) -> Spread:
    """Return the spread of the ratios, each of one round."""
    pairs = zip(samples, others, strict=True)
    return Spread.of([sample.seconds / other.seconds for sample, other in pairs])
