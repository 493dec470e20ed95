// SPDX-License-Identifier: Apache-2.0
// What worker threads count beyond wrk: connections, errors and codes other than 200.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "live.h"
#include "schedule.h"
#include "zmalloc.h"

void live_thread_begin(thread *t) {
    if (live.rate) schedule_thread_begin(t);
}

// The main thread looks at the connections to the very end, so they are not freed.
void live_thread_end(thread *t) {
    if (!live.on) zfree(t->cs);
    else __atomic_store_n(&t->live.ended, true, __ATOMIC_RELEASE);
}

// For each answer that is not a 200, before wrk counts it: a reader that reads wrk's count first
// and this one after it can so never take an answer of another status for a 200.
int live_status(thread *t, int status) {
    if (!live.on) return status;
    t->live.codes[status > 0 && status < LIVE_CODES ? status : 0]++;
    t->live.not_200++;
    __atomic_thread_fence(__ATOMIC_RELEASE);
    return status;
}

bool live_notice(connection *c, uint64_t now_us) {
    uint64_t us = now_us - c->start;
    if (us >= live.near_us) hist_record(c->thread->live.far, us);
    if (live.rate) schedule_answered(c, now_us);
    return !live.rate;
}

// wrk takes an event on a connecting socket for success and meets a refusal at its first write;
// asked here, a refusal is an error of connecting, with its errno.
status live_connected(connection *c) {
    int error = 0;
    struct tcp_info info;
    socklen_t size = sizeof(error), info_size = sizeof(info);

    if (!live.on || c->live.open) return OK;
    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size) == -1) return ERROR;
    if (error == 0 && getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &info_size) == 0) {
        if (info.tcpi_state == TCP_SYN_SENT || info.tcpi_state == TCP_SYN_RECV) return RETRY;
        if (info.tcpi_state == TCP_CLOSE) error = ENOTCONN;
    }
    errno = error;
    return error ? ERROR : OK;
}

void live_established(connection *c) {
    if (!live.on) return;
    c->live.open = true;
    c->thread->live.open++;
    c->thread->live.established++;
    if (live.rate) schedule_established(c);
}

void live_closed(connection *c) {
    if (!live.on) return;
    if (live.rate) schedule_closed(c);
    if (!c->live.open) return;
    c->live.open = false;
    c->thread->live.open--;
    if (c->pending <= live.script.pipeline) c->thread->live.lost += c->pending;
    c->pending = 0;
}

static bool told_by_tls(connection *c) {
    bool told = c->ssl && ERR_peek_error() != 0;
    if (told) ERR_clear_error();
    return told;
}

void live_error(connection *c, live_phase phase, int error) {
    if (!live.on) return;
    live_errors *e = &c->thread->live.errors[phase];
    e->total++;
    if (told_by_tls(c)) e->tls++;
    else e->errnos[error > 0 && error < LIVE_ERRNOS ? error : 0]++;
}

static bool at_end(connection *c, size_t read) {
    return read == 0 || (c->ssl && SSL_get_shutdown(c->ssl) & SSL_RECEIVED_SHUTDOWN);
}

// Returns what to add to wrk's count of read errors. read is (size_t) -1 when the read failed.
uint32_t live_read_error(connection *c, size_t read) {
    int error = errno;
    if (!live.on) return 1;

    live_errors *e = &c->thread->live.errors[LIVE_READ];
    bool failed = read == (size_t) -1;
    bool end = at_end(c, read);

    if (live.rate && !c->pending && (end || (failed && error == ECONNRESET))) {
        c->thread->live.closed_idle++;
        return 0;
    }
    if (end) {
        e->total++;
        e->eof++;
    } else if (!failed && HTTP_PARSER_ERRNO(&c->parser) != HPE_OK) {
        e->total++;
        e->http_parse++;
    } else {
        live_error(c, LIVE_READ, error);
    }
    return 1;
}
