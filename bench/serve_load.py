"""Scrapes at a fixed rate, in a process of its own: `python -m bench.serve_load HOST:PORT RATE SECONDS`.

Requests are sent when the clock says so, whether or not earlier ones were answered, and each is timed from the moment
at which it was due. A client that waits for one answer before it sends the next request would not see a stall: it
would just ask less often. Written without a client library, whose own time would be most of what is measured.
"""

import asyncio
import json
import sys
import time

CONNECTIONS = 4
REQUEST = (
    b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: text/plain;version=0.0.4\r\nAccept-Encoding: gzip\r\n\r\n"
)


async def _scrape(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(REQUEST)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(head.split(b"\r\n")[0].decode())
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.partition(b":")[2]))


async def _client(host: str, port: int, moments: list[float]) -> list[float]:
    """Scrape at these moments over one connection; return what each took, in seconds, from when it was due."""
    reader, writer = await asyncio.open_connection(host, port)
    took = []
    for moment in moments:
        await asyncio.sleep(max(moment - time.perf_counter(), 0.0))
        await _scrape(reader, writer)
        took.append(time.perf_counter() - moment)
    writer.close()
    return took


async def measure(host: str, port: int, rate: float, seconds: float) -> list[float]:
    """Return the time that each scrape took, in seconds."""
    begun = time.perf_counter() + 0.2
    moments = [begun + number / rate for number in range(int(rate * seconds))]
    clients = (_client(host, port, moments[one::CONNECTIONS]) for one in range(CONNECTIONS))
    return [took for each in await asyncio.gather(*clients) for took in each]


def main() -> int:
    """Print the times as JSON."""
    (host, _, port), rate, seconds = sys.argv[1].rpartition(":"), float(sys.argv[2]), float(sys.argv[3])
    print(json.dumps(asyncio.run(measure(host, int(port), rate, seconds))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
