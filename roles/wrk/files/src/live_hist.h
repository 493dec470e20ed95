// SPDX-License-Identifier: Apache-2.0
// Counts of microsecond values in the layout of an HdrHistogram (lowest 1, highest 3,600,000,000,
// three significant digits): slot n here is index n of that histogram's counts array.
#ifndef LIVE_HIST_H
#define LIVE_HIST_H

#include <stdint.h>

#define HIST_LOWEST_US   1
#define HIST_HIGHEST_US  3600000000u
#define HIST_DIGITS      3
#define HIST_EXACT_SLOTS 2048   // slots of one microsecond each, slot n for value n
#define HIST_SLOTS       23552

typedef struct {
    uint64_t count;
    uint64_t sum_us;
    uint64_t min_us;  // UINT64_MAX while empty
    uint64_t max_us;
    uint32_t low;     // counts outside [low, high) are zero
    uint32_t high;
    uint64_t counts[HIST_SLOTS];
} hist;

hist *hist_alloc(void);
uint32_t hist_slot(uint64_t us);
void hist_record(hist *, uint64_t us);
void hist_add(hist *, uint64_t us, uint64_t times);
void hist_merge(hist *, const hist *from);

#endif /* LIVE_HIST_H */
