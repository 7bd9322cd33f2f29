"""The kernel's half of a check: what a learner's answer is, or what their function did.

Evidence is plain data for the lab's control side, which judges it. No truth is needed here.
"""

import dis
import inspect
from collections.abc import Callable, Iterator
from itertools import islice

from intark_lab.tasks.guard import SECONDS, TimeUp, guarded, told
from intark_lab.tasks.plain import MOST, NotPlain, plain

IDLE = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}
"""What the body of an empty function is made of."""


class Unfit(Exception):
    """The answer is no function that can be driven; `evidence` says why."""

    def __init__(self, **evidence):
        super().__init__(evidence)
        self.evidence = evidence


def of_value(answer, read: Callable = plain) -> dict:
    """Evidence of an answer that is data, or that `read` makes data of."""
    if answer is ...:
        return {"untried": "value"}
    return _gathered(
        lambda: {"answer": guarded(lambda: read(answer)), "type": type(answer).__name__}
    )


def of_function(function, drive: Callable[[Callable, dict], dict], orders: dict) -> dict:
    """Evidence of an answer that is a function, which `drive` calls as `orders` say."""
    if function is ...:
        return {"untried": "value"}
    try:
        _fit(function, orders["arguments"])
        return _gathered(lambda: drive(function, orders))
    except Unfit as unfit:
        return {**unfit.evidence, "call": orders["call"]}


def called(function: Callable, *arguments):
    """What the learner's function returns for these arguments, within the time limit.

    An iterator is run to its end as part of the call. Raises NotImplementedError for a function
    that has nothing in it yet, Unfit for a coroutine, TimeUp, and whatever the function raised.
    """
    return guarded(lambda: _run(function, *arguments))


def in_one_case(work: Callable[[], dict]) -> dict:
    """`work()`, or what the learner's code raised in it: that ends this case and not the check.

    What is no function, has nothing in it, takes too long or gives no data ends the check.
    """
    try:
        return work()
    except (Unfit, TimeUp, NotPlain, NotImplementedError):
        raise
    except (Exception, SystemExit) as error:
        return {"raised": told(error)}


def _run(function: Callable, *arguments):
    result = function(*arguments)
    if inspect.iscoroutine(result):
        result.close()  # never awaited, it would complain on stderr
        raise Unfit(misfit="async")
    if result is ... or (result is None and _is_empty(function)):
        raise NotImplementedError
    return list(islice(result, MOST + 1)) if isinstance(result, Iterator) else result


def _is_empty(function: Callable) -> bool:
    """Whether its body is `...`, `pass` or the like: steps that do nothing."""
    code = getattr(function, "__code__", None)
    return code is not None and all(step.opname in IDLE for step in dis.get_instructions(code))


def _gathered(work: Callable[[], dict]) -> dict:
    try:
        return work()
    except NotImplementedError:
        return {"untried": "function"}
    except NotPlain as error:
        return {"not_plain": error.message, "fields": error.fields}
    except TimeUp:
        return {"stopped": SECONDS}
    except Unfit:
        raise
    except (Exception, SystemExit) as error:
        return {"raised": told(error)}


def _fit(function, arguments: int) -> None:
    """Raise Unfit unless `function` can be called with so many arguments."""
    if not callable(function):
        raise Unfit(misfit="not-callable", type=type(function).__name__)
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise Unfit(misfit="async")
    try:
        signature = inspect.signature(function)
        signature.bind(*[None] * arguments)
    except TypeError:
        raise Unfit(misfit="signature", signature=str(signature)) from None
    except ValueError:  # some built-in callables tell no signature
        return
