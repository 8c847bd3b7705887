"""What the kernel knows of a connection (TCP_INFO, Linux): whether what was sent has arrived."""

import contextlib
import socket
import struct
import time

import httpcore

WAY_BACK_SECONDS = 0.1
"""How long the end of a conversation may go unacknowledged; Linux delays one by 40 ms, if at all."""
_INFO = struct.Struct("=B7x24I")
"""linux/tcp.h `struct tcp_info`: `tcpi_state`, seven more bytes, and its oldest 24 numbers."""
_UNACKED, _LAST_DATA_SENT, _LAST_DATA_RECEIVED, _TOTAL_RETRANSMITS = 5, 10, 12, 24
"""Places in that structure; the two times are milliseconds ago."""
_OPEN, _END_NOT_ACKNOWLEDGED = 1, 4
"""net/tcp_states.h: TCP_ESTABLISHED, and TCP_FIN_WAIT1, which the acknowledgement of our end leads out of."""
_PAUSE = 0.005
_COARSE_MS = 10.0
"""The kernel's own times come in ticks of up to 10 ms."""


def request_acknowledged(stream: httpcore.NetworkStream) -> bool | None:
    """Whether the peer's kernel has acknowledged all that was sent; None where it cannot be told."""
    read = _read(stream)
    return None if read is None else read[_UNACKED] == 0


def answered_after_ms(stream: httpcore.NetworkStream, since_sent_ms: float) -> float | None:
    """Return how long the answer took as the kernel saw it, however late this process got to read it.

    None where it cannot be told, and where anything had to be sent again. `since_sent_ms` is this process' own count
    since the request: a kernel that tells less than that does not fill in the field.
    """
    read = _read(stream)
    if read is None or read[_TOTAL_RETRANSMITS] or read[_LAST_DATA_SENT] < since_sent_ms - _COARSE_MS:
        return None
    return float(max(read[_LAST_DATA_SENT] - read[_LAST_DATA_RECEIVED], 0))


def end_acknowledged(stream: httpcore.NetworkStream) -> bool | None:
    """End our half of the conversation, and tell whether the peer's kernel acknowledges that; None if unknown.

    An answer that was dropped for its size or its hop limit leaves the same silence. But the size spares the bare
    acknowledgement, and a hop limit that holds for the whole connection does not.
    """
    sock, before = stream.get_extra_info("socket"), _read(stream)
    if before is None or before[0] != _OPEN:
        return None
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
    end = time.monotonic() + WAY_BACK_SECONDS
    while (read := _read(stream)) is not None and read[0] in {_OPEN, _END_NOT_ACKNOWLEDGED}:
        if time.monotonic() >= end:
            return False
        time.sleep(_PAUSE)
    return None if read is None else True


def _read(stream: httpcore.NetworkStream) -> tuple[int, ...] | None:
    """Return the structure's fields, the connection's state first."""
    sock = stream.get_extra_info("socket")
    if not isinstance(sock, socket.socket) or not hasattr(socket, "TCP_INFO"):
        return None
    try:
        return _INFO.unpack_from(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO.size))
    except (OSError, struct.error):
        return None
