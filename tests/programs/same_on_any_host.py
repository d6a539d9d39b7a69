#!/usr/bin/env python3
"""What a guest computes does not depend on whether the host's libm finds FMA and AVX2 in its processor.

usage: same_on_any_host.py PAGEWALK GUEST_FOLDER
"""
import os
import subprocess
import sys

LINES = 400  # of math_bits, each a digest of a hundred arguments
# The GNU C library's manual, "Hardware Capability Tunables"; older versions name AVX2 as the third does.
WITHOUT = "glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX2_Usable,-FMA_Usable,-FMA4_Usable"


def output(pagewalk, program, **settings):
    done = subprocess.run([pagewalk, "run", "--pagefile", "0", program], env={**os.environ, **settings},
                          capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done
    return done.stdout.splitlines()


def main():
    pagewalk, guests = sys.argv[1], sys.argv[2]
    program = os.path.join(guests, "math_bits.exe")
    with_fma, without = output(pagewalk, program), output(pagewalk, program, GLIBC_TUNABLES=WITHOUT)
    assert len(with_fma) == LINES, len(with_fma)
    for one, other in zip(with_fma, without, strict=True):
        assert one == other, f"with and without FMA:\n{one}\n{other}"


main()
