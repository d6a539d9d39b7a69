"""A library that comes between a program and the host's calls, so that they can be made to fail."""
import os
import subprocess


def environment(folder, source, **settings):
    """The environment of a process with `source`, in C, in front of libc; the library lies in `folder`."""
    library = os.path.join(folder, "shim.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-x", "c", "-", "-o", library, "-ldl"], input=source, text=True, check=True)
    return {**os.environ, "TMPDIR": folder, "LD_PRELOAD": library, "ASAN_OPTIONS": "verify_asan_link_order=0", **settings}
