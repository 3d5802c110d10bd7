"""Run a program by name; stack traces then show its module's name instead of `__main__`."""

import importlib
import sys

importlib.import_module(f"vedette.demo.programs.{sys.argv[1]}").main()
