// SPDX-License-Identifier: Apache-2.0

#include <stdlib.h>

#include "live_hist.h"

// Three digits need 2,000 exact values: the first 2,048 slots are 1 us wide, and each further
// 1,024 slots are twice as wide as those before.
#define HALF_BITS 10
#define HALF      (1u << HALF_BITS)

hist *hist_alloc(void) {
    hist *h = calloc(1, sizeof(hist));
    if (h == NULL) abort();
    h->low    = HIST_SLOTS;
    h->min_us = UINT64_MAX;
    return h;
}

uint32_t hist_slot(uint64_t us) {
    if (us > HIST_HIGHEST_US) us = HIST_HIGHEST_US;
    uint32_t doublings = 63 - HALF_BITS - __builtin_clzll(us | (2 * HALF - 1));
    return (doublings << HALF_BITS) + (uint32_t) (us >> doublings);
}

static void widen(hist *h, uint32_t low, uint32_t high) {
    if (low  < h->low)  h->low  = low;
    if (high > h->high) h->high = high;
}

void hist_add(hist *h, uint64_t us, uint64_t times) {
    uint32_t slot = hist_slot(us);
    widen(h, slot, slot + 1);
    h->counts[slot] += times;
    h->count        += times;
    h->sum_us       += times * us;
    if (us < h->min_us) h->min_us = us;
    if (us > h->max_us) h->max_us = us;
}

void hist_record(hist *h, uint64_t us) {
    hist_add(h, us, 1);
}

// From a histogram whose thread has ended.
void hist_merge(hist *h, const hist *from) {
    if (from->count == 0) return;
    widen(h, from->low, from->high);
    for (uint32_t i = from->low; i < from->high; i++) h->counts[i] += from->counts[i];
    h->count  += from->count;
    h->sum_us += from->sum_us;
    if (from->min_us < h->min_us) h->min_us = from->min_us;
    if (from->max_us > h->max_us) h->max_us = from->max_us;
}
