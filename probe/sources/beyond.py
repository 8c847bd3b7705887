"""What a walk does besides the chain, and when: imported only where there is something to do."""

from collections.abc import Sequence

from probe.evidence import Beyond, Wanted
from probe.surroundings import Surroundings
from probe.walk import SourceWalker


def beside(surroundings: Surroundings, *, kubernetes: bool) -> Sequence[tuple[str, SourceWalker]]:
    """Return what runs at the same time as the chain: reads of Kubernetes, where the process is in a pod at all."""
    if not kubernetes or not surroundings.get("KUBERNETES_SERVICE_HOST"):
        return ()
    from probe.sources.kubernetes import walk_kubernetes  # noqa: PLC0415 - see above

    return ((Beyond.KUBERNETES, walk_kubernetes),)


def after(wanted: Wanted) -> Sequence[SourceWalker]:
    """Return what runs when the chain has ended, with its keys: what was asked for with --controller or --checks."""
    if not wanted.asks_more:
        return ()
    from probe.sources.needs import walk_needs  # noqa: PLC0415 - see above

    return (walk_needs,)
