from __future__ import annotations

import subprocess
import sys

CODE = """
import os, sys
from engine.render.quiet import without_llvm_notice
try:
    with without_llvm_notice():
        os.write(2, b"jitc_llvm_init(): LLVM API initialization failed ..\\n")
        os.write(2, b"from C\\n")
        print("from Python", file=sys.stderr)
        raise ValueError("kept")
except ValueError as error:
    print(error, file=sys.stderr)
"""


def test_only_the_notice_is_dropped_and_errors_go_on() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines() == ["from C", "from Python", "kept"]
