"""A network of the step's own, with nobody in it but what answers at the door.

As root the child makes the namespace itself, before it becomes the step's user, and hands the listening socket out.
Otherwise bubblewrap makes the namespace, and enter.py in it hands the socket out.
"""

import array
import ctypes
import fcntl
import os
import socket
import struct

CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1
# The descriptor that leads out while the namespace is made; far from those that a program expects.
HAND_OUT = 200


def make_hand_over(spec):
    """(ours, the step's) ends of the way on which a listening socket comes out; (None, None) without a door."""
    if not spec["door"]:
        return None, None
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)


def prepare_network(spec, outside):
    """In the child, still with all its privileges. Raises OSError."""
    if not spec["makesNetwork"]:
        if outside is not None:
            os.dup2(outside.fileno(), HAND_OUT, inheritable=True)
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "no network of its own: " + os.strerror(ctypes.get_errno()))
    raise_loopback()
    if outside is not None:
        hand_out(spec["door"]["port"], outside)


def raise_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def hand_out(port, outside):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
        outside.sendmsg([b"+"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener.fileno()]))])


def take_listener(inside):
    """The listening socket once it is there; None before, and for ever where the step ended without it."""
    try:
        data, parts, _, _ = inside.recvmsg(1, socket.CMSG_SPACE(4), socket.MSG_DONTWAIT)
    except BlockingIOError:
        return None
    for level, kind, payload in parts if data else []:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            return socket.socket(fileno=array.array("i", payload)[0])
    raise EOFError
