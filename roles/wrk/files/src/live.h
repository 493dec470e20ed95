// SPDX-License-Identifier: Apache-2.0
// The hooks that wrk.c calls. With neither --live nor --rate each of them does nothing but test a
// flag, and wrk behaves as unpatched.
#ifndef LIVE_H
#define LIVE_H

#include <errno.h>
#include <time.h>

#include "net.h"
#include "wrk.h"

#define LIVE_PATCH_VERSION "1"
#define LIVE_RECORD_VERSION 1

// wrk's own array of counts by the microsecond is read up to here, where a slot of an HdrHistogram
// begins. Slower answers are counted once more by the worker threads, in slots, so that no tick has
// to look at more than this many elements however slow an answer was.
#define LIVE_NEAR_US 8192

enum {
    OPT_LIVE = 1000,
    OPT_TICK,
    OPT_RATE,
    OPT_RATE_TO
};

#define LIVE_LONG_OPTIONS                                 \
    { "live",        required_argument, NULL, OPT_LIVE }, \
    { "tick",        required_argument, NULL, OPT_TICK }, \
    { "rate",        required_argument, NULL, OPT_RATE }, \
    { "rate-to",     required_argument, NULL, OPT_RATE_TO },

#define LIVE_USAGE                                             \
    "        --live        <F>  Append JSON lines to file/FIFO \n" \
    "        --tick        <N>  Milliseconds between lines     \n" \
    "        --rate        <R>  Open loop: requests/s in total \n" \
    "        --rate-to     <R>  Rise linearly from --rate to R \n"

typedef struct {
    char    *url;
    char    *script;
    uint64_t threads;
    uint64_t connections;
    uint64_t duration_s;
    uint64_t timeout_ms;
    stats   *latency;
    struct sock *sock;
    int    (*connect)(thread *, connection *);    // connect_socket of wrk.c
    int    (*reconnect)(thread *, connection *);  // reconnect_socket of wrk.c
} live_run;

// What the script asks for, known once it has run.
typedef struct {
    uint64_t pipeline;
    bool     dynamic;
    bool     delay;
} live_script;

extern struct live {
    bool        on;      // --live or --rate given
    bool        rate;    // --rate given
    const char *file;
    uint64_t    tick_us;
    double      rate_from;
    double      rate_to;
    clockid_t   clock;
    uint64_t    near_us;    // wrk's array is read below this
    uint64_t    notice_us;  // answers that took this long are looked at; with --rate, all of them
    live_script script;
    live_run    run;
    thread     *threads;
    uint64_t    start_us;
    uint64_t    start_unix_us;
    uint64_t    end_us;
    int         interrupted;
    bool        failed;
} live;

// options
void live_option(int option, const char *value);
void live_options_check(void);

// main thread
void live_prepare(thread *, live_run);
void live_thread_prepare(thread *, uint64_t id, live_script);
void live_await_connections(void);
bool live_wait(uint64_t start_us);
void live_finish(uint64_t runtime_us);
void live_print(void);
int  live_exit_status(void);

// worker threads: connections and errors, all off the path of an answer
void live_thread_begin(thread *);
void live_thread_end(thread *);
status live_connected(connection *);
void live_established(connection *);
void live_closed(connection *);
void live_error(connection *, live_phase, int error);
uint32_t live_read_error(connection *, size_t read);
int live_status(thread *, int status);
bool live_notice(connection *, uint64_t now_us);

// worker threads: every answer comes here. False when wrk must not send the next request at once.
static inline bool live_latency(connection *c, uint64_t now_us) {
    return now_us - c->start < live.notice_us || live_notice(c, now_us);
}

// gettimeofday's clock as in stock wrk, or the monotonic one, which no clock change can move.
static inline uint64_t live_time_us(void) {
    struct timespec t;
    clock_gettime(live.clock, &t);
    return t.tv_sec * 1000000ull + (uint32_t) t.tv_nsec / 1000;
}

#endif /* LIVE_H */
