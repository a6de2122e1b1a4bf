"""Small studies in a complete installation, made as a researcher makes them: sounds, stimuli.csv, study.yaml."""

from pathlib import Path

import numpy as np
import soundfile

from tests.running_site import Site

RATE = 16_000
TOKENS = ("mhm", "yeah", "right")

STUDY = """\
slug: {slug}
title: {{en: How do listeners hear short responses?, sv: Hur hör lyssnare korta svar?}}
consent: consent.md
stimuli: stimuli.csv
{body}
allocation: {{ratings_per_trial: 500, trials_per_participant: {pages}}}
recruitment: {{platform: prolific, codes: {{completed: THANKS42, no_consent: NONE7, screened_out: NEXT9}}}}
"""

TRIADS = """\
design: [{task: prosodic, make: triads, within: token, n: 6, seed: 1}]
tasks:
  prosodic:
    questions:
      - {name: odd, kind: odd_one_out,
         text: {en: Which one sounds different from the other two?, sv: Vilket låter annorlunda än de andra två?}}
"""

CONTEXTS = """\
design: [{task: contextual, make: contexts, foils: 2, distinct_tokens: true, seed: 1}]
tasks:
  contextual:
    show: [context_audio, transcript]
    questions:
      - {name: suitability, kind: rating, per: clip, scale: [1, 5],
         ends: {en: [not at all, extremely], sv: [inte alls, mycket]},
         text: {en: How well does each answer fit what was said?, sv: Hur väl passar varje svar till det som sades?}}
      - {name: similar, kind: pair, text: {en: Which two answers are most alike?, sv: Vilka två svar är mest lika?}}
      - {name: energy, kind: rating, per: clip, scale: [1, 5],
         ends: {en: [very calm, very lively], sv: [mycket lugnt, mycket livligt]},
         text: {en: How lively is each answer?, sv: Hur livligt är varje svar?}}
"""

# Few trials, as the sounds take the time they take; what is passed by all of them is hard enough to pass by guessing.
SCREENED = TRIADS + "screening: {headphones: antiphase, of: 3, pass: 3, volume: true, on_fail: screen_out}\n"
SECOND_TRY = TRIADS + "screening: {headphones: huggins, of: 3, pass: 3, on_fail: second_try}\n"
WARNED = TRIADS + "screening: {headphones: antiphase, of: 1, pass: 1, on_fail: warn}\n"


def write_tone(path: Path, hertz: float, seconds: float) -> None:
    """A tone that fades in and out, so that it is a sound of speech's length and not silent."""
    time = np.arange(int(RATE * seconds)) / RATE
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * hertz * time) * np.hanning(len(time)), RATE)


def write_stimuli(folder: Path) -> None:
    """Twelve clips of three words, and three contexts."""
    rows = ["stimulus,path,role,token,speaker,dialogue,transcript,response"]
    for at in range(12):
        write_tone(folder / f"clip{at}.wav", 200 + 30 * at, 0.2 + 0.015 * at)
        rows.append(f"clip{at},clip{at}.wav,backchannel,{TOKENS[at % 3]},s{at % 4},d{at % 3},,")
    said = "yeah i live alone and if i eat at home i cook for three days at once so there is always something in"
    for at in range(3):
        write_tone(folder / f"context{at}.wav", 120 + 15 * at, 0.5)
        rows.append(f"context{at},context{at}.wav,context,,t{at},d{at},{said} {at},clip{at}")
    (folder / "stimuli.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def add_studies(site: Site, folder: Path) -> None:
    """Import the sounds and open `triads`, `contexts`, `closing`, `linked` and those that screen their listeners;
    `closed` and `draft` are not open.
    """
    write_stimuli(folder)
    english = (
        "# Taking part\n\nYou will hear short sounds.\n\n- You may stop at any time.\n- Nobody learns who you are."
    )
    swedish = (
        "# Att delta\n\nDu kommer att höra korta ljud.\n\n- Du får sluta när du vill.\n- Ingen får veta vem du är."
    )
    (folder / "consent.md").write_text(english, encoding="utf-8")
    (folder / "consent.sv.md").write_text(swedish, encoding="utf-8")
    commands = [["import_stimuli", str(folder / "stimuli.csv")]]
    bodies = dict.fromkeys(("triads", "closing", "linked", "closed", "draft"), TRIADS)
    bodies |= {"contexts": CONTEXTS, "screened": SCREENED, "second-try": SECOND_TRY, "warned": WARNED}
    for slug, body in bodies.items():
        study = folder / f"{slug}.yaml"
        text = STUDY.format(slug=slug, body=body, pages=3)
        # Listeners of `linked` are known by nothing but their session.
        study.write_text(text.replace("prolific", "link") if slug == "linked" else text, encoding="utf-8")
        commands += [["load_study", str(study)], ["set_study_state", slug, "live"]][: 1 if slug == "draft" else 2]
    commands.append(["set_study_state", "closed", "closed"])
    # In one process: each would take seconds to start.
    run = "from django.core.management import call_command\nfor command in {}:\n    call_command(*command)\n"
    site.python(run.format(commands) + "print('null')")
