"""`haikei demo`: a whole pretend episode, run by the same services a real site gets."""

from integration.cli.demo.run import run_demo

__all__ = ["run_demo"]
