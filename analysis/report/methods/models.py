"""Sentences about the models."""

from collections.abc import Iterator

from analysis.agreement.layers import layers_of
from analysis.queries.runs import Model
from analysis.report.methods.facts import Facts

UNSAID = {"layer", "pooling", "weights"}


def models(facts: Facts) -> Iterator[str]:
    """Yield a sentence for each model, and what it is compared by."""
    if not facts.models:
        return
    for model in facts.models:
        yield _model(model)
    if facts.triad_questions:
        yield (
            "A model’s similarity of two clips is the cosine of their embeddings, and its choice is the pair with the "
            "largest one; ties share the credit."
        )
    if facts.has("suitability_pairwise_accuracy"):
        yield "How well a model fits a clip to its context is the cosine of their embeddings."
    for group in layers_of(facts.models) if facts.has("accuracy_best_layer") else ():
        numbers = ", ".join(str(layer) for layer, _ in group.members)
        yield (
            f"Of {group.name}, layers {numbers} were compared; the accuracy of the best one is also given with the "
            "layer chosen on other triads than those it is assessed on (ten folds; Stone 1974)."
        )


def _model(model: Model) -> str:
    settings = model.settings
    said = []
    if "weights" in settings:
        said.append(f"weights {settings['weights']}")
    if "layer" in settings:
        said.append(_layer(settings["layer"]))
    if "pooling" in settings:
        said.append(f"{settings['pooling']} over the frames of a clip")
    said += [f"{name.replace('_', ' ')} {value}" for name, value in sorted(settings.items()) if name not in UNSAID]
    more = f": {', '.join(said)}" if said else ""
    return f"{model.name} (encoder {model.encoder}, run {model.digest[:12]}){more}."


def _layer(layer: object) -> str:
    if layer == -1:
        return "last layer"
    return f"layer {layer}" if not isinstance(layer, int) or layer >= 0 else f"layer {-layer} from the end"
