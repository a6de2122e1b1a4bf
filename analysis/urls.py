"""Addresses of the researcher's pages."""

from django.urls import path

from analysis import api
from analysis.views import listeners
from analysis.views import studies as views

app_name = "analysis"
urlpatterns = [
    path("", views.study_list, name="studies"),
    path("<slug:slug>/", views.study, name="study"),
    path("<slug:slug>/state/", api.StudyState.as_view(), name="state"),
    path("<slug:slug>/runs/", views.runs, name="runs"),
    path("<slug:slug>/embed/", views.embed, name="embed"),
    path("<slug:slug>/agreement/", views.agreement, name="agreement"),
    path("<slug:slug>/refresh/", views.refresh, name="refresh"),
    path("<slug:slug>/listeners/", listeners.listeners, name="listeners"),
    path("<slug:slug>/agreement.svg", views.picture, name="picture"),
    path("<slug:slug>/files/<str:name>", views.download, name="download"),
]
