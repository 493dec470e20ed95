// SPDX-License-Identifier: Apache-2.0
// Sums over all threads, read while they count.
#ifndef LIVE_TOTALS_H
#define LIVE_TOTALS_H

#include "live.h"

typedef struct {
    uint64_t requests;
    uint64_t bytes;
    uint64_t timeouts;
    uint64_t open;
    uint64_t established;
    uint64_t closed_idle;
    uint64_t lost;
    uint64_t in_flight;
    uint64_t oldest_in_flight_us;
    uint64_t ok;     // answers with status 200
    bool     others; // there are other answers, counted in codes

    // Last, as they are long and most often all zero.
    uint64_t codes[LIVE_CODES];
    live_errors errors[LIVE_PHASES];
} totals;

void totals_read(totals *, uint64_t now_us);
void totals_service(hist *);
void totals_record_unanswered(hist *ages, uint64_t now_us);

#endif /* LIVE_TOTALS_H */
