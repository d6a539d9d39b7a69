#!/usr/bin/env python3
"""Makes every write to the paging file fail from one on, under a running guest: its handler must see
STATUS_IN_PAGE_ERROR, everything that is paged out must stay readable, and things must go on when writing works again.

usage: paging_file_lost.py PAGEWALK GUEST_FOLDER
"""
import os
import re
import subprocess
import sys
import tempfile

import shim

# While a flag file is there, all writes but the first WRITES fail.
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

static int writes;

#define WRITE(name)                                                                  \
  ssize_t name(int file, const struct iovec* parts, int count, off_t offset) {       \
    ssize_t (*next)(int, const struct iovec*, int, off_t) = dlsym(RTLD_NEXT, #name); \
    if (++writes > atoi(getenv("WRITES")) && access(getenv("FAIL"), F_OK) == 0) {    \
      errno = EIO;                                                                   \
      return -1;                                                                     \
    }                                                                                \
    return next(file, parts, count, offset);                                         \
  }
WRITE(pwritev)
WRITE(pwritev64)
"""
REFUSED = re.compile(r"refused after (\d+) pages: status 0xc000009c; 0 lost, 0 records were wrong\n")


def start(pagewalk, options, program, arguments, folder, writes):
    flag = os.path.join(folder, "fail")
    with open(flag, "w", encoding="utf-8"):
        pass
    return flag, subprocess.Popen(
        [pagewalk, "run", *options, "--pagefile", "32M", program, *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=shim.environment(folder, SHIM, FAIL=flag, WRITES=str(writes)))


def check_handled(pagewalk, program, options, writes, mended):
    with tempfile.TemporaryDirectory() as folder:
        flag, guest = start(pagewalk, options, program, [], folder, writes)
        line = guest.stdout.readline()
        if mended:
            os.remove(flag)
        output, errors = guest.communicate("\n", timeout=300)
        where = (options, writes, mended, guest.returncode, line, output, errors)
        refused = REFUSED.fullmatch(line)
        assert refused and int(refused[1]) > 8 * writes, where
        assert guest.returncode == 0, where
        pages, lost = map(int, re.fullmatch(r"(\d+) pages, (\d+) lost\n", output).groups())
        assert lost == 0 and (pages == 2048 if mended else int(refused[1]) <= pages < 2048), where


def check_unhandled(pagewalk, program):
    with tempfile.TemporaryDirectory() as folder:
        _, guest = start(pagewalk, ["--ram", "2M"], program, ["die"], folder, 20)
        _, errors = guest.communicate("\n", timeout=300)
        assert guest.returncode == 126, (guest.returncode, errors)
        assert "STATUS_IN_PAGE_ERROR" in errors, errors
        assert "the paging file cannot be written (STATUS_DEVICE_DATA_ERROR)" in errors, errors
        assert "could not be read" not in errors, errors


def main():
    pagewalk, guests = sys.argv[1], sys.argv[2]
    program = os.path.join(guests, "paging_file_lost.exe")
    for writes in (0, 1, 4, 19, 49, 90):
        for mended in (False, True):
            check_handled(pagewalk, program, ["--ram", "2M", "--verify"], writes, mended)
    check_handled(pagewalk, program, ["--ram", "1M"], 30, True)
    check_handled(pagewalk, program, ["--ram", "4M"], 5, True)
    check_unhandled(pagewalk, program)


main()
