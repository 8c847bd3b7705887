"""Log lines: from what an SDK or a controller printed to the finding behind it.

The texts are data, one file per speaker in `probe.loglines.texts`.
"""

from probe.loglines.match import LogMatch, foremost

__all__ = ["LogMatch", "foremost", "read_log"]


def read_log(text: str) -> tuple[LogMatch, ...]:
    """Return what is known of a log, in the order of its lines; an empty tuple where nothing is.

    Reads the first 4 MiB, 20,000 lines and 8 KiB of each line, and gives at most 50 matches. Repetitions that differ
    in nothing but request ids, times and ports count once.
    """
    from probe.loglines import reader  # noqa: PLC0415 - two hundred texts that only this call needs

    return reader.read_log(text)
