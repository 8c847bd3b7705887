"""What the kernel knows of a connection (TCP_INFO, Linux): whether what was sent has arrived."""

import contextlib
import socket
import struct
import time

import httpcore

WAY_BACK_SECONDS = 0.1
"""How long the end of a conversation may go unacknowledged; Linux delays one by 40 ms, if at all."""
_INFO = struct.Struct("=B7x4I I")
"""linux/tcp.h `struct tcp_info`: state, seven more bytes, rto, ato, snd_mss, rcv_mss, and `tcpi_unacked`."""
_INFO_BYTES = 104
_OPEN, _END_NOT_ACKNOWLEDGED = 1, 4
"""net/tcp_states.h: TCP_ESTABLISHED, and TCP_FIN_WAIT1, which the acknowledgement of our end leads out of."""
_PAUSE = 0.005


def request_acknowledged(stream: httpcore.NetworkStream) -> bool | None:
    """Whether the peer's kernel has acknowledged all that was sent; None where it cannot be told."""
    read = _read(stream)
    return None if read is None else read[1] == 0


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


def _read(stream: httpcore.NetworkStream) -> tuple[int, int] | None:
    """Return the connection's state and the number of packets that nobody has acknowledged yet."""
    sock = stream.get_extra_info("socket")
    if not isinstance(sock, socket.socket) or not hasattr(socket, "TCP_INFO"):
        return None
    try:
        fields = _INFO.unpack_from(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES))
    except (OSError, struct.error):
        return None
    return fields[0], fields[-1]
