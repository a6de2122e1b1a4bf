"""What the study page shows of the latest snapshot: never computed in a request, only read."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from analysis.agreement.row import INCLUDED, Row
from analysis.enums import Population
from analysis.models import AgreementSnapshot
from analysis.queries.freshness import is_current, latest_snapshot, state_of
from analysis.report.panels import SUITABILITY, TRIADS, panels
from analysis.report.tables import TextTable, listener_tables, model_tables, suitability_tables
from annotations.models import StudyVersion

# How long the page waits for a worker before it says that none seems to run.
PATIENCE = timedelta(seconds=90)
# A page that is opened asks for new figures by itself, but not more often than this.
AT_MOST_EVERY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class AgreementShown:
    """The latest figures; `asked_at` is when new ones were asked for and have not come yet."""

    snapshot: AgreementSnapshot | None
    description: str
    tables: tuple[TextTable, ...]
    has_answers: bool
    current: bool
    asked_at: datetime | None

    @property
    def waiting(self) -> bool:
        """Whether a worker is expected to bring new figures soon."""
        return self.asked_at is not None and timezone.now() - self.asked_at < PATIENCE

    @property
    def given_up(self) -> bool:
        """Whether new figures were asked for and have not come for long."""
        return self.asked_at is not None and not self.waiting

    @property
    def ask_by_itself(self) -> bool:
        """Whether the page should ask for new figures as soon as it is open."""
        old = self.snapshot is None or timezone.now() - self.snapshot.created_at > AT_MOST_EVERY
        return self.has_answers and not self.current and self.asked_at is None and old


def agreement_shown(version: StudyVersion, population: Population, asked_at: str = "") -> AgreementShown:
    """Return what there is to show, in five queries; `asked_at` is ISO 8601, as this page wrote it."""
    state = state_of(version.pk, population)
    snapshot = latest_snapshot(version.pk, population)
    asked = _moment(asked_at)
    arrived = snapshot is not None and asked is not None and snapshot.created_at >= asked
    current = is_current(snapshot, state)
    rows = [Row.from_json(row) for row in snapshot.figures] if snapshot else []
    models: dict[str, str] = snapshot.settings.get("models", {}) if snapshot else {}
    return AgreementShown(
        snapshot=snapshot,
        description=_in_words(rows, models),
        tables=tuple(_tables(rows, list(models))),
        has_answers=state["answers"] > 0,
        current=current,
        asked_at=None if arrived or current else asked,
    )


def _tables(rows: list[Row], models: list[str]) -> list[TextTable]:
    of_models = [*model_tables(rows, models), *suitability_tables(rows, models)] if models else []
    return [*of_models, *listener_tables(rows, excluded=False)]


def _in_words(rows: list[Row], models: dict[str, str]) -> str:
    shown = [panel for kind in (TRIADS, SUITABILITY) for panel in panels(rows, kind, models, subset=INCLUDED)]
    return " ".join(panel.description for panel in shown)


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and timezone.is_aware(moment) else None
