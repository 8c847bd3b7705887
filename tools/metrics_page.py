"""The generated page about metrics: from the families to Markdown."""

from collections.abc import Iterator

from probe.serve.state import BUCKETS
from probe.tell.metrics import FAMILIES, PREFIX
from probe.tell.metrics.family import Family, Kind
from tools.pages import generated_from

BUCKET_SERIES = len(BUCKETS) + 1
"""Series of one histogram that are buckets; its sum and its count are two more."""
PROCESS_SERIES = 7
"""What the client library tells of the process."""

_INTRODUCTION = """\
`probe serve` answers at `/metrics`, in the text format of Prometheus or in OpenMetrics 1.0.0, whichever the scraper
accepts. Times are unix times, durations are seconds. Names and labels are a contract: some may be added, none is
renamed.

No pod, namespace or node is among the labels. Prometheus knows them, and
[podmonitor.yaml](../k8s/monitoring/podmonitor.yaml) has it add `namespace`, `pod`, `node` and `node_group`. No secret
is ever in a label, and an ARN or an account only where it is well formed.

Before the first whole walk has ended `success` is 0 and `standing` is `unknown`. Counters and findings are there from
the start with 0, so that `increase()` sees the first event. Beside these families there are those of the process
(`process_resident_memory_bytes` and others of `prometheus_client`)."""
_HOW_MANY = """
# How many series

One pod can never have more than {all}. The largest part are the {buckets} buckets of `{histogram}`
({each} for each step that goes over the network), and no pod has all of them: a step counts once it has been made, and
few pods have more than two sources. Without the buckets there are at most {rest}. In a large fleet leave them out when
scraping (podmonitor.yaml shows how) and keep the recording rules of [k8s/monitoring](../k8s/monitoring), which fold
pods into one series for each node group and cause."""


def metrics_page() -> str:
    """Return the page about metrics."""
    return "\n".join(_lines()) + "\n"


def most_series(family: Family) -> int:
    """Return how many series of a family one pod can have."""
    return family.most * (BUCKET_SERIES + 2 if family.kind is Kind.HISTOGRAM else 1)


def _lines() -> Iterator[str]:
    yield from [generated_from("probe/tell/metrics/families"), "", "# Metrics", ""]
    yield _INTRODUCTION
    yield from ["", "| metric | type | what |", "|---|---|---|"]
    for family in FAMILIES:
        name = PREFIX + family.name
        yield f"| [`{name}`](#{name}) | {family.kind} | {family.help} |"
    for family in FAMILIES:
        yield from _section(family)
    yield _how_many()


def _section(family: Family) -> Iterator[str]:
    unit = f", {family.unit}" if family.unit else ""
    many = "" if most_series(family) == 1 else f", at most {most_series(family)} series"
    yield from ["", f"## `{PREFIX}{family.name}`", "", family.help, ""]
    yield f"{family.kind.capitalize()}{unit}; {'always there' if family.present == 'always' else family.present}{many}."
    if family.labels:
        yield from ["", "| label | values |", "|---|---|"]
        yield from (f"| `{label}` | {values} |" for label, values in family.labels.items())
    yield from ["", family.question, "", "```promql", family.example, "```"]


def _how_many() -> str:
    all_series = sum(map(most_series, FAMILIES)) + PROCESS_SERIES
    histogram = next(family for family in FAMILIES if family.kind is Kind.HISTOGRAM)
    buckets = histogram.most * BUCKET_SERIES
    return _HOW_MANY.format(
        all=all_series,
        buckets=buckets,
        histogram=PREFIX + histogram.name,
        each=BUCKET_SERIES,
        rest=all_series - buckets,
    )
