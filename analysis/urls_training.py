"""Addresses of the researcher's pages about training."""

from django.urls import path

from analysis.views import training

app_name = "training"
urlpatterns = [
    path("", training.run_list, name="runs"),
    path("<int:pk>/", training.run, name="run"),
    path("<int:pk>/now/", training.now, name="now"),
    path("<int:pk>/cancel/", training.cancel, name="cancel"),
    path("<int:pk>/resume/", training.resume, name="resume"),
]
