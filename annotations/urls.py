"""Addresses of the app."""

from django.urls import path

from annotations.api import listener
from annotations.api.answers import AnswersView
from annotations.views import framed, pages, steps, trial, withdrawing

app_name = "annotations"
urlpatterns = [
    path("s/<slug:slug>/", pages.arrive, name="arrive"),
    path("s/<slug:slug>/frame/", framed.entry, name="frame"),
    path("s/<slug:slug>/consent/", pages.consent, name="consent"),
    path("s/<slug:slug>/steps/", steps.go_on, name="steps"),
    path("s/<slug:slug>/steps/<slug:name>/", steps.step, name="step"),
    path("s/<slug:slug>/trial/", trial.trial, name="trial"),
    path("s/<slug:slug>/done/", pages.done, name="done"),
    path("s/<slug:slug>/declined/", pages.declined, name="declined"),
    path("s/<slug:slug>/ended/", pages.ended, name="ended"),
    path("s/<slug:slug>/withdraw/", withdrawing.withdraw, name="withdraw"),
    path("api/s/<slug:slug>/session/", listener.session, name="session"),
    path("api/s/<slug:slug>/ahead/", listener.ahead, name="ahead"),
    path("api/s/<slug:slug>/answers/", AnswersView.as_view(), name="answers"),
]
