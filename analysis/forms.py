"""What the study page lets a researcher ask for."""

from typing import Any

from django import forms

from analysis.enums import Population
from modeling.services.encoders import encoders_with_defaults


class EmbedForm(forms.Form):
    """Which encoder to compute embeddings with."""

    encoder = forms.ChoiceField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["encoder"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(name, name) for name in encoders_with_defaults()]


class PopulationForm(forms.Form):
    """Whose answers to show; people's unless it says otherwise."""

    population = forms.ChoiceField(choices=Population.choices, required=False)

    def chosen(self) -> Population:
        """Return the population; people for anything that is none."""
        return (
            Population(self.cleaned_data.get("population") or Population.PEOPLE)
            if self.is_valid()
            else (Population.PEOPLE)
        )
