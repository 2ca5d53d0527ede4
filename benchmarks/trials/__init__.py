"""Trials: heavy promises of the writing side, put to the test by hand."""
