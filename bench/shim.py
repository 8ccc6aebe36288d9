"""Runs a command and writes what it took to a file: `python -I -S shim.py FILE COMMAND…`.

A process of its own, with no import that weighs: Linux counts what a parent had resident when it
forked as its child's, so that a heavy parent would hide how little a light child takes.
"""

import json
import os
import subprocess
import sys
import time

begin = time.perf_counter()
process = subprocess.Popen(sys.argv[2:])
_, status, usage = os.wait4(process.pid, 0)
taken = {
    "code": os.waitstatus_to_exitcode(status),
    "seconds": round(time.perf_counter() - begin, 2),
    "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
    "peak_mib": round(usage.ru_maxrss / 1024),
}
with open(sys.argv[1], "w") as file:
    json.dump(taken, file)
