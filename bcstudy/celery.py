"""The Celery application. Tasks live in each app's `tasks.py`; a task's arguments are primitives."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bcstudy.settings")

app = Celery("bcstudy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
