"""A load in several processes leaves none of them behind, however it ends."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Who loads, with one process that has work for a minute.
LOADS = """
import multiprocessing, os, time
from concurrent.futures import ProcessPoolExecutor
from bench.synthetic.load import end_with_the_load
if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), end_with_the_load)
    print(pool.submit(os.getpid).result(), flush=True)
    pool.submit(time.sleep, 60).result()
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks for processes in /proc")
def test_a_process_of_a_load_that_was_killed_ends(tmp_path: Path) -> None:
    script = tmp_path / "loads.py"
    script.write_text(LOADS)
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)}
    ) as loads:
        assert loads.stdout is not None
        child = Path("/proc") / loads.stdout.readline().strip()
        assert child.is_dir()
        loads.send_signal(signal.SIGKILL)
    patience = time.monotonic() + 20
    while child.is_dir():
        assert time.monotonic() < patience, "it works on for nobody"
        time.sleep(0.05)
