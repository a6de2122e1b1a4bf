"""What the analysis does: keyword-only functions named with verbs, each one transaction."""

from analysis.services.predict import predict_version

__all__ = ["predict_version"]
