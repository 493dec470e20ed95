// SPDX-License-Identifier: Apache-2.0

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live_json.h"

#define U64_DIGITS 20

static char *room(json *j, size_t n) {
    if (j->length + n > j->size) {
        j->size = 2 * (j->length + n) + 4096;
        j->text = realloc(j->text, j->size);
        if (j->text == NULL) abort();
    }
    return j->text + j->length;
}

static void put(json *j, const char *text, size_t n) {
    memcpy(room(j, n), text, n);
    j->length += n;
}

static void put_char(json *j, char c) {
    *room(j, 1) = c;
    j->length++;
}

static void separate(json *j) {
    char last = j->length ? j->text[j->length - 1] : '{';
    if (last != '{' && last != '[' && last != ':') put_char(j, ',');
}

static char *digits(char *end, uint64_t n) {
    do {
        *--end = '0' + n % 10;
        n /= 10;
    } while (n);
    return end;
}

static void put_u64(json *j, uint64_t n) {
    char text[U64_DIGITS], *end = text + U64_DIGITS, *first = digits(end, n);
    put(j, first, end - first);
}

void json_reset(json *j) {
    j->length = 0;
}

void json_open(json *j, char bracket) {
    separate(j);
    put_char(j, bracket);
}

void json_close(json *j, char bracket) {
    put_char(j, bracket);
}

void json_key(json *j, const char *name) {
    separate(j);
    put_char(j, '"');
    put(j, name, strlen(name));
    put(j, "\":", 2);
}

void json_null(json *j) {
    separate(j);
    put(j, "null", 4);
}

void json_u64(json *j, uint64_t n) {
    separate(j);
    put_u64(j, n);
}

void json_number(json *j, double n) {
    char text[40];
    separate(j);
    put(j, text, snprintf(text, sizeof(text), "%.12g", n));
}

void json_seconds(json *j, uint64_t us) {
    char text[8] = { '.', '0', '0', '0', '0', '0', '0' };
    separate(j);
    put_u64(j, us / 1000000);
    digits(text + 7, us % 1000000);
    put(j, text, 7);
}

void json_text(json *j, const char *text) {
    char escaped[8];
    if (text == NULL) {
        json_null(j);
        return;
    }
    separate(j);
    put_char(j, '"');
    for (const unsigned char *c = (const unsigned char *) text; *c; c++) {
        bool plain = *c >= ' ' && *c < 127 && *c != '"' && *c != '\\';
        if (plain) put_char(j, *c);
        else put(j, escaped, snprintf(escaped, sizeof(escaped), "\\u%04x", *c));
    }
    put_char(j, '"');
}

// By far the most frequent value, so it is written in one go, from its end.
void json_pair(json *j, uint64_t a, uint64_t b) {
    char text[2 * U64_DIGITS + 4], *end = text + sizeof(text), *p = end;
    *--p = ']';
    p = digits(p, b);
    *--p = ',';
    p = digits(p, a);
    *--p = '[';
    if (j->text[j->length - 1] != '[') *--p = ',';
    put(j, p, end - p);
}

void json_end_line(json *j) {
    put_char(j, '\n');
}
