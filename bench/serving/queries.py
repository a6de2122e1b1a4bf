"""How many statements an answer with its next page takes, counted in a process on the database just served."""

from bench.serving.study import PAGES, SLUG
from tests.running_site import Site

# Runs under Django; prints the statements of each submission.
_COUNT = f"""
import re
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
client = Client(SERVER_NAME="127.0.0.1", headers={{"accept-language": "en"}})
page = client.get("/s/{SLUG}/", follow=True).content.decode()
sha256 = re.search(r'name="sha256" value="(\\w*)"', page)[1]
client.post("/s/{SLUG}/consent/", {{"decision": "agree", "language": "en", "sha256": sha256}})
client.post("/s/{SLUG}/steps/instructions/", {{"attempt": 0}})
from annotations.models import StudyVersion
from annotations.queries.trial_page import audio_of, trial_of
version = StudyVersion.objects.get()
for trial in list(version.trials.all())[::2]:
    trial_of(version, trial.pk), audio_of(version, trial.pk)
def counted(do):
    with CaptureQueriesContext(connection) as seen:
        reply = do()
    assert reply.status_code == 200, reply.content
    other = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")
    return reply.content.decode(), sum(not (query["sql"] or "").startswith(other) for query in seen)
page = client.get("/s/{SLUG}/trial/").content.decode()
counts = []
for at in range({PAGES} - 1):
    body = {{
        "assignment": re.search(r'"assignment": "(\\w+)"', page)[1],
        "idempotency_key": re.search(r'"idempotency_key": "([\\w-]+)"', page)[1],
        "answers": {{"suitability": [1, 2, 3], "similar": 0}}, "rt_ms": 4321.5, "plays": [1, 1, 1], "context_plays": 1,
    }}
    reply, count = counted(
        lambda: client.post(
            "/api/s/{SLUG}/answers/", json.dumps(body), "application/json", headers={{"x-with-page": "1"}}
        )
    )
    page = json.loads(reply)["page"]["main"]
    counts.append(count)
print(json.dumps(counts))
"""


def count_queries(site: Site) -> tuple[int, int]:
    """Return the statements of one answer with the page that follows, at least and at most, but for transactions.

    Least where the process has shown the trial before, as it has half of them; most where it has not. The first
    submission is not among them: with it, what is remembered of a version is asked for.
    """
    counts = site.python(_COUNT)[1:]
    return min(counts), max(counts)
