"""`python -m tools.oracle build|run|table`: the real SDKs, held against what is predicted of them."""

import argparse
import sys

from tools.oracle import build, run, table


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tools.oracle", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, module in (("build", build), ("run", run), ("table", table)):
        one = commands.add_parser(name, help=module.__doc__)
        module.add_arguments(one)
        one.set_defaults(main=module.main)
    arguments = parser.parse_args()
    code: int = arguments.main(arguments)
    return code


if __name__ == "__main__":
    sys.exit(main())
