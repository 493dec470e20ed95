// SPDX-License-Identifier: Apache-2.0
// The open loop as the main thread sees it: starts it, stops it, tells how far it is.

#include <stdio.h>
#include <stdlib.h>

#include "schedule.h"

void schedule_prepare(void) {
    schedule.plan = (plan) {
        .from        = live.rate_from,
        .to          = live.rate_to,
        .duration_us = live.run.duration_s * 1000000,
    };
    if (plan_count(&schedule.plan, schedule.plan.duration_us) == 0) {
        fprintf(stderr, "wrk: no request falls due at --rate %g within %"PRIu64" s\n",
                live.rate_from, live.run.duration_s);
        exit(2);
    }
}

static void wake_all(uint64_t now_us) {
    for (uint64_t i = 0; i < live.run.threads; i++) schedule_wake(&live.threads[i], now_us);
}

void schedule_start(uint64_t start_us) {
    __atomic_store_n(&schedule.end_us, start_us + schedule.plan.duration_us, __ATOMIC_RELAXED);
    __atomic_store_n(&schedule.start_us, start_us, __ATOMIC_RELEASE);
    wake_all(start_us);
}

// What is not due by now will not be sent; what is due still may, until its thread ends.
void schedule_stop(uint64_t now_us) {
    if (now_us >= schedule.end_us) return;
    __atomic_store_n(&schedule.end_us, now_us, __ATOMIC_RELEASE);
    wake_all(now_us);
}

static uint64_t due_of_thread(uint64_t due_of_all, uint64_t id) {
    return (due_of_all + live.run.threads - 1 - id) / live.run.threads;
}

static uint64_t due_by(uint64_t now_us) {
    uint64_t until_us = MIN(now_us, schedule.end_us - 1);
    return until_us < schedule.start_us ? 0
         : plan_count(&schedule.plan, until_us - schedule.start_us);
}

schedule_counts schedule_now(uint64_t now_us) {
    uint64_t due = due_by(now_us), oldest_us = now_us;
    uint64_t offset_us = MIN(now_us, schedule.end_us) - schedule.start_us;
    schedule_counts n = {
        .schedule_us = offset_us,
        .rate        = plan_rate(&schedule.plan, offset_us),
    };
    for (uint64_t i = 0; i < live.run.threads; i++) {
        uint64_t sent = __atomic_load_n(&live.threads[i].live.sent, __ATOMIC_RELAXED);
        uint64_t due_here = MAX(sent, due_of_thread(due, i));
        n.due  += due_here;
        n.sent += sent;
        if (due_here == sent) continue;
        uint64_t first_us = plan_due_us(&schedule.plan, i + sent * live.run.threads);
        oldest_us = MIN(oldest_us, schedule.start_us + first_us);
    }
    n.unsent = n.due - n.sent;
    n.oldest_unsent_us = now_us - oldest_us;
    return n;
}

// After the threads have ended.
void schedule_record_unsent(hist *ages, uint64_t now_us) {
    uint64_t due = due_by(now_us);
    for (uint64_t i = 0; i < live.run.threads; i++) {
        uint64_t number = i + live.threads[i].live.sent * live.run.threads;
        for (; number < due; number += live.run.threads) {
            hist_record(ages, now_us - schedule.start_us - plan_due_us(&schedule.plan, number));
        }
    }
}
