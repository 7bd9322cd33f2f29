"""`python -m intark_lab.jupyter`: what course.py hands over to, and what binder/start calls."""

import argparse
import sys

from intark_lab.jupyter import CannotStart
from intark_lab.texts import text


def main(arguments: list[str]) -> int:
    """Start everything and stay, or with `--prepare` for Binder's start; 1 and a line if not."""
    options = _parser().parse_args(arguments)
    try:
        from intark_lab.jupyter import launch

        if options.prepare:
            launch.prepare_for_shell()
        else:
            launch.launch(options.instructor, options.browser, options.port)
    except CannotStart as problem:
        return _refuse(str(problem))
    except ImportError as error:
        return _refuse(text("jupyter.broken", error=error))
    except OSError as error:
        return _refuse(text("jupyter.system", error=error))
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m intark_lab.jupyter")
    parser.add_argument("--instructor", action="store_true", help=text("jupyter.help.instructor"))
    parser.add_argument(
        "--no-browser", action="store_false", dest="browser", help=text("jupyter.help.no-browser")
    )
    parser.add_argument("--port", type=int, help=text("jupyter.help.port"))
    parser.add_argument("--prepare", action="store_true", help=text("jupyter.help.prepare"))
    return parser


def _refuse(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
