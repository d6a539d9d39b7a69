#!/usr/bin/env python3
"""What ends Pagewalk by abort(), as a fatal error of the translator does, ends with a line and the exit code for it.

usage: ends_with_a_report.py PAGEWALK GUEST_FOLDER
"""
import os
import signal
import subprocess
import sys


def main():
    pagewalk, guests = sys.argv[1], sys.argv[2]
    running = subprocess.Popen([pagewalk, "debug", os.path.join(guests, "hello.exe")], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    running.stdin.write(".echo it runs\n")
    running.stdin.flush()
    while "it runs" not in (line := running.stdout.readline()):
        assert line, "it ended too early"
    running.send_signal(signal.SIGABRT)
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 125, running.returncode
    assert "pagewalk: ended by a mistake of its own" in errors, errors


main()
