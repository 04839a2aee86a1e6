"""The first documents of a process, read by several threads at once."""

import subprocess
import sys

READ = """
import sys, threading
sys.setswitchinterval(1e-6)
from kvit.paper.document import parse
text = '{"blocks": [{"type": "text", "content": "x"}, {"type": "frame", "blocks": []}, {"type": "cut"}]}'
barrier = threading.Barrier(8)
threads = [threading.Thread(target=lambda: (barrier.wait(), parse(text))) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


def test_the_first_documents_may_be_read_by_many_threads() -> None:
    """A type looked through by two threads at once was a segmentation fault, three times of four."""
    for _ in range(3):
        assert subprocess.run([sys.executable, "-c", READ], check=False, timeout=60).returncode == 0
