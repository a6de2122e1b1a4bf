"""What listeners send with a form or in the study's link."""

from django import forms


class ArrivalForm(forms.Form):
    """The ids that a recruiting platform puts into the study's link."""

    external_id = forms.CharField(max_length=120)
    STUDY_ID = forms.CharField(max_length=120, required=False)
    SESSION_ID = forms.CharField(max_length=120, required=False)

    def details(self) -> dict[str, str]:
        """Return the further ids that were given."""
        return {name: self.cleaned_data[name] for name in ("STUDY_ID", "SESSION_ID") if self.cleaned_data[name]}


class ConsentForm(forms.Form):
    """The decision on a text, named by its language and SHA-256."""

    decision = forms.ChoiceField(choices=[("agree", "agree"), ("decline", "decline")])
    language = forms.CharField(max_length=12)
    sha256 = forms.CharField(max_length=64, required=False)


class StepForm(forms.Form):
    """What every form of a step before or after the trials holds beside its own fields."""

    attempt = forms.IntegerField(min_value=0, max_value=1000)
