"""Whether a pod affinity term speaks of the workload's own pods."""

from collections.abc import Mapping

from probe.manifests.part import Part
from probe.manifests.workload import Workload


def selects(term: Part, labels: Mapping[str, str], workload: Workload) -> bool:
    """Whether a term selects pods with these labels in the workload's own namespace. In doubt it does."""
    if not term.has("labelSelector") or not _holds_namespace(term, workload):
        return False
    keys = term.value("matchLabelKeys")
    if isinstance(keys, list) and any(key in workload.labels and key not in labels for key in keys):
        return False
    selector = term.part("labelSelector")
    pairs = selector.texts("matchLabels").items()
    expressions = selector.parts("matchExpressions")
    return all(labels.get(key) == value for key, value in pairs) and all(_holds(one, labels) for one in expressions)


def _holds_namespace(term: Part, workload: Workload) -> bool:
    names = term.value("namespaces")
    if not names or term.has("namespaceSelector"):
        return True
    return workload.namespace is None or (isinstance(names, list) and workload.namespace in names)


def _holds(expression: Part, labels: Mapping[str, str]) -> bool:
    key, operator, values = expression.text("key") or "", expression.text("operator"), expression.value("values")
    among = isinstance(values, list) and labels.get(key) in values
    return {
        "In": among,
        "NotIn": not among,
        "Exists": key in labels,
        "DoesNotExist": key not in labels,
    }.get(operator or "", True)
