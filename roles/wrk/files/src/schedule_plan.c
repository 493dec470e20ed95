// SPDX-License-Identifier: Apache-2.0

#include <math.h>

#include "schedule_plan.h"

#define US 1e6

// Half the slope: the requests asked for by time t are from * t + bend * t * t.
static double bend(const plan *p) {
    return (p->to - p->from) / (2 * (p->duration_us / US));
}

double plan_rate(const plan *p, uint64_t offset_us) {
    return p->from + 2 * bend(p) * (offset_us / US);
}

// Request n is due when n + 1/2 have been asked for: then count and integral differ by at most a
// half, and threads that take every T-th request are evenly staggered. The root is in the form
// that neither divides by a slope of zero nor subtracts two near numbers.
uint64_t plan_due_us(const plan *p, uint64_t n) {
    double asked = n + 0.5;
    double square = p->from * p->from + 4 * bend(p) * asked;
    if (square < 0) return UINT64_MAX;

    double us = US * 2 * asked / (p->from + sqrt(square));
    return us < 0x1p62 ? (uint64_t) us : UINT64_MAX;
}

uint64_t plan_count(const plan *p, uint64_t offset_us) {
    if (offset_us >= p->duration_us) offset_us = p->duration_us - 1;

    double t = offset_us / US;
    uint64_t n = p->from * t + bend(p) * t * t + 0.5;
    while (plan_due_us(p, n) <= offset_us) n++;
    while (n > 0 && plan_due_us(p, n - 1) > offset_us) n--;
    return n;
}
