// SPDX-License-Identifier: Apache-2.0
// The open loop: requests fall due by a plan, whatever the server does, and are timed from then.
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "live.h"
#include "schedule_plan.h"

extern struct schedule {
    plan     plan;
    uint64_t start_us;  // 0 until the clock of the plan starts
    uint64_t end_us;
} schedule;

typedef struct {
    uint64_t due;
    uint64_t sent;
    uint64_t unsent;
    uint64_t oldest_unsent_us;
    uint64_t schedule_us;  // how long the plan has run
    double   rate;         // offered now
} schedule_counts;

// main thread
void schedule_prepare(void);
void schedule_thread_prepare(thread *, uint64_t id);
void schedule_start(uint64_t start_us);
void schedule_stop(uint64_t now_us);
void schedule_wake(thread *, uint64_t at_us);
schedule_counts schedule_now(uint64_t now_us);
void schedule_record_unsent(hist *ages, uint64_t now_us);

// worker threads
void schedule_thread_begin(thread *);
bool schedule_ready(connection *);
void schedule_answered(connection *, uint64_t now_us);
bool schedule_reconnect_later(connection *);
void schedule_connect_failed(connection *);
void schedule_established(connection *);
void schedule_closed(connection *);

#endif /* SCHEDULE_H */
