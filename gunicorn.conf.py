"""How gunicorn serves Prep: sized for a 512 MB dyno, told otherwise by the environment."""

import os
from pathlib import Path

_host = "127.0.0.1" if os.environ.get("PREP_DEVELOPMENT") == "1" else "0.0.0.0"  # noqa: S104 - the router decides who gets here
bind = f"{_host}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("PREP_WEB_THREADS", "4"))
# Under the router's 30 s, so that a slow request fails here, with a log line, and not there.
timeout = 25
graceful_timeout = 25
keepalive = 5
# Loaded once, before the processes part: they share what they do not change, and one that is replaced is there at once
# instead of taking processor time from the other to import everything again.
preload_app = True
# A full house asks each process 5,000 times a minute; a new one has to read the bank again.
max_requests = 50_000
max_requests_jitter = 5_000
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - heartbeats, not data
loglevel = "warning"
