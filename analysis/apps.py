"""Configuration of the app."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """Analysis; listens to what the apps below it have finished."""

    name = "analysis"
    verbose_name = "Analysis"

    def ready(self) -> None:
        """Queue predictions when a run has finished or trials were planned, and priorities as people answer.

        Whoever is erased is forgotten here too.
        """
        from django.db.models.signals import post_save

        from analysis import receivers
        from annotations.signals import response_recorded, version_planned
        from modeling.signals import run_finished

        post_save.connect(
            receivers.forget_listener, sender="annotations.Erasure", dispatch_uid="analysis.forget_listener"
        )
        run_finished.connect(receivers.predict_finished_run, dispatch_uid="analysis.predict_finished_run")
        response_recorded.connect(receivers.prioritise_next, dispatch_uid="analysis.prioritise_next")
        version_planned.connect(receivers.predict_planned_version, dispatch_uid="analysis.predict_planned_version")
