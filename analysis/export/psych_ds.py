"""The same files as Psych-DS lays them out: tables in `data/`, everything else in `results/`, the dataset described.

https://psychds-docs.readthedocs.io (rules and conventions): names of data files are `key-value` pairs and `_data.csv`;
`dataset_description.json` is JSON-LD of schema.org and lists every column of every table.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.export.table import Table

DESCRIPTION = "dataset_description.json"


def data_file(study: str, table: Table) -> str:
    """Return where a table lies, such as data/study-demo_table-tripletscblearn_data.csv."""
    return f"data/study-{_word(study)}_table-{_word(table.name.removesuffix('.csv'))}_data.csv"


def other_file(name: str) -> str:
    """Return where a file that is no table lies."""
    return f"results/{name}"


def description_text(*, name: str, description: str, tables: Sequence[Table], more: Mapping[str, Any]) -> str:
    """Return `dataset_description.json`. A column that several tables have is explained for each that differs."""
    meanings: dict[str, dict[str, None]] = {}
    for table in tables:
        for column, meaning in table.columns.items():
            meanings.setdefault(column, {})[meaning] = None
    measured = [
        {"@type": "PropertyValue", "name": column, "description": "; or: ".join(explained)}
        for column, explained in meanings.items()
    ]
    told = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": name,
        "description": description,
        "variableMeasured": measured,
        **more,
    }
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _word(text: str) -> str:
    """Return the letters and digits of a text: nothing else may stand in a value.

    >>> _word("my-study_2")
    'mystudy2'
    """
    return re.sub(r"[^a-zA-Z0-9]", "", text)
