"""Several processes that train together, as accelerate or torchrun launch them."""


def told_by_the_first(decided: bool) -> bool:
    """Return on every process what the first one decided; waits until each has come here."""
    from accelerate import PartialState
    from accelerate.utils import broadcast_object_list

    from modeling.ml.precision import device

    PartialState(cpu=device() == "cpu")
    told = [decided]
    broadcast_object_list(told)
    return told[0]
