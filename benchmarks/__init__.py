"""What was measured, and the commands that measure it."""

import os

# Small matrices: a second linear-algebra thread costs more than it gives, here and in a worker.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
