"""What can go wrong with a model, with the reason and what to do about it."""


class EncoderError(Exception):
    """An encoder cannot do its work. `reason` says why, `advice` what to do; both are shown to the researcher."""

    def __init__(self, reason: str, advice: str) -> None:
        self.reason = reason
        self.advice = advice
        super().__init__(f"{reason} {advice}")


class WeightsUnavailableError(EncoderError):
    """The weights of a model cannot be had. Nothing stands in for them."""


class PrecisionUnavailableError(EncoderError):
    """This machine does not compute in the precision that was asked for."""


class UnusableSoundError(EncoderError):
    """A waveform that no encoder can hear: empty, or with samples that are not finite."""


class TrainingError(EncoderError):
    """Training cannot begin or go on."""
