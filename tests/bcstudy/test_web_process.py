"""What a web process loads when it starts: a server without the models must still serve a study."""

import json
import subprocess
import sys

import pytest
from django.test import Client

from tests.running_site import ROOT, Site, environment

HEAVY = {"torch", "torchaudio", "transformers", "librosa", "numba", "matplotlib", "pyarrow", "pandas", "statsmodels"}
# Half a second of loading for a page that nobody but programmers asks for.
HEAVY |= {"drf_spectacular.plumbing"}


def loaded_modules(home: str, code: str = "") -> set[str]:
    program = (
        "import json, sys; from bcstudy.wsgi import application; from django.urls import get_resolver;"
        f"get_resolver().url_patterns; {code}\nprint(json.dumps(sorted(sys.modules)))"
    )
    env = environment(home)  # type: ignore[arg-type]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_no_model_library_is_loaded(tmp_path: object) -> None:
    modules = loaded_modules(str(tmp_path))
    assert not HEAVY & modules
    assert not {name for name in modules if name.startswith("modeling.ml")}


def test_the_check_would_notice(tmp_path: object) -> None:
    assert "matplotlib" in loaded_modules(str(tmp_path), "import matplotlib")


@pytest.mark.django_db
def test_the_schema_describes_answers(client: Client) -> None:
    schema = client.get("/api/schema/", headers={"Accept": "application/json"}).json()
    answers = schema["paths"]["/api/s/{slug}/answers/"]["post"]
    assert set(answers["responses"]) == {"200", "400", "403", "404", "409"}
    assert {"listener": []} in answers["security"]


@pytest.mark.worker
def test_every_address_answers_without_the_models(site: Site) -> None:
    """With torch hidden, as on a web server's own installation, pages and commands still work."""
    blocker = site.home / "hidden" / "torch"
    blocker.mkdir(parents=True)
    (blocker / "__init__.py").write_text("raise ModuleNotFoundError('No module named torch', name='torch')\n")
    site.env["PYTHONPATH"] = str(site.home / "hidden")
    url = site.start_web()
    found = site.python(
        "import urllib.request, urllib.error\n"
        "def status(path):\n"
        "    try:\n"
        f"        return urllib.request.urlopen({url!r} + path).status\n"
        "    except urllib.error.HTTPError as error:\n"
        "        return error.code\n"
        "print(json.dumps({p: status(p) for p in ['/healthz', '/s/none/', '/admin/login/', '/researcher/']}))"
    )
    assert found == {"/healthz": 200, "/s/none/": 404, "/admin/login/": 200, "/researcher/": 200}
