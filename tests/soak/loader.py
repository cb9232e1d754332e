"""Runs `horehab load` in small portions, so that it can be killed between many of them."""

import sys

from horehab.cli import main
from horehab.fhir.bulk import reading as bulk_reading

if __name__ == "__main__":
    bulk_reading._AT_ONCE_LINES = 5  # a knob of the harness, not of the product
    main(["load", *sys.argv[1:]])
