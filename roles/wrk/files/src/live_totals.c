// SPDX-License-Identifier: Apache-2.0

#include <stddef.h>
#include <string.h>

#include "live_totals.h"

static uint64_t peek(const uint64_t *counter) {
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

static void add_codes(totals *n, const live_thread *l, uint64_t complete) {
    uint64_t others = 0;
    if (peek(&l->not_200)) {
        n->others = true;
        for (int code = 0; code < LIVE_CODES; code++) {
            uint64_t count = peek(&l->codes[code]);
            n->codes[code] += count;
            others         += count;
        }
    }
    if (others < complete) n->ok += complete - others;
}

static void add_errors(live_errors *sum, const live_errors *e) {
    if (peek(&e->total) == 0) return;
    sum->total       = 1;
    sum->eof        += peek(&e->eof);
    sum->http_parse += peek(&e->http_parse);
    sum->tls        += peek(&e->tls);
    for (int i = 0; i < LIVE_ERRNOS; i++) sum->errnos[i] += peek(&e->errnos[i]);
}

// The total is made of its parts, so that a line agrees with itself.
static void sum_errors(live_errors *sum) {
    if (sum->total == 0) return;
    sum->total = sum->eof + sum->http_parse + sum->tls;
    for (int i = 0; i < LIVE_ERRNOS; i++) sum->total += sum->errnos[i];
}

static uint64_t sent_us(const connection *c) {
    return live.rate ? peek(&c->live.sent_us) : peek(&c->start);
}

// Requests of a connection that are sent and not answered.
static uint64_t pending(const connection *c) {
    if (!__atomic_load_n(&c->live.open, __ATOMIC_RELAXED)) return 0;
    return MIN(__atomic_load_n(&c->pending, __ATOMIC_ACQUIRE), live.script.pipeline);
}

// An array of connections is made by its thread; till then there is none to look at.
static connection *connections(thread *t) {
    return __atomic_load_n(&t->cs, __ATOMIC_ACQUIRE);
}

static void add_in_flight(totals *n, thread *t, uint64_t now_us) {
    connection *c = connections(t);
    for (uint64_t i = 0; c && i < t->connections; i++, c++) {
        uint64_t waiting = pending(c), since_us = sent_us(c);
        if (waiting == 0) continue;
        n->in_flight += waiting;
        if (since_us < now_us && now_us - since_us > n->oldest_in_flight_us) {
            n->oldest_in_flight_us = now_us - since_us;
        }
    }
}

static void add_thread(totals *n, thread *t, uint64_t now_us) {
    const live_thread *l = &t->live;
    uint64_t complete = __atomic_load_n(&t->complete, __ATOMIC_ACQUIRE);

    n->requests    += complete;
    n->bytes       += peek(&t->bytes);
    n->timeouts    += __atomic_load_n(&t->errors.timeout, __ATOMIC_RELAXED);
    n->open        += peek(&l->open);
    n->established += peek(&l->established);
    n->closed_idle += peek(&l->closed_idle);
    n->lost        += peek(&l->lost);

    add_codes(n, l, complete);
    for (int phase = 0; phase < LIVE_PHASES; phase++) {
        add_errors(&n->errors[phase], &l->errors[phase]);
    }
    add_in_flight(n, t, now_us);
}

static void clear(totals *n) {
    if (n->others) memset(n->codes, 0, sizeof(n->codes));
    for (int phase = 0; phase < LIVE_PHASES; phase++) {
        if (n->errors[phase].total) memset(&n->errors[phase], 0, sizeof(n->errors[phase]));
    }
    memset(n, 0, offsetof(totals, codes));
}

// The count of 200 is the rest, and read a little too low when others come in between: it is held
// so that it never falls.
void totals_read(totals *n, uint64_t now_us) {
    uint64_t ok = n->ok;
    clear(n);
    for (uint64_t i = 0; i < live.run.threads; i++) add_thread(n, &live.threads[i], now_us);
    for (int phase = 0; phase < LIVE_PHASES; phase++) sum_errors(&n->errors[phase]);
    n->ok = MAX(ok, n->ok);
}

void totals_service(hist *h) {
    for (uint64_t i = 0; i < live.run.threads; i++) hist_merge(h, live.threads[i].live.service);
}

void totals_record_unanswered(hist *ages, uint64_t now_us) {
    for (uint64_t i = 0; i < live.run.threads; i++) {
        connection *c = connections(&live.threads[i]);
        for (uint64_t n = 0; c && n < live.threads[i].connections; n++, c++) {
            if (pending(c)) hist_record(ages, now_us - MIN(c->start, now_us));
        }
    }
}
