#!/usr/bin/env python3
"""Makes reads of the paging file fail under a running guest: it must see STATUS_IN_PAGE_ERROR for what is lost, keep the rest,
and be able to go on; unhandled, the report must say what happened.

usage: in_page_error.py PAGEWALK GUEST_FOLDER
"""
import os
import subprocess
import sys
import tempfile

import shim

# Once a flag file is there, reads fail that would bring back what the program filled: pages that are zero but for
# one byte. Everything else stays readable.
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

enum { kPage = 4096, kByte = 17 };

static int holds_what_was_filled(const char* page) {
  if (page[kByte] == 0) return 0;
  for (int i = 0; i < kPage; ++i)
    if (page[i] != 0 && i != kByte) return 0;
  return 1;
}

static int is_lost(const struct iovec* parts, int count) {
  for (int i = 0; i < count; ++i)
    if (parts[i].iov_len == kPage && holds_what_was_filled(parts[i].iov_base))
      return access(getenv("FAIL_READS"), F_OK) == 0;
  return 0;
}

#define READ(name)                                                                            \
  ssize_t name(int file, const struct iovec* parts, int count, off_t offset) {                \
    ssize_t (*next)(int, const struct iovec*, int, off_t) = dlsym(RTLD_NEXT, #name);          \
    ssize_t got = next(file, parts, count, offset);                                           \
    if (got <= 0 || !is_lost(parts, count)) return got;                                       \
    errno = EIO;                                                                              \
    return -1;                                                                                \
  }
READ(preadv)
READ(preadv64)
"""


def run(pagewalk, program, arguments):
    with tempfile.TemporaryDirectory() as folder:
        flag = os.path.join(folder, "fail")
        guest = subprocess.Popen(
            [pagewalk, "run", "--ram", "2M", "--pagefile", "16M", program, *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=shim.environment(folder, SHIM, FAIL_READS=flag))
        assert guest.stdout.readline() == "filled\n"
        with open(flag, "w", encoding="utf-8"):
            pass
        output, errors = guest.communicate("\n", timeout=120)
        return guest.returncode, output, errors


def main():
    pagewalk, guests = sys.argv[1], sys.argv[2]
    program = os.path.join(guests, "in_page_error.exe")

    code, output, errors = run(pagewalk, program, [])
    assert code == 0, (code, output, errors)
    assert "some pages were lost, 0 records were wrong, the rest is intact" in output, output
    assert "first error: status 0xc000009c" in output, output

    code, output, errors = run(pagewalk, program, ["die"])
    assert code == 126, (code, output, errors)
    assert "STATUS_IN_PAGE_ERROR" in errors and "STATUS_DEVICE_DATA_ERROR" in errors, errors


main()
