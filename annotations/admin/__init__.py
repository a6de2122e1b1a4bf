"""Admin pages: everything can be looked at; what is evidence, or comes from a study file, cannot be edited."""

from annotations.admin import answers, erasures, participants, steps, studies, trials

__all__ = ["answers", "erasures", "participants", "steps", "studies", "trials"]
