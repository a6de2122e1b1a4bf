"""How the web server runs: threads in few processes, since pages wait for the database, not for the CPU."""

import multiprocessing
import os

bind = f"{os.environ.get('BCSTUDY_BIND', '127.0.0.1')}:{os.environ.get('BCSTUDY_PORT', '8000')}"
workers = int(os.environ.get("BCSTUDY_WEB_WORKERS", min(4, multiprocessing.cpu_count())))
worker_class = "gthread"
threads = int(os.environ.get("BCSTUDY_WEB_THREADS", "8"))
timeout = 60
graceful_timeout = 10
keepalive = 30
preload_app = False
accesslog = None
control_socket_disable = True
