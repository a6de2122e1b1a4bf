"""What the report and the page of listeners say of them: a picture, and tables of text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analysis.listeners.compute import ListenerFigures
from analysis.listeners.quality import Quality
from analysis.listeners.rules import NOW
from analysis.listeners.what_if import Effect, by_rule
from analysis.report.listener_dots import Dots, dots_of
from analysis.report.numbers import counted, digits, p_value, plain
from analysis.report.panels import readable
from analysis.report.tables import OF_LISTENERS, OF_MODELS, OF_SUITABILITY, TextTable

MOST_ROWS = 500
"""Listeners in a table on a page; listeners.csv holds all."""
TITLES = OF_LISTENERS | OF_MODELS | OF_SUITABILITY


@dataclass(frozen=True, slots=True)
class RuleShown:
    """A rule in words: who would go, whether it is circular, and what would change (no rows where nobody goes)."""

    name: str
    source: str
    goes: str
    circular: str
    table: TextTable


@dataclass(frozen=True, slots=True)
class ListenersShown:
    """The picture (None where there is nothing to draw, `why_no_picture` says why), the tables and the rules."""

    dots: Dots | None
    why_no_picture: str
    table: TextTable
    n_more: int
    rules: tuple[RuleShown, ...]

    @property
    def n_excluded(self) -> int:
        """How many crosses the picture has."""
        return sum(spot.excluded for spot in self.dots.spots) if self.dots else 0

    @property
    def caption(self) -> str:
        """What the picture shows, without its numbers; empty without a picture."""
        return _caption(self.dots, self.n_excluded) if self.dots else ""


def listeners_shown(figures: ListenerFigures) -> ListenersShown:
    """Return what there is to show."""
    dots = dots_of(figures.qualities)
    return ListenersShown(
        dots=dots,
        why_no_picture="" if dots else _why_not(figures.qualities),
        table=listener_table(sorted(figures.qualities, key=_lowest_first)[:MOST_ROWS]),
        n_more=max(0, len(figures.qualities) - MOST_ROWS),
        rules=tuple(_rule(effects) for effects in by_rule(figures.effects).values()),
    )


def _caption(dots: Dots, n_excluded: int) -> str:
    """Return a caption that can be pasted."""
    parts = ["Each dot is a listener", "each cross one who is excluded"] if n_excluded else ["Each dot is a listener"]
    lines = "; lines are 95 % intervals of competence" if dots.has_intervals else ""
    said = [f"{', '.join(parts)}{lines}.", "Dashed: what guessing gives. Those at one place stand side by side."]
    if dots.has_intervals:
        said.append(
            "Competence is the probability of answering by the triad’s latent consensus (one-coin Dawid–Skene model), "
            "agreement the share of answers that are the mode of the others’."
        )
    else:
        said.append("Ratings are held against the mean of the others’.")
    if dots.n_left_out:
        said.append(f"{dots.n_left_out:,} without both values are in listeners.csv only.")
    return " ".join(said)


def _lowest_first(one: Quality) -> tuple[bool, float]:
    """Order listeners by competence, else by their ratings; those with neither come last."""
    value = one.competence if one.competence is not None else one.rating_correlation
    return value is None, value or 0.0


def _why_not(qualities: Sequence[Quality]) -> str:
    """Return the reasons why nobody has a place in the picture."""
    names = ("competence", "rating_correlation")
    reasons = {
        name: sorted({one.why_not(name) for one in qualities if one.why_not(name) not in ("", "no judgements")})
        for name in names
    }
    said = [f"{name.replace('_', ' ')}: {', '.join(found)}" for name, found in reasons.items() if found]
    return "; ".join(said) if said else "no judgements of triads and no ratings"


def listener_table(qualities: Sequence[Quality]) -> TextTable:
    """Return a row for each listener, with the columns that anybody has a value in."""
    columns: dict[str, Callable[[Quality], str]] = {
        "Agreement (p of guessing)": lambda one: _tested(one, "agreement", one.agreement_p),
        "Competence": _with_ends,
        "Correlation of ratings": lambda one: _plain(one, "rating_correlation"),
        "Same choice again": _repeats,
        "Difference of repeated ratings": _difference,
        "Median response time": lambda one: _seconds(one.rt_median_ms),
        "Too early to have heard": lambda one: _percent(one, "rt_below_hearing"),
        "Change of time a page": _drift,
        "Same button": lambda one: _percent(one, "modal_position"),
        "Spread of ratings": lambda one: _plain(one, "rating_sd"),
        "Ends of the scale": lambda one: _percent(one, "rating_endpoints"),
    }
    cells = {head: [text(one) for one in qualities] for head, text in columns.items()}
    shown = [head for head, texts in cells.items() if any(text != "–" for text in texts)]
    rows = tuple(
        (one.participant, _state(one), f"{one.n_pages:,}", *(cells[head][at] for head in shown))
        for at, one in enumerate(qualities)
    )
    return TextTable("Listeners one by one", ("Listener", "In the figures", "Pages", *shown), rows)


def _state(one: Quality) -> str:
    return "yes" if one.included else f"no: {one.exclusion or 'no reason given'}"


def _plain(one: Quality, name: str) -> str:
    value: float | None = getattr(one, name)
    return plain(value)


def _tested(one: Quality, name: str, p: float | None) -> str:
    if p is None:
        return "–"
    text = p_value(p)
    return _unbroken(f"{_plain(one, name)} (p {text if text.startswith('<') else f'= {text}'})")


def _unbroken(text: str) -> str:
    """Return a number with what belongs to it so that no line breaks within."""
    return text.replace(" ", "\u00a0")


def _with_ends(one: Quality) -> str:
    if one.competence is None:
        return "–"
    return _unbroken(f"{plain(one.competence)} [{plain(one.competence_low)}, {plain(one.competence_high)}]")


def _repeats(one: Quality) -> str:
    if one.repeats_same is None:
        return "–"
    same = round(one.repeats_same * one.n_repeats)
    return f"{same} of {one.n_repeats} (guessing {plain((one.repeats_guessing or 0) * one.n_repeats, 1)})"


def _difference(one: Quality) -> str:
    if one.repeats_difference is None:
        return "–"
    return f"{plain(one.repeats_difference)} (at random {plain(one.repeats_difference_guessing)})"


def _seconds(ms: float | None) -> str:
    return "–" if ms is None else f"{ms / 1000:.1f} s"


def _percent(one: Quality, name: str) -> str:
    value: float | None = getattr(one, name)
    return "–" if value is None else f"{100 * value:.0f} %"


def _drift(one: Quality) -> str:
    return "–" if one.rt_drift is None else _unbroken(f"{_signed(100 * one.rt_drift, 1)} %")


def _rule(effects: Sequence[Effect]) -> RuleShown:
    first = effects[0]
    rows = tuple(_effect(one) for one in effects if one.measure) if first.n_listeners_out else ()
    heads = ("Measure", "Judged", "Everyone", "Without them", "Difference", "Judgements that go")
    return RuleShown(
        name=first.rule,
        source="as it is" if first.source == NOW else first.source,
        goes=_goes(first),
        circular=_circular(first.circular),
        table=TextTable(f"What would change: {first.rule}", heads, rows),
    )


def _goes(one: Effect) -> str:
    if not one.n_listeners_out:
        return f"Nobody of {one.n_listeners:,} would go."
    already = f", {one.n_excluded_already:,} of them excluded already" if one.n_excluded_already else ""
    who = f"{one.n_listeners_out:,} of {counted(one.n_listeners, 'listener')}"
    return f"{who} would go{already}, with {one.n_pages_out:,} of {counted(one.n_pages, 'page')}."


def _circular(circular: bool | None) -> str:
    if circular is None:
        return "Whether agreement rises by itself depends on what they were excluded for."
    if circular:
        return "Circular: it looks at agreement with others, so that agreement rises by itself without them."
    return "It does not look at agreement with others."


def _effect(one: Effect) -> tuple[str, ...]:
    title = TITLES.get(one.measure, one.measure)
    decimals = digits(one.low, one.high)
    change = "–" if one.difference is None else _signed(one.difference, decimals)
    if one.low is not None and one.high is not None:
        change += f" [{_signed(one.low, decimals)}, {_signed(one.high, decimals)}]"
    elif one.reason:
        change = f"{change} ({one.reason})" if one.difference is not None else f"undefined: {one.reason}"
    return (
        f"{title}, {one.model}" if one.model else title,
        readable(one.stratum),
        plain(one.everyone, decimals),
        plain(one.without, decimals),
        change,
        f"{one.n_judgements_out:,} of {one.n_judgements:,}",
    )


def _signed(value: float, decimals: int) -> str:
    """Return a number with its sign.

    >>> _signed(0.031, 2), _signed(-0.031, 2), _signed(0.0, 2)
    ('+0.03', '−0.03', '0.00')
    """
    text = plain(value, decimals)
    return f"+{text}" if value > 0 and float(text) != 0 else text
