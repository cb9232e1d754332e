"""The published patients and a synthetic ward, played day by day: a story to look at, no evidence of accuracy."""

from horehab.demo.run import DemoResult, run_demo
from horehab.demo.story import Expectation, Story

__all__ = ["DemoResult", "Expectation", "Story", "run_demo"]
