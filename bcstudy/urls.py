"""Every address of the site. Each app lists its own."""

from django.contrib import admin
from django.urls import include, path

from bcstudy import views

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("admin/", admin.site.urls),
    path("api/schema/", views.schema, name="schema"),
    path("audio/", include("corpus.urls")),
    path("", include("annotations.urls")),
    path("researcher/", include("analysis.urls")),
    path("training/", include("analysis.urls_training")),
]
