// SPDX-License-Identifier: Apache-2.0
// The main thread: where stock wrk sleeps for the whole duration, this one wakes at each tick,
// reads what the worker threads count and writes a line.

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "live.h"
#include "live_out.h"
#include "live_record.h"
#include "live_totals.h"
#include "schedule.h"

#define AWAIT_US      1000000  // for connections, before the first request of an open loop is due
#define AWAIT_STEP_US 1000
#define DRAIN_STEP_US 1000
#define NEVER         UINT64_MAX

struct live live = { .clock = CLOCK_REALTIME, .notice_us = UINT64_MAX };

static sigset_t signals;

// Signals are taken by waiting for them, never by a handler: none can fall between a test and a
// sleep, and a second one can not kill the program while the final line is written.
static void block_signals(void) {
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

void live_prepare(thread *threads, live_run run) {
    if (!live.on) return;
    live.run     = run;
    live.threads = threads;
    live.clock   = CLOCK_MONOTONIC;
    live.near_us = MIN(LIVE_NEAR_US, run.latency->limit);
    live.notice_us = live.rate ? 0 : live.near_us;
    if (live.rate) schedule_prepare();
    if (live.file) out_open(live.file);
    block_signals();
}

void live_thread_prepare(thread *t, uint64_t id, live_script script) {
    if (!live.on) return;
    live.script = script;
    t->live.far = hist_alloc();
    if (live.rate) schedule_thread_prepare(t, id);
}

// True when a signal came.
static bool wait_until(uint64_t until_us) {
    while (!live.interrupted) {
        uint64_t now_us = live_time_us();
        uint64_t left_us = until_us > now_us ? until_us - now_us : 0;
        struct timespec left = { left_us / 1000000, left_us % 1000000 * 1000 };
        int sig = sigtimedwait(&signals, NULL, &left);
        if (sig > 0) live.interrupted = sig;
        else if (left_us == 0) return false;
    }
    return true;
}

static bool all_connected(void) {
    for (uint64_t i = 0; i < live.run.threads; i++) {
        thread *t = &live.threads[i];
        if (__atomic_load_n(&t->live.open, __ATOMIC_RELAXED) < t->connections) return false;
    }
    return true;
}

void live_await_connections(void) {
    if (!live.rate) return;
    uint64_t latest_us = live_time_us() + AWAIT_US;
    while (!all_connected() && live_time_us() < latest_us) {
        if (wait_until(live_time_us() + AWAIT_STEP_US)) return;
    }
}

static bool all_ended(void) {
    for (uint64_t i = 0; i < live.run.threads; i++) {
        if (!__atomic_load_n(&live.threads[i].live.ended, __ATOMIC_ACQUIRE)) return false;
    }
    return true;
}

static uint64_t next_tick(uint64_t now_us) {
    uint64_t passed = (now_us - live.start_us) / live.tick_us;  // those missed are skipped
    return live.start_us + (passed + 1) * live.tick_us;
}

// Writes a line at each tick until the end or a signal; draining, until all threads have ended.
static void tick_until(uint64_t end_us, bool draining) {
    uint64_t tick_us = live.file ? next_tick(live_time_us()) : NEVER;
    while (!(draining && all_ended())) {
        uint64_t until_us = MIN(tick_us, end_us);
        if (draining) until_us = MIN(until_us, live_time_us() + DRAIN_STEP_US);
        if (wait_until(until_us) || until_us == end_us) return;
        if (until_us < tick_us) continue;
        record_tick();
        tick_us = next_tick(live_time_us());
    }
}

// Returns false when wrk has to wait by itself.
bool live_wait(uint64_t start_us) {
    if (!live.on) return false;
    live.start_us      = start_us;
    live.start_unix_us = record_unix_us() - (live_time_us() - start_us);
    if (live.rate) schedule_start(start_us);
    if (live.file) record_start();

    uint64_t end_us = start_us + live.run.duration_s * 1000000;
    tick_until(end_us, false);
    if (live.rate) {
        schedule_stop(live_time_us());
        tick_until(end_us + live.run.timeout_ms * 1000, true);
    }
    return true;
}

void live_finish(uint64_t runtime_us) {
    live.end_us = live.start_us + runtime_us;
    if (live.file) record_final(runtime_us);
}

void live_print(void) {
    if (!live.rate) return;
    static totals end;
    schedule_counts n = schedule_now(live.end_us);
    totals_read(&end, live.end_us);
    printf("  Open loop: %"PRIu64" due, %"PRIu64" sent, %"PRIu64" unsent, %"PRIu64" unanswered, "
           "%"PRIu64" lost\n", n.due, n.sent, n.unsent, end.in_flight, end.lost);
}

int live_exit_status(void) {
    return live.failed ? 1 : 0;
}
