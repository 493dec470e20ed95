// SPDX-License-Identifier: Apache-2.0

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "live.h"

#define TICK_MS_MIN     20
#define TICK_MS_MAX     10000
#define TICK_MS_DEFAULT 200
#define RATE_MAX        10e6  // MAX_THREAD_RATE_S of wrk.h

static bool tick_given, rate_to_given;

static void refuse(const char *option, const char *value, const char *why) {
    fprintf(stderr, "wrk: %s %s: %s\n", option, value, why);
    exit(2);
}

static uint64_t scan_tick(const char *value) {
    char *end;
    unsigned long ms = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end || ms < TICK_MS_MIN || ms > TICK_MS_MAX) {
        refuse("--tick", value, "want a whole number of milliseconds from 20 to 10000");
    }
    return ms;
}

static double scan_rate(const char *option, const char *value) {
    char *end;
    double rate = strtod(value, &end);
    if (end != value && (*end == 'k' || *end == 'K')) {
        rate *= 1e3;
        end++;
    }
    if (end == value || *end || !isfinite(rate) || signbit(rate) || rate > RATE_MAX) {
        refuse(option, value, "want requests per second from 0 to 10000000, as in 500, 12.5 or 2k");
    }
    return rate;
}

void live_option(int option, const char *value) {
    switch (option) {
        case OPT_LIVE:
            live.file = value;
            break;
        case OPT_TICK:
            tick_given   = true;
            live.tick_us = scan_tick(value) * 1000;
            break;
        case OPT_RATE:
            live.rate      = true;
            live.rate_from = scan_rate("--rate", value);
            break;
        case OPT_RATE_TO:
            rate_to_given = true;
            live.rate_to  = scan_rate("--rate-to", value);
            break;
    }
}

static void refuse_combination(const char *why) {
    fprintf(stderr, "wrk: %s\n", why);
    exit(2);
}

void live_options_check(void) {
    if (tick_given && !live.file) refuse_combination("--tick needs --live FILE");
    if (rate_to_given && !live.rate) {
        refuse_combination("--rate-to needs --rate, the rate to rise from");
    }
    if (!rate_to_given) live.rate_to = live.rate_from;
    if (live.rate && live.rate_from == 0 && live.rate_to == 0) {
        refuse_combination("--rate 0 sends nothing; give a rate above 0, here or in --rate-to");
    }
    if (!tick_given) live.tick_us = TICK_MS_DEFAULT * 1000;
    live.on = live.file || live.rate;
}
