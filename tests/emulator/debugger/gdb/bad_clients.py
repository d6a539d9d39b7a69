#!/usr/bin/env python3
"""`pagewalk debug --gdb` under clients that are none, or that go without a word: what they sent has changed nothing,
and the next client finds the guest as they left it.

Usage: bad_clients.py PAGEWALK GUEST
"""
import contextlib
import os
import re
import socket
import subprocess
import sys

from debuggee import GUEST, PAGEWALK, PROGRAM, SECONDS, check, serving, symbol


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
}


@contextlib.contextmanager
def connected(place):
    host, port = place.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=SECONDS) as client:
        yield client


def answered(client):
    """The next packet's data."""
    text = b""
    while not re.search(rb"\$[^#]*#..", text):
        received = client.recv(1 << 16)
        if not received:
            raise OSError("it hung up")
        text += received
    return re.search(rb"\$([^#]*)#..", text)[1]


def seen(client):
    """Registers, code and data; which client it is that asks makes no difference."""
    answers = []
    for question in ("g", "m401000,400", f"m{symbol('counter'):x},4"):
        client.sendall(framed(question))
        answers.append(answered(client))
    return answers


def without_acknowledgements(client):
    client.sendall(b"+" + framed("QStartNoAckMode"))
    answered(client)
    client.sendall(b"+")


def untouched():
    """What the first client of a guest sees, and how such a session ends."""
    with serving("spin") as (_, place), connected(place) as client:
        without_acknowledgements(client)
        return seen(client)


def bad_client(name, data, program="spin", stopped=b"T05", as_seen=None):
    """It goes; the next one finds the guest as it was, or halted on its way, and ends it."""
    with serving(program) as (process, place):
        with connected(place) as client, contextlib.suppress(OSError):
            client.sendall(data)
            client.settimeout(0.3)
            client.recv(1 << 16)
        said = process.stderr.readline()
        wanted = f"the client has gone, the guest stands still: listening on {place}\n"
        if said != wanted:
            return check(f"a client {name}", f"pagewalk says {said!r}")
        with connected(place) as successor:
            without_acknowledgements(successor)
            successor.sendall(framed("?"))
            why = None if (stop := answered(successor)).startswith(stopped) else f"the guest stands as {stop}"
            if as_seen and seen(successor) != as_seen:
                why = "the guest has changed"
            successor.sendall(framed("k"))
        try:
            process.wait(SECONDS)  # its input stays open
            output, errors = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return check(f"a client {name}", "pagewalk does not end")
        if not why and (process.returncode, output, errors) != (0, "", ""):
            why = f"{process.returncode}: {output}{errors}"
        return check(f"a client {name}", why)


def untouched_by_garbage():
    """Registers and memory before and after packets that must change nothing."""
    garbage = [b"$M401000,1:cc#00", framed("M401000,2:cc"), framed("X401000,4:ab"), framed("G00"), framed("P08=1"),
               framed("M401000,1:c"), b"$P0=ffffffff#12", framed("m,"), framed("Z0,"), framed("vKill;ffff")]
    with serving("spin") as (_, place), connected(place) as client:
        without_acknowledgements(client)
        before = seen(client)
        for packet in garbage:
            client.sendall(packet)
            if not packet.endswith((b"#00", b"#12")):
                answered(client)
        after = seen(client)
    return check("garbage changes nothing", None if before == after and before[0][:1] != b"E" else f"{before}\n{after}")


def on_standard_input():
    """There is no next client: the guest ends when its client has gone."""
    done = subprocess.run([PAGEWALK, "debug", "--gdb", "-", PROGRAM, "spin"], input=b"+" + framed("?") + b"$vCont;c",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=SECONDS, check=False)
    good = done.returncode == 0 and b"T05" in done.stdout and done.stderr == b""
    return check("a client on standard input that goes", None if good else str(done))


def released_process():
    """One of two processes is let go of (packet D;PID), then the last client ends the session: the one runs to its end."""
    hello = os.path.join(GUEST, "hello.exe")
    with serving("spin", "--and", hello) as (process, place):
        with connected(place) as client:
            without_acknowledgements(client)

            def ask(packet):
                client.sendall(framed(packet))
                return answered(client).decode()

            ask("qSupported:multiprocess+")
            processes = sorted(set(re.findall(r"p([0-9a-f]+)\.", ask("qfThreadInfo"))), key=lambda number: int(number, 16))
            released = ask(f"D;{processes[-1]}")
            client.sendall(framed("k"))
        try:
            output, errors = process.communicate(timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return check("a process that was let go of", "pagewalk does not end")
    plain = subprocess.run([PAGEWALK, "run", hello], capture_output=True, text=True, timeout=SECONDS, check=True).stdout
    good = len(processes) == 2 and released == "OK" and plain != "" and output == plain
    return check("a process that was let go of", None if good else f"{processes} {released} {output!r} {errors!r}")


def main():
    good = untouched_by_garbage() & on_standard_input() & released_process()
    as_seen = untouched()
    for name, data in BAD_CLIENTS.items():
        good &= bad_client(name, data, as_seen=as_seen)
    good &= bad_client("that lets it run and goes", framed("vCont;c"), stopped=b"T02")
    good &= bad_client("that goes while the guest waits for input", framed("vCont;c"), "read", b"T02")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
