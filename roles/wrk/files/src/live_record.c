// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "live_delta.h"
#include "live_json.h"
#include "live_out.h"
#include "live_record.h"
#include "live_totals.h"
#include "schedule.h"

static json     line;
static totals   now;
static uint64_t sequence, dropped, previous_line_us;

uint64_t record_unix_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void put_u64(const char *key, uint64_t n) {
    json_key(&line, key);
    json_u64(&line, n);
}

static void put_u64_if(const char *key, uint64_t n, bool known) {
    json_key(&line, key);
    if (known) json_u64(&line, n);
    else json_null(&line);
}

static void put_number_if(const char *key, double n, bool known) {
    json_key(&line, key);
    if (known) json_number(&line, n);
    else json_null(&line);
}

static void put_seconds(const char *key, uint64_t us) {
    json_key(&line, key);
    json_seconds(&line, us);
}

static void put_text(const char *key, const char *text) {
    json_key(&line, key);
    json_text(&line, text);
}

static void open_object(const char *key) {
    json_key(&line, key);
    json_open(&line, '{');
}

static void close_object(void) {
    json_close(&line, '}');
}

static void begin(const char *type) {
    json_reset(&line);
    json_open(&line, '{');
    put_u64("v", LIVE_RECORD_VERSION);
    put_text("type", type);
    put_u64("seq", sequence++);
    put_seconds("t_unix", record_unix_us());
}

static bool end(bool (*write)(const char *, size_t)) {
    close_object();
    json_end_line(&line);
    return write(line.text, line.length);
}

static void put_codes(void) {
    open_object("codes");
    if (now.ok) put_u64("200", now.ok);
    for (int code = 0; now.others && code < LIVE_CODES; code++) {
        char name[8];
        if (now.codes[code] == 0) continue;
        snprintf(name, sizeof(name), "%d", code);
        put_u64(name, now.codes[code]);
    }
    close_object();
}

static void put_status(void) {
    static const char *names[] = { "other", "1xx", "2xx", "3xx", "4xx", "5xx" };
    uint64_t classes[6] = { [2] = now.ok };
    for (int code = 0; now.others && code < LIVE_CODES; code++) {
        classes[code / 100 < 6 ? code / 100 : 0] += now.codes[code];
    }
    open_object("status");
    for (int i = 1; i <= 6; i++) put_u64(names[i % 6], classes[i % 6]);
    close_object();
}

static void put_errnos(const live_errors *e) {
    open_object("errno");
    for (int i = 0; e->total && i < LIVE_ERRNOS; i++) {
        const char *name = i ? strerrorname_np(i) : "unknown";
        if (e->errnos[i]) put_u64(name ? name : "unnamed", e->errnos[i]);
    }
    close_object();
}

static void put_phase(const char *name, const live_errors *e) {
    open_object(name);
    put_u64("total", e->total);
    put_errnos(e);
    put_u64("eof", e->eof);
    put_u64("http_parse", e->http_parse);
    put_u64("tls", e->tls);
    close_object();
}

static void put_errors(void) {
    open_object("errors");
    put_phase("connect", &now.errors[LIVE_CONNECT]);
    put_phase("read",    &now.errors[LIVE_READ]);
    put_phase("write",   &now.errors[LIVE_WRITE]);
    put_u64("timeout", now.timeouts);
    close_object();
}

static void put_open_loop(uint64_t now_us) {
    if (!live.rate) {
        put_text("open_loop", NULL);
        return;
    }
    schedule_counts n = schedule_now(now_us);
    open_object("open_loop");
    put_u64("due", n.due);
    put_u64("sent", n.sent);
    put_u64("unsent", n.unsent);
    put_u64_if("oldest_unsent_us", n.oldest_unsent_us, n.unsent);
    put_u64("schedule_us", n.schedule_us);
    put_number_if("offered_per_second", n.rate, true);
    close_object();
}

// Counters first and the histogram after: a request in passing may be in the second already.
static void put_counters(uint64_t now_us) {
    totals_read(&now, now_us);
    delta_read();

    put_seconds("elapsed_s", now_us - live.start_us);
    put_u64("requests", now.requests);
    put_u64("bytes", now.bytes);
    put_status();
    put_codes();
    put_errors();
    put_u64("lost", now.lost);
    put_u64("connections_open", now.open);
    put_u64("connections_established", now.established);
    put_u64("connections_closed_idle", now.closed_idle);
    put_u64("in_flight", now.in_flight);
    put_u64_if("oldest_in_flight_us", now.oldest_in_flight_us, now.in_flight);
    put_open_loop(now_us);
    put_u64("lines_dropped", dropped);
    put_u64_if("previous_line_us", previous_line_us, previous_line_us);
    json_key(&line, "hist_delta");
    delta_put(&line);
}

static void put_layout(void) {
    put_text("unit", "us");
    put_u64("lowest", HIST_LOWEST_US);
    put_u64("highest", HIST_HIGHEST_US);
    put_u64("significant_digits", HIST_DIGITS);
}

static void put_hist(const char *key, const hist *h) {
    open_object(key);
    put_layout();
    put_u64("count", h->count);
    put_u64_if("min", h->min_us, h->count);
    put_u64_if("max", h->max_us, h->count);
    put_number_if("mean", h->count ? (double) h->sum_us / h->count : 0, h->count);
    json_key(&line, "slots");
    json_open(&line, '[');
    for (uint32_t i = h->low; i < h->high; i++) {
        if (h->counts[i]) json_pair(&line, i, h->counts[i]);
    }
    json_close(&line, ']');
    close_object();
}

void record_start(void) {
    const live_run *r = &live.run;
    begin("start");
    put_text("url", r->url);
    put_text("script", r->script);
    put_u64("threads", r->threads);
    open_object("connections");
    put_u64("asked", r->connections);
    put_u64("opened", r->connections / r->threads * r->threads);
    close_object();
    put_u64("duration_s", r->duration_s);
    put_u64("timeout_ms", r->timeout_ms);
    put_u64("tick_ms", live.tick_us / 1000);
    put_u64("pipeline", live.script.pipeline);
    put_number_if("rate_per_second", live.rate_from, live.rate);
    put_number_if("rate_to_per_second", live.rate_to, live.rate);
    put_text("latency_from", live.rate ? "due" : "send");
    put_text("wrk_version", VERSION);
    put_text("patch_version", LIVE_PATCH_VERSION);
    open_object("hist");
    put_layout();
    close_object();
    if (!end(out_line)) dropped++;
}

void record_tick(void) {
    uint64_t began_us = live_time_us();
    begin("tick");
    put_counters(began_us);
    if (end(out_line)) delta_written();
    else dropped++;
    previous_line_us = live_time_us() - began_us;
}

static void put_left(uint64_t now_us) {
    hist *ages = hist_alloc(), *service = hist_alloc(), *latency = hist_alloc();
    delta_total(latency);
    schedule_counts n = { 0 };
    if (live.rate) {
        n = schedule_now(now_us);
        schedule_record_unsent(ages, now_us);
        totals_service(service);
    }
    totals_record_unanswered(ages, now_us);

    put_u64("unsent", n.unsent);
    put_u64_if("oldest_unsent_us", n.oldest_unsent_us, n.unsent);
    put_u64("unanswered", now.in_flight);
    put_u64_if("oldest_unanswered_us", now.oldest_in_flight_us, now.in_flight);
    put_hist("hist", latency);
    if (live.rate) put_hist("hist_service", service);
    else put_text("hist_service", NULL);
    put_hist("hist_censored", ages);
}

void record_final(uint64_t runtime_us) {
    uint64_t now_us = live.start_us + runtime_us;
    begin("final");
    put_counters(now_us);
    put_seconds("start_unix", live.start_unix_us);
    put_seconds("end_unix", live.start_unix_us + runtime_us);
    put_u64("duration_us", runtime_us);
    put_text("interrupted", live.interrupted == SIGINT ? "SIGINT" :
                            live.interrupted == SIGTERM ? "SIGTERM" : NULL);
    put_left(now_us);

    if (end(out_last_line)) return;
    live.failed = true;
    fprintf(stderr, "wrk: --live %s: the final line (%zu bytes) could not be written: %s\n",
            live.file, line.length, errno == EAGAIN ? "its reader left no room" : strerror(errno));
}
