// SPDX-License-Identifier: Apache-2.0
// What the latency histogram has gained since the last line that was written. The counts are those
// wrk keeps by the microsecond, up to live.near_us, and those of live_notice() from there on.
#ifndef LIVE_DELTA_H
#define LIVE_DELTA_H

#include "live.h"
#include "live_json.h"

void delta_read(void);
void delta_put(json *);  // an array of [slot, count]
void delta_written(void);

// The whole histogram, after the threads have ended.
void delta_total(hist *);

#endif /* LIVE_DELTA_H */
