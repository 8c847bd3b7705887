"""What the HTTP side may ask of the loop."""

from typing import Protocol

from probe.serve.state import State


class Sidecar(Protocol):
    """The loop, as it is seen by whoever shows it. Every method is cheap and may be called from any thread."""

    def state(self) -> State:
        """Return what is known now: a fresh snapshot whose `now` is set."""

    def is_alive(self) -> bool:
        """Whether the loop still turns. It says nothing about the verdict."""

    def walk_now(self) -> bool:
        """Ask for a whole walk as soon as one may be made; False when one is already asked for or under way."""
