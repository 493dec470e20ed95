// SPDX-License-Identifier: Apache-2.0
// Thread i of T sends requests i, i + T, i + 2T ... of the plan, so the threads are staggered and
// their sum is exactly the plan. A request is due at its planned time whether or not a connection
// is free; one that has to wait needs no queue, for its due time can be computed when its turn
// comes. Idle connections are used in turn, oldest first: all of them are kept warm and all workers
// of the server behind them are reached alike.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>

#include "schedule.h"
#include "schedule_list.h"
#include "script.h"

// Reconnecting, per thread. At most QUOTA_MAX attempts go out together and batches are DELAY_MIN_US
// apart, so a server that refuses can not be hit harder than 1,600 times a second; while none gets
// through it is one attempt, less and less often, down to two a second.
#define DELAY_MIN_US 10000
#define DELAY_MAX_US 500000
#define QUOTA_MAX    16
#define NEVER        UINT64_MAX

struct schedule schedule;

static __thread thread *self;

static void write_rest(aeEventLoop *, int, void *, int);

static uint64_t load(const uint64_t *value) {
    return __atomic_load_n(value, __ATOMIC_ACQUIRE);
}

static uint64_t request_number(const live_thread *l) {
    return l->id + l->sent * live.run.threads;
}

static void set_next_due(live_thread *l) {
    uint64_t offset = plan_due_us(&schedule.plan, request_number(l));
    l->next_due_us = offset < schedule.plan.duration_us ? schedule.start_us + offset : NEVER;
}

static void set_writable(connection *c, bool wanted) {
    aeEventLoop *loop = c->thread->loop;
    bool is = aeGetFileEvents(loop, c->fd) & AE_WRITABLE;
    if (wanted && !is) aeCreateFileEvent(loop, c->fd, AE_WRITABLE, write_rest, c);
    if (!wanted && is) aeDeleteFileEvent(loop, c->fd, AE_WRITABLE);
}

// Straight to the socket; the event loop is only asked to help when it does not take all at once.
static void write_rest(aeEventLoop *loop, int fd, void *data, int mask) {
    (void) loop, (void) fd, (void) mask;
    connection *c = data;
    size_t n = 0;

    if (live.run.sock->write(c, c->request + c->written, c->length - c->written, &n) == ERROR) {
        c->thread->errors.write++;
        live_error(c, LIVE_WRITE, errno);
        live.run.reconnect(c->thread, c);
        return;
    }
    c->written += n;
    set_writable(c, c->written < c->length);
}

static void send_request(thread *t, connection *c) {
    if (live.script.dynamic) script_request(t->L, &c->request, &c->length);
    c->start        = t->live.next_due_us;
    c->live.sent_us = live_time_us();
    c->written      = 0;
    __atomic_store_n(&c->pending, 1, __ATOMIC_RELEASE);
    __atomic_store_n(&t->live.sent, t->live.sent + 1, __ATOMIC_RELAXED);
    set_next_due(&t->live);
    write_rest(t->loop, c->fd, c, AE_WRITABLE);
}

static bool is_due(const live_thread *l, uint64_t now_us) {
    return l->next_due_us <= now_us && l->next_due_us < load(&schedule.end_us);
}

static void send_due(thread *t, uint64_t now_us) {
    live_thread *l = &t->live;
    if (load(&schedule.start_us) == 0) return;
    if (l->sent == 0) set_next_due(l);
    while (l->idle.count && is_due(l, now_us)) send_request(t, list_pop(&l->idle));
}

static void retry(thread *t, uint64_t now_us) {
    live_thread *l = &t->live;
    if (l->down.count == 0 || now_us < l->retry_us) return;

    uint64_t attempts = MIN(l->quota, l->down.count);
    l->retry_us     = now_us + MAX(l->delay_us, DELAY_MIN_US);
    l->batch_failed = false;
    while (attempts--) live.run.connect(t, list_pop(&l->down));
}

void schedule_wake(thread *t, uint64_t at_us) {
    struct itimerspec spec = { .it_value = { at_us / 1000000, at_us % 1000000 * 1000 } };
    timerfd_settime(t->live.timer_fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

static void set_timer(thread *t, uint64_t at_us) {
    schedule_wake(t, at_us);
    t->live.timer_us = at_us;
}

// With no connection free there is nothing to wake up for but an answer. Setting the timer also
// clears the event that it has fired, which saves reading it.
static void arm(thread *t, uint64_t now_us) {
    live_thread *l = &t->live;
    uint64_t end_us = load(&schedule.end_us), at_us = NEVER;
    if (l->idle.count && l->next_due_us < end_us) at_us = l->next_due_us;
    if (l->down.count) at_us = MIN(at_us, l->retry_us);
    if (now_us < end_us) at_us = MIN(at_us, end_us);

    if (at_us != NEVER && (at_us != l->timer_us || l->timer_fired)) set_timer(t, at_us);
    else if (l->timer_fired) set_timer(t, 0);
    l->timer_fired = false;
}

// A thread with nothing left ends at once, not at wrk's next look at its stop flag up to 100 ms
// later: an achieved rate is not thinned by waiting.
static bool finished(const thread *t, uint64_t now_us) {
    uint64_t end_us = load(&schedule.end_us);
    return end_us && now_us >= end_us && t->live.next_due_us >= end_us &&
           t->live.idle.count == t->live.open;
}

// Runs before each sleep of the event loop, after all answers of a batch are taken: nothing is ever
// sent from inside the HTTP parser.
static void pump(aeEventLoop *loop) {
    uint64_t now_us = live_time_us();
    retry(self, now_us);
    send_due(self, now_us);
    arm(self, now_us);
    if (finished(self, now_us)) {
        aeStop(loop);
        set_timer(self, now_us);
    }
}

static void timer_fired(aeEventLoop *loop, int fd, void *data, int mask) {
    (void) loop, (void) fd, (void) mask;
    ((thread *) data)->live.timer_fired = true;
}

void schedule_thread_begin(thread *t) {
    self = t;
    aeSetBeforeSleepProc(t->loop, pump);
}

// A new connection: takes over from wrk, which would send its first request at once.
bool schedule_ready(connection *c) {
    if (!live.rate) return false;
    set_writable(c, false);
    list_push(&c->thread->live.idle, c);
    return true;
}

// Should the answer also end the connection, wrk closes it next and it leaves the list again.
void schedule_answered(connection *c, uint64_t now_us) {
    hist_record(c->thread->live.service, now_us - c->live.sent_us);
    c->live.answered = true;
    list_push(&c->thread->live.idle, c);
}

static void put_down(connection *c) {
    live_thread *l = &c->thread->live;
    list_push(&l->down, c);
    if (l->batch_failed) return;
    l->batch_failed = true;
    l->quota    = 1;
    l->delay_us = MAX(DELAY_MIN_US, MIN(l->delay_us * 2, DELAY_MAX_US));
    l->retry_us = live_time_us() + l->delay_us;
}

// A connection that has answered may be made anew at once (a server that closes after each answer
// paces us by its answers); any other has to wait.
bool schedule_reconnect_later(connection *c) {
    if (!live.rate) return false;
    bool answered = c->live.answered;
    c->live.answered = false;
    if (!answered) put_down(c);
    return !answered;
}

void schedule_connect_failed(connection *c) {
    if (live.rate) put_down(c);
}

void schedule_established(connection *c) {
    live_thread *l = &c->thread->live;
    l->batch_failed = false;
    l->delay_us     = 0;
    l->quota        = MIN(l->quota * 2, QUOTA_MAX);
}

void schedule_closed(connection *c) {
    list_remove(c);
}

static void refuse_script(void) {
    if (live.script.pipeline > 1) {
        fprintf(stderr, "wrk: --rate can not be used with a script that pipelines (%"PRIu64
                " requests at once): each request needs a due time of its own\n",
                live.script.pipeline);
        exit(2);
    }
    if (live.script.delay) {
        fprintf(stderr, "wrk: --rate can not be used with a script's delay(): both say when\n");
        exit(2);
    }
}

void schedule_thread_prepare(thread *t, uint64_t id) {
    live_thread *l = &t->live;
    refuse_script();

    l->id          = id;
    l->service     = hist_alloc();
    l->next_due_us = NEVER;
    l->quota       = 1;
    l->timer_fd    = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (l->timer_fd == -1 || !t->loop ||
        aeCreateFileEvent(t->loop, l->timer_fd, AE_READABLE, timer_fired, t) != AE_OK) {
        fprintf(stderr, "wrk: unable to create a timer for --rate: %s\n", strerror(errno));
        exit(2);
    }
}
