"""`manage.py start`: the whole system in one command, until Ctrl-C."""

import os
import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command

from bcstudy.startup import checks, first, site
from bcstudy.startup.supervisor import Supervisor
from corpus.commands import DomainCommand


class Command(DomainCommand):
    """Start database, Redis, web server and worker; Ctrl-C stops them."""

    help = "Start everything: database, Redis, web server, worker. The first start also makes the demo study."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--address", default=os.environ.get("BCSTUDY_BIND", "127.0.0.1"))
        parser.add_argument("--no-demo", action="store_true", help="Do not make the demo study.")

    def run(self, **options: Any) -> None:
        address, port, home = options["address"], options["port"], settings.BCSTUDY_HOME
        lock = checks.hold_home(home)
        checks.check_room(home)
        supervisor = Supervisor(home / "processes.json", self._say)
        supervisor.end_leftovers()
        checks.check_port(address, port)
        _end_signals(signal.default_int_handler)
        try:
            self._start(supervisor, address=address, port=port, demo=not options["no_demo"])
            supervisor.watch()
        except KeyboardInterrupt:
            self._say("Stopping.")
        finally:
            _end_signals(signal.SIG_IGN)  # a second Ctrl-C must not leave a process behind
            supervisor.stop_all()
            lock.close()
        self._say("Stopped.")

    def _start(self, supervisor: Supervisor, *, address: str, port: int, demo: bool) -> None:
        home = settings.BCSTUDY_HOME
        call_command("migrate", verbosity=0)
        password = first.researcher_password(home)
        site.start_redis(supervisor)  # first: what is loaded queues work
        if demo and first.demo_is_missing():
            self._say("Making the demo study (at the first start only, about half a minute).")
            first.make_demo_study(home / "demo")
        site.start_web(supervisor, address=address, port=port)
        if site.can_compute():
            site.start_worker(supervisor)
        else:
            self._say("No worker: this installation has no models (make worker installs them).")
        if demo:
            first.request_demo_runs()
        self._announce(f"http://{address}:{port}", password)

    def _announce(self, url: str, password: str | None) -> None:
        login = f"name {first.RESEARCHER}, password {password or 'as you changed it'}"
        self._say(f"\n  Participant   {url}/s/{first.DEMO}/\n  Researcher    {url}/researcher/   {login}")
        self._say("  Stop          Ctrl-C\n")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _end_signals(handler: Any) -> None:
    """Treat an ended terminal and a polite kill like Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, handler)
