"""Every check by its name: what ``known:`` in the catalogue may name, and what it proves."""

CHECKS = {
    "answer": "one request gets the right answer: status, Content-Type, length, body",
    "headers": "Server and Date are sent, Date in HTTP's form, nothing compressed unasked",
    "kept-alive": "ten requests on one connection are all answered rightly, and it stays open",
    "concurrent": "64 requests over 16 connections at once each get their own right answer",
    "mixing": "16 posts whose bodies come later each get their own two numbers back",
    "pipelining": "16 requests sent at once on one connection are answered in order",
    "random-input": "the answers change where the rows are chosen at random",
    "waits": "the answer does not come before the wait is over",
    "counter": "three WebSocket clients each hear the count after every join and leave",
    "edges": "the edges of the contract: 0, 1, foo, 501, nothing, what must be refused",
    "hostile": "hostile inputs and malformed HTTP get no 5xx, and the app answers on",
    "date-moves": "the Date header is another one three seconds later",
    "no-delay": "answers on a kept connection do not wait for a delayed ACK (40 ms)",
    "unbuffered": "half of an upload is passed on before the other half is sent",
    "crowd": "512 requests at once, a connection each, are all answered rightly",
    "statements": "the database counted every read and write that the requests must cause",
    "rows-change": "the rows that updates names hold its numbers, and over 95 % are new",
    "flat-memory": "the app's memory does not grow with the size of an upload",
    "graceful-stop": "a request in flight when the unit is stopped is answered, and it ends well",
    "under-load": "a second client's answers are right while the load runs",
}
