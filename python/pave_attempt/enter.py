"""First program in a step's own network: opens the door to the tracking server, then becomes the step.

    python3 -I -S enter.py <descriptor> <port> <command…>

A socket belongs to the network that it was made in, whoever holds it later. So the listening one is made here, handed
out over <descriptor> to the supervisor, and closed: what answers on it is beyond the step's reach.
"""

import os
import sys

import _socket


def main(descriptor, port, command):
    try:
        hand_out(listen(int(port)), int(descriptor))
    except OSError as error:
        sys.stderr.write("error: the step's way to its tracking server could not be made: %s\n" % error.strerror)
        os._exit(126)
    try:
        os.execv(command[0], command)
    except OSError as error:
        sys.stderr.write("error: could not start `%s`: %s\n" % (" ".join(command)[:200], error.strerror))
        os._exit(127)


def listen(port):
    listener = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM | _socket.SOCK_CLOEXEC)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def hand_out(listener, descriptor):
    outside = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, fileno=descriptor)
    number = listener.fileno().to_bytes(4, sys.byteorder)
    outside.sendmsg([b"+"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, number)])
    outside.close()
    listener.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
