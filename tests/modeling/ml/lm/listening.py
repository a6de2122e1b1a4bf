"""A report that keeps what it hears and may ask to stop."""

from dataclasses import dataclass, field

from modeling.ml.lm.report import Progress


@dataclass
class Heard:
    stop_at: int | None = None
    steps: list[Progress] = field(default_factory=list)
    points: list[tuple[int, str, str, float]] = field(default_factory=list)
    saves: list[int] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.said.append(text)

    def progress(self, progress: Progress) -> None:
        self.steps.append(progress)

    def point(self, step: int, split: str, name: str, value: float) -> None:
        self.points.append((step, split, name, value))

    def saved(self, step: int) -> None:
        self.saves.append(step)

    def stop(self) -> bool:
        return bool(self.steps) and self.steps[-1].step == self.stop_at

    def curve(self, split: str, name: str) -> list[float]:
        return [value for _, at, what, value in self.points if (at, what) == (split, name)]
