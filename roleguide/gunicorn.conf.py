"""How gunicorn serves the guide; HOST, PORT and WEB_CONCURRENCY come from the environment."""

import os
import shutil
import tempfile
from pathlib import Path

import environ

# The same variables that the settings read, from the same file.
environ.Env.read_env(Path(__file__).resolve().parent.parent / ".env")

# Each worker has a page cache of its own, so more of them is not simply better.
MOST_WORKERS = 8
CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def worker_count(cpus: int, quota_file: Path = CPU_QUOTA) -> int:
    """Return one worker for each CPU that this process may use, a container's quota counted."""
    try:
        quota, period = quota_file.read_text().split()
    except OSError:
        quota, period = "max", "1"
    if quota != "max":
        cpus = min(cpus, -(-int(quota) // int(period)))
    return max(1, min(cpus, MOST_WORKERS))


bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
wsgi_app = "roleguide.wsgi:application"
workers = int(os.environ.get("WEB_CONCURRENCY") or worker_count(len(os.sched_getaffinity(0))))
# gthread, but for requests that arrive slowly: those hold no thread.
worker_class = "roleguide.worker.PatientWorker"
threads = 16
timeout = 30
# A worker that is replaced or stopped first ends what it has begun.
graceful_timeout = 20
# Longer than nginx's sixty seconds, so that it never sends a request down a closed connection.
keepalive = 65
# Against slow leaks; a new worker starts with an empty page cache, so not too often.
max_requests = 200_000
max_requests_jitter = 50_000
preload_app = True
# By default gunicorn trusts a SCRIPT_NAME header from this machine, which moves every address.
forwarder_headers = ""
# Nothing here uses the control socket, and a read-only file system has no place for it.
control_socket_disable = True
# A worker proves that it lives by touching a file: in memory, where that never waits for a disk.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
logger_class = "roleguide.server_log.ServerLogger"
accesslog = os.environ.get("ACCESS_LOG")

if os.environ.get("METRICS_TOKEN"):
    # Each worker writes its counts into a file of its own here; the one that is asked adds up.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = counts = tempfile.mkdtemp(prefix="guide-metrics-")

    def on_exit(server):
        shutil.rmtree(counts, ignore_errors=True)
