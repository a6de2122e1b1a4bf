"""The project: settings, urls, the Celery application and the commands that need several apps."""

from bcstudy.celery import app as celery_app

__all__ = ["celery_app"]
