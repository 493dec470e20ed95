// SPDX-License-Identifier: Apache-2.0
// Composes one line of JSON in memory. Commas are put by what stands before.
#ifndef LIVE_JSON_H
#define LIVE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    char  *text;
    size_t length;
    size_t size;
} json;

void json_reset(json *);
void json_open(json *, char bracket);
void json_close(json *, char bracket);
void json_key(json *, const char *name);

void json_null(json *);
void json_u64(json *, uint64_t);
void json_number(json *, double);
void json_seconds(json *, uint64_t us);  // six decimals
void json_text(json *, const char *);    // NULL is null; bytes past ASCII as \u00XX
void json_pair(json *, uint64_t, uint64_t);
void json_end_line(json *);

#endif /* LIVE_JSON_H */
