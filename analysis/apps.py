"""Configuration of the app."""

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """Analysis; listens to what the apps below it have finished."""

    name = "analysis"
    verbose_name = "Analysis"

    def ready(self) -> None:
        """Queue predictions whenever an embedding run has finished or trials were planned."""
        from analysis import receivers
        from annotations.signals import version_planned
        from modeling.signals import run_finished

        run_finished.connect(receivers.predict_finished_run, dispatch_uid="analysis.predict_finished_run")
        version_planned.connect(receivers.predict_planned_version, dispatch_uid="analysis.predict_planned_version")
