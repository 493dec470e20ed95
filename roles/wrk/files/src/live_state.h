// SPDX-License-Identifier: Apache-2.0
// What the patch keeps in each thread and each connection of wrk. A counter has one writer, the
// worker thread that owns it; the main thread reads it while it counts, with relaxed loads.
#ifndef LIVE_STATE_H
#define LIVE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "live_hist.h"

#define LIVE_ERRNOS 134   // Linux errno values are 1 to 133; 0 holds the unknown
#define LIVE_CODES  1000  // HTTP status codes have three digits

typedef enum {
    LIVE_CONNECT,
    LIVE_READ,
    LIVE_WRITE,
    LIVE_PHASES
} live_phase;

typedef struct {
    uint64_t total;
    uint64_t eof;         // the server closed while an answer was due
    uint64_t http_parse;  // what came was not HTTP
    uint64_t tls;         // told by OpenSSL, without an errno
    uint64_t errnos[LIVE_ERRNOS];
} live_errors;

typedef struct {
    struct connection *first;
    struct connection *last;
    uint64_t count;
} live_list;

typedef struct {
    uint64_t not_200;
    uint64_t codes[LIVE_CODES];  // by exact status; 200 is not counted, it is the rest
    live_errors errors[LIVE_PHASES];
    uint64_t open;               // connections established now
    uint64_t established;        // connections established ever
    uint64_t closed_idle;        // open loop: closed by the server with no request on them
    uint64_t lost;               // requests whose connection failed before the answer
    bool ended;                  // its event loop has stopped
    hist *far;                   // latencies from live.near_us on, those after the time-out too

    // open loop, see schedule.c
    uint64_t id;
    uint64_t sent;
    uint64_t next_due_us;
    hist *service;               // latencies from the actual send
    live_list idle;
    live_list down;
    int timer_fd;
    bool timer_fired;
    uint64_t timer_us;
    bool batch_failed;
    uint64_t retry_us;
    uint64_t delay_us;
    uint64_t quota;
} live_thread;

typedef struct {
    bool open;
    bool answered;               // has answered since it was established
    live_list *list;             // the list it waits in, if any
    struct connection *prev;
    struct connection *next;
    uint64_t sent_us;
} live_conn;

#endif /* LIVE_STATE_H */
