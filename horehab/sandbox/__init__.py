"""An embedded FHIR R4 server for the demo and the tests, limited to what horehab uses; its data are synthetic.

It tells the truth: faults live in tests/servers/faults.py, and where it differs from HAPI, tests/contracts says so.
"""

from horehab.sandbox.app import create_sandbox
from horehab.sandbox.loading import load
from horehab.sandbox.serving import Serving, serve, serve_forever
from horehab.sandbox.store import SandboxStore

__all__ = ["SandboxStore", "Serving", "create_sandbox", "load", "serve", "serve_forever"]
