"""Errors of the listening tasks that a user can mend."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from corpus.errors import DomainError


class StudyError(DomainError):
    """A study cannot do what was asked of it."""


class ListenerError(DomainError):
    """A participant cannot do this. `code` is a word that programs may rely on; the message is for the participant.

    Messages are in the language that is active where the error is raised.
    """

    code: str = "refused"


class UnknownStudyError(ListenerError):
    """There is no such study, or it has no version yet."""

    code = "unknown_study"

    def __init__(self, slug: str) -> None:
        super().__init__(_("There is no study “%(slug)s”. Check the link in your invitation.") % {"slug": slug})


class StudyNotOpenError(ListenerError):
    """The study takes no answers in its present state (draft, paused or closed); `code` is that state."""

    MESSAGES = {
        "draft": gettext_lazy("This study has not begun yet. Please come back later."),
        "paused": gettext_lazy("This study is paused. What you answered is kept; please come back later."),
        "closed": gettext_lazy("This study is closed and takes no more answers. What you answered is kept."),
    }

    def __init__(self, state: str) -> None:
        self.code = state
        super().__init__(str(self.MESSAGES[state]))


class StudyFullError(ListenerError):
    """Every place is taken, or every trial has the answers it wants."""

    code = "full"

    def __init__(self) -> None:
        super().__init__(_("This study has found all the listeners it needs. Thank you for coming."))


class NotInvitedError(ListenerError):
    """The study takes only people with an invitation, and this is none, or one that was revoked."""

    code = "not_invited"

    def __init__(self, *, revoked: bool) -> None:
        gone = _("This invitation is no longer valid. Write to whoever sent it to you if you think that is a mistake.")
        none = _("This study is only for people with an invitation. Open the whole link that was sent to you.")
        super().__init__(gone if revoked else none)


class UnknownParticipantError(ListenerError):
    """The browser's session belongs to no participant of this study."""

    code = "no_session"

    def __init__(self) -> None:
        super().__init__(_("This browser has not begun the study. Open the link in your invitation again."))


class ContinueLinkError(ListenerError):
    """The link to continue on another device is not whole, too old, or of somebody who was erased."""

    code = "continue_link"

    def __init__(self) -> None:
        super().__init__(
            _("This link to continue cannot be used. Copy all of it, or go on in the browser in which you began.")
        )


class WrongStageError(ListenerError):
    """The participant is at another page of the study."""

    code = "wrong_stage"

    def __init__(self, stage: str) -> None:
        self.stage = stage
        super().__init__(_("This is not the page where you are. Go to the start of the study to continue."))


class StepInvalidError(ListenerError):
    """A form before or after the trials is not complete; `faults` tells what is wrong with which field."""

    code = "invalid"

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__(_("Something is missing or cannot be taken. See below."))


class ConsentChangedError(ListenerError):
    """The text consented to is not the one that the study has now."""

    code = "consent_changed"

    def __init__(self) -> None:
        super().__init__(_("The text has changed since you opened this page. Please read it again."))


class UnknownAssignmentError(ListenerError):
    """The answer is for a trial that was not given to this participant."""

    code = "unknown_trial"

    def __init__(self) -> None:
        super().__init__(_("This page was not given to you. Go to the start of the study to continue."))


class AnswerInvalidError(ListenerError):
    """An answer is missing or out of range; `faults` tells what is wrong with the answer to which question."""

    code = "invalid"

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        said = "; ".join(f"{question}: {fault}" for question, fault in self.faults.items())
        super().__init__(_("The answer cannot be taken: %(faults)s.") % {"faults": said})


class NotHeardError(ListenerError):
    """A sound was not heard to its end; `slots` lists the clips, `context` tells of the context."""

    code = "not_heard"

    def __init__(self, slots: Sequence[int], *, context: bool) -> None:
        self.slots = list(slots)
        self.context = context
        super().__init__(_("Please hear every sound to its end before you answer."))


class AnsweredAlreadyError(ListenerError):
    """Another answer to the same page is stored."""

    code = "answered"

    def __init__(self) -> None:
        super().__init__(_("This page has an answer already, perhaps from another window. Go on to the next page."))


class KeyReusedError(ListenerError):
    """The idempotency key came before, with another answer."""

    code = "key_reused"

    def __init__(self) -> None:
        super().__init__(_("This answer was sent before with other content. Load the page again."))
