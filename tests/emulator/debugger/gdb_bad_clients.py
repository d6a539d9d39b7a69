#!/usr/bin/env python3
"""`pagewalk debug --gdb` under clients that are none: the guest ends, with 0 and without a word, and what they sent
has changed nothing.

Usage: gdb_bad_clients.py PAGEWALK GUEST
"""
import contextlib
import re
import socket
import subprocess
import sys

from debuggee import SECONDS, check, serving, symbol


def framed(data):
    return f"${data}#{sum(data.encode()) % 256:02x}".encode()


BAD_CLIENTS = {
    "that says nothing": b"",
    "that goes in the middle of a packet": b"+$qSuppor",
    "that goes in the middle of a write": framed("?") + b"$M401000,4:00",
    "that goes in the middle of a checksum": b"+$g#6",
    "of another protocol": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "of random bytes": b"+" + bytes((i * 167 + 13) % 256 for i in range(60000)).replace(b"\x03", b""),
    "with wrong checksums": b"+$vCont;c#00$k#00$M401000,1:cc#00",
    "with packets that mean nothing": framed("Zz") + framed("vCont;x") + framed("Hgp9999.1") + framed("mffffffff,ffffffff"),
    "that lets it run and goes": framed("vCont;c"),
}


def bad_client(name, data, program="spin"):
    with serving(program) as (process, place):
        host, port = place.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=SECONDS) as client:
            with contextlib.suppress(OSError):
                client.sendall(data)
                client.settimeout(0.3)
                client.recv(1 << 16)
        try:
            process.wait(SECONDS)  # its input stays open
            output, errors = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return check(f"a client {name}", "pagewalk does not end")
        why = None if (process.returncode, output, errors) == (0, "", "") else f"{process.returncode}: {output}{errors}"
        return check(f"a client {name}", why)


def answered(client):
    """The next packet's data."""
    text = b""
    while not re.search(rb"\$[^#]*#..", text):
        text += client.recv(1 << 16)
    return re.search(rb"\$([^#]*)#..", text)[1]


def untouched_by_garbage():
    """Registers and memory before and after packets that must change nothing."""
    garbage = [b"$M401000,1:cc#00", framed("M401000,2:cc"), framed("X401000,4:ab"), framed("G00"), framed("P08=1"),
               framed("M401000,1:c"), b"$P0=ffffffff#12", framed("m,"), framed("Z0,"), framed("vKill;ffff")]
    with serving("spin") as (_, place):
        host, port = place.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=SECONDS) as client:
            client.sendall(b"+" + framed("QStartNoAckMode"))
            answered(client)
            client.sendall(b"+")

            def seen():
                answers = []
                for question in ("g", "m401000,400", f"m{symbol('counter'):x},4"):
                    client.sendall(framed(question))
                    answers.append(answered(client))
                return answers
            before = seen()
            for packet in garbage:
                client.sendall(packet)
                if not packet.endswith((b"#00", b"#12")):
                    answered(client)
            after = seen()
    return check("garbage changes nothing", None if before == after and before[0][:1] != b"E" else f"{before}\n{after}")


def main():
    good = untouched_by_garbage()
    for name, data in BAD_CLIENTS.items():
        good &= bad_client(name, data)
    good &= bad_client("that goes while the guest waits for input", framed("vCont;c"), "read")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
