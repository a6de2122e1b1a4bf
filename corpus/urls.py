"""Addresses of the app."""

from django.urls import re_path

from corpus import views

app_name = "corpus"
urlpatterns = [
    re_path(r"^(?P<sha256>[0-9a-f]{64})\.wav$", views.served, name="served"),
]
