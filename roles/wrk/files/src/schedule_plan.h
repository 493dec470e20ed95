// SPDX-License-Identifier: Apache-2.0
// When each request of an open loop is due: pure arithmetic, no clock.
#ifndef SCHEDULE_PLAN_H
#define SCHEDULE_PLAN_H

#include <stdint.h>

// The rate moves on a straight line from `from` to `to` (requests per second) over `duration_us`.
typedef struct {
    double   from;
    double   to;
    uint64_t duration_us;
} plan;

double plan_rate(const plan *, uint64_t offset_us);

// Microseconds from the start at which request n (0, 1, ...) is due.
uint64_t plan_due_us(const plan *, uint64_t n);

// How many requests are due at or before offset_us; none is due at duration_us or later.
uint64_t plan_count(const plan *, uint64_t offset_us);

#endif /* SCHEDULE_PLAN_H */
