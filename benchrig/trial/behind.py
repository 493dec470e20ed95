"""Work that is done while the caller goes on: one piece at a time, and none is lost."""

from collections.abc import Callable
from concurrent import futures
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import ParamSpec, Self

P = ParamSpec("P")


class Behind:
    """Open with ``with``.

    Leaving it waits for what was begun, also after Ctrl-C, and raises what that raised.
    """

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
        late = self._last.exception() if self._last else None
        if late and late is not error:
            raise late

    def begin(self, work: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Begin when the work before is done; raises what that one raised, and then begins none."""
        self.wait()
        self._last = self._pool.submit(work, *args, **kwargs)

    def settle(self) -> None:
        """Wait for the last work, whatever comes of it."""
        futures.wait([self._last] if self._last else [])

    def wait(self) -> None:
        """Wait for the last work; raises what it raised."""
        if self._last:
            self._last.result()
