"""Users online: every open WebSocket hears how many there are after each join and leave."""

from starlette.endpoints import WebSocketEndpoint
from starlette.websockets import WebSocket, WebSocketDisconnect


class Counter(WebSocketEndpoint):
    """The sockets are shared by all connections of one process, so it takes one worker."""

    sockets: set[WebSocket] = set()  # noqa: RUF012 - shared by all

    async def on_connect(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.sockets.add(websocket)
        await self.tell()

    async def on_disconnect(self, websocket: WebSocket, close_code: int) -> None:  # noqa: ARG002 - its signature
        self.sockets.discard(websocket)
        await self.tell()

    async def tell(self) -> None:
        for websocket in list(self.sockets):
            try:
                await websocket.send_text(str(len(self.sockets)))
            except WebSocketDisconnect:
                self.sockets.discard(websocket)  # it leaves right now, and tells so itself
