"""What listeners send with a form or in the study's link."""

from collections.abc import Mapping, Sequence

from django import forms


class ArrivalForm(forms.Form):
    """The ids that a recruiting platform puts into the study's link: whom it names, and the `names` of further ones."""

    external_id = forms.CharField(max_length=120)

    def __init__(self, data: Mapping[str, str], *, names: Sequence[str]) -> None:
        super().__init__(data)
        self.names = names
        for name in names:
            self.fields[name] = forms.CharField(max_length=120, required=False)

    def details(self) -> dict[str, str]:
        """Return the further ids that were given."""
        return {name: self.cleaned_data[name] for name in self.names if self.cleaned_data[name]}


class ConsentForm(forms.Form):
    """The decision on a text, named by its language and SHA-256."""

    decision = forms.ChoiceField(choices=[("agree", "agree"), ("decline", "decline")])
    language = forms.CharField(max_length=12)
    sha256 = forms.CharField(max_length=64, required=False)


class StepForm(forms.Form):
    """What every form of a step before or after the trials holds beside its own fields."""

    attempt = forms.IntegerField(min_value=0, max_value=1000)
