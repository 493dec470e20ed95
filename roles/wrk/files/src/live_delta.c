// SPDX-License-Identifier: Apache-2.0

#include <string.h>

#include "live_delta.h"

// Microseconds compared at once: most counts have not changed since the last line. No slot below
// LIVE_NEAR_US is wider than this, and each begins where it divides.
#define CHUNK 32

static struct {
    uint32_t slot;
    uint64_t more;
} changes[HIST_SLOTS];
static uint32_t changed;

static uint64_t near_told[LIVE_NEAR_US];  // as in the last line that was written
static uint64_t near_now[LIVE_NEAR_US];   // where a chunk is not the same
static uint32_t near_changed[LIVE_NEAR_US / CHUNK], near_chunks;
static uint64_t far_told[HIST_SLOTS];

static uint64_t peek(const uint64_t *counter) {
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

static void add_change(uint32_t slot, uint64_t more) {
    if (more == 0) return;
    changes[changed].slot = slot;
    changes[changed].more = more;
    changed++;
}

static void read_chunk(uint32_t us, uint32_t end_us) {
    uint32_t width = us < HIST_EXACT_SLOTS ? 1 : us < 2 * HIST_EXACT_SLOTS ? 2 : 4;
    uint32_t slot = hist_slot(us);
    for (; us < end_us; us += width) {
        uint64_t more = near_now[us] - near_told[us];
        for (uint32_t i = 1; i < width; i++) more += near_now[us + i] - near_told[us + i];
        add_change(slot++, more);
    }
}

static void read_near(const stats *s) {
    uint64_t min = peek(&s->min), max = MIN(peek(&s->max), live.near_us - 1);
    near_chunks = 0;
    for (uint32_t us = min & ~(CHUNK - 1ull); min <= max && us <= max; us += CHUNK) {
        uint32_t end_us = MIN(us + CHUNK, live.near_us);
        size_t bytes = (end_us - us) * sizeof(*near_now);
        if (!memcmp(s->data + us, near_told + us, bytes)) continue;
        memcpy(near_now + us, s->data + us, bytes);
        near_changed[near_chunks++] = us;
        read_chunk(us, end_us);
    }
}

static void read_far(void) {
    uint32_t first = HIST_SLOTS, end = 0;
    for (uint64_t i = 0; i < live.run.threads; i++) {
        const hist *far = live.threads[i].live.far;
        first = MIN(first, __atomic_load_n(&far->low,  __ATOMIC_RELAXED));
        end   = MAX(end,   __atomic_load_n(&far->high, __ATOMIC_RELAXED));
    }
    for (uint32_t slot = first; slot < end; slot++) {
        uint64_t count = 0;
        for (uint64_t i = 0; i < live.run.threads; i++) {
            count += peek(&live.threads[i].live.far->counts[slot]);
        }
        add_change(slot, count - far_told[slot]);
    }
}

// The two parts have no slot in common: live.near_us is where a slot begins.
void delta_read(void) {
    changed = 0;
    read_near(live.run.latency);
    read_far();
}

void delta_put(json *line) {
    json_open(line, '[');
    for (uint32_t i = 0; i < changed; i++) {
        json_pair(line, changes[i].slot, changes[i].more);
    }
    json_close(line, ']');
}

void delta_written(void) {
    for (uint32_t i = 0; i < near_chunks; i++) {
        uint32_t us = near_changed[i];
        memcpy(near_told + us, near_now + us, CHUNK * sizeof(*near_now));
    }
    uint32_t far_slot = hist_slot(live.near_us);
    for (uint32_t i = 0; i < changed; i++) {
        if (changes[i].slot >= far_slot) far_told[changes[i].slot] += changes[i].more;
    }
}

void delta_total(hist *total) {
    const stats *s = live.run.latency;
    for (uint64_t us = s->min; us <= s->max && us < live.near_us; us++) {
        if (s->data[us]) hist_add(total, us, s->data[us]);
    }
    for (uint64_t i = 0; i < live.run.threads; i++) hist_merge(total, live.threads[i].live.far);
}
