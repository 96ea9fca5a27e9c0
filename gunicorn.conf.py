"""The web server, the same under `make run` and in the container: gunicorn reads this file where it is started.

A request works more than it waits, and of a process's threads one works at a time: so there are processes, one for each
processor, without threads. With threads, whoever holds SQLite's one write lock waits for the others to leave it the
processor, and everybody else waits for the lock (`make load`: four threads, four times as long). Slow clients are the
proxy's affair.
"""

import os

worker_class = "gthread"  # keeps idle connections open without a thread for each
workers = int(os.environ.get("WEB_CONCURRENCY") or max(2, os.cpu_count() or 2))
threads = 1
# Loaded once and then forked: who takes an ended worker's place serves at once, and shared memory is there once.
preload_app = True
max_requests = 20_000
max_requests_jitter = 5_000
control_socket_disable = True
