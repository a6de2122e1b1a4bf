"""The report's figures and tables as files: they stand alone, mean what the page means, and lie where they may."""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from analysis.report.canvas import standing_alone
from analysis.report.latex import latex_files, latex_table
from analysis.report.tables import TextTable
from analysis.services.export import Shape, export_agreement
from corpus.models import Corpus
from tests.analysis.rows import Built, add_participant, add_run, answer, written

SVG = "{http://www.w3.org/2000/svg}"


def test_figures_and_tables_are_files_that_need_no_page(
    answered: Callable[..., Built], corpus: Corpus, tmp_path: Path
) -> None:
    add_run(corpus, "spectral")
    export_agreement(study_slug=answered(n_people=5, n_trials=12).slug, output=tmp_path / "out", n_resamples=50)
    files = written(tmp_path / "out")
    page = files["report.html"].decode()
    figures = {name: content for name, content in files.items() if name.startswith("figures/")}
    assert len(figures) == page.count("<svg") == page.count("<figure>")
    for name, content in figures.items():
        root = ET.fromstring(content)
        assert root.tag == f"{SVG}svg"
        number = re.findall(r"\d+", name)[0]
        claim = re.search(rf'<h3 id="claim{number}">([^<]+)</h3>', page)
        assert claim is not None
        assert root.findtext(f"{SVG}title") == claim[1].replace("&#x27;", "'")
        assert len(root.findtext(f"{SVG}desc") or "") > 50
        assert b"var(--" not in content
        assert b"@import" not in content
        assert set(re.findall(rb'(?:href|src)="([^#"][^"]*)"', content)) == set()
    manifest = json.loads(files["manifest.json"])["files"]
    for name in (*figures, "tables/model-1.tex", "methods.md"):
        assert manifest[name]["sha256"] == hashlib.sha256(files[name]).hexdigest()
    cell = re.search(r"<tr><th scope=\"row\">spectral</th><td>([^<]+)</td>", page)
    assert cell is not None
    assert f"spectral & {cell[1]} &" in files["tables/model-1.tex"].decode().replace("$-$", "−")


def test_in_the_layout_of_psych_ds_they_are_results(answered: Callable[..., Built], tmp_path: Path) -> None:
    shape = Shape(layout="psych-ds")
    export_agreement(study_slug=answered().slug, output=tmp_path / "out", n_resamples=20, shape=shape)
    names = set(written(tmp_path / "out"))
    assert {"results/figures/figure1.svg", "results/tables/listener-1.tex", "results/methods.md"} <= names
    assert {name.split("/")[0] for name in names} == {"data", "results", "dataset_description.json", "manifest.json"}


def test_a_table_prints_what_it_says_whatever_latex_would_make_of_it() -> None:
    table = TextTable("50 % of a_b", ("Model", "x"), (("[mhm] & co", "−0.02 [−0.10, 0.07]"), ("{}\\^~", "#$")), "No.")
    assert latex_table(table, label="tab:model-1") == (
        "% Needs \\usepackage{booktabs}. Written by bcstudy: change the study.\n"
        "\\begin{table}[htbp]\n\\centering\n\\small\n\\setlength{\\tabcolsep}{4pt}\n"
        "\\caption{50 \\% of a\\_b. No.}\\label{tab:model-1}\n"
        "\\begin{tabular}{ll}\n\\toprule\nModel & x \\\\\n\\midrule\n"
        "{[}mhm] \\& co & $-$0.02 [$-$0.10, 0.07] \\\\\n"
        "\\{\\}\\textbackslash{}\\textasciicircum{}\\textasciitilde{} & \\#\\$ \\\\\n"
        "\\bottomrule\n\\end{tabular}\n\\end{table}\n"
    )


def test_a_long_table_goes_over_pages_and_an_empty_one_is_no_file() -> None:
    long = TextTable("Words", ("Word",), tuple((f"word{n}",) for n in range(41)))
    made = latex_files({"stratum": [TextTable("None", ("Word",), ()), long]})
    assert list(made) == ["tables/stratum-1.tex"]
    text = made["tables/stratum-1.tex"]
    assert "longtable}" in text.splitlines()[0]
    for name in ("longtable", "tabular", "table"):
        assert text.count(f"\\begin{{{name}}}") == text.count(f"\\end{{{name}}}") == (name == "longtable")


def test_long_cells_are_broken_and_short_ones_are_not() -> None:
    table = TextTable(
        "Models", ("Model", "From chance (0) to ceiling (1)"), (("wavlm", "undefined: no trial has 3 judgements"),)
    )
    lines = latex_table(table, label="tab:model-1").splitlines()
    head, cell = (next(line for line in lines if line.startswith(start)) for start in ("Model", "wavlm"))
    assert cell == r"wavlm & \shortstack[l]{undefined: no trial has\\3 judgements} \\"
    assert head == r"Model & \shortstack[l]{From chance\\(0) to ceiling\\(1)} \\"


def test_latex_takes_every_table(study: Built, corpus: Corpus, tmp_path: Path) -> None:
    program = shutil.which("pdflatex")
    if program is None:
        pytest.skip("pdflatex is not installed")
    add_run(corpus, "wavlm_base L6 & 95 %", seed=1)
    add_run(corpus, "prosody", seed=2)
    for person in range(4):
        listener = add_participant(study, f"p{person}")
        for number, key in enumerate(study.trials):
            answer(study, listener, key, {"odd": (person // 3 + number) % 3})
    export_agreement(study_slug=study.slug, output=tmp_path / "out", n_resamples=20)
    folder = tmp_path / "out" / "tables"
    names = sorted(path.name for path in folder.glob("*.tex"))
    inputs = "\n".join(rf"\input{{{name}}}" for name in names)
    (folder / "paper.tex").write_text(
        r"\documentclass{article}\usepackage[T1]{fontenc}\usepackage{booktabs,longtable}"
        r"\usepackage[a4paper,margin=2cm]{geometry}\begin{document}" + f"\n{inputs}\n" + r"\end{document}"
    )
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    assert {name.split("-")[0] for name in names} == {"comparison", "listener", "model", "stratum"}
    assert "Overfull" not in done.stdout


@pytest.mark.parametrize("text", ["a < b & c", '"quoted"'])
def test_what_a_figure_says_of_itself_is_text(text: str) -> None:
    root = ET.fromstring(standing_alone('<svg xmlns="http://www.w3.org/2000/svg"></svg>', title=text, description=text))
    assert (root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")) == (text, text)
