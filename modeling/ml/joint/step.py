"""One step of training."""

import torch

from modeling.ml.joint.loss import HIGHEST_SCALE, info_nce
from modeling.ml.joint.projections import JointModel
from modeling.ml.joint.reading import Batch


class Step:
    """A batch in, its loss out, the weights moved."""

    def __init__(self, model: JointModel, optimizer: torch.optim.Optimizer, *, half: bool) -> None:
        self._model, self._optimizer, self._half = model, optimizer, half

    def __call__(self, batch: Batch) -> float:
        """Return the loss before the step."""
        model = self._model
        contexts, backchannels = model.contexts(batch.contexts), model.backchannels(batch.backchannels)
        loss = info_nce(contexts, backchannels, model.scale, batch.groups, half=self._half)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        with torch.no_grad():
            model.log_scale.clamp_(max=torch.tensor(0.99 * HIGHEST_SCALE).log().item())
        return loss.item()
