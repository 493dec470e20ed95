"""Work that is done while the caller goes on: one piece at a time, and none is lost."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import ParamSpec, Self

P = ParamSpec("P")


class Behind:
    """Open with ``with``; leaving it waits for what was begun, also after Ctrl-C."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1)
        self._last: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown()

    def begin(self, work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Begin when the work before is done; raises what that one raised, and then begins none."""
        self.wait()
        self._last = self._pool.submit(work, *args, **kwargs)

    def wait(self) -> None:
        """Wait for the last work; raises what it raised."""
        if self._last:
            self._last.result()
