"""The output formats of the timeline, one per file: every module here that has a `FORMAT`."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from app.reads.output_format import JSON_FORMAT, OutputFormat, OutputFormats

# The order in which formats are listed, and preferred where `Accept` leaves several; any other
# comes after these.
_ORDER = (
    "json",
    "timelinejs",
    "vis",
    "ics",
    "jsonfeed",
    "atom",
    "geojson",
    "jsonld",
    "csv",
    "ndjson",
)


def _rank(output_format: OutputFormat) -> tuple[int, str]:
    name = output_format.name
    return _ORDER.index(name) if name in _ORDER else len(_ORDER), name


_modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
_formats = [module.FORMAT for module in _modules if hasattr(module, "FORMAT")]
OUTPUT_FORMATS = OutputFormats(sorted([JSON_FORMAT, *_formats], key=_rank))
