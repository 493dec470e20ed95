// SPDX-License-Identifier: Apache-2.0
// The lines themselves; their fields are described in the README beside this folder.
#ifndef LIVE_RECORD_H
#define LIVE_RECORD_H

#include "live.h"

void record_start(void);
void record_tick(void);
void record_final(uint64_t runtime_us);  // after the threads have ended

uint64_t record_unix_us(void);

#endif /* LIVE_RECORD_H */
