"""The fixture that other tests stand on, and the web server's answer to it."""

import urllib.request

import pytest

from tests.running_site import Site


@pytest.mark.worker
def test_a_site_serves_and_its_worker_takes_tasks(site: Site) -> None:
    site.start_worker()
    url = site.start_web()
    with urllib.request.urlopen(url + "/healthz") as answer:
        assert answer.read() == b"ok"
    assert site.python("from django.conf import settings; print(json.dumps(str(settings.BCSTUDY_HOME)))") == str(
        site.home
    )
