// SPDX-License-Identifier: Apache-2.0
// Where the lines go: a regular file (appended to) or a FIFO. A line goes out whole or not at all,
// and no reader can make the writer wait.
#ifndef LIVE_OUT_H
#define LIVE_OUT_H

#include <stdbool.h>
#include <stddef.h>

void out_open(const char *path);  // a path that can not serve ends the program with status 2

// False: dropped, errno says why (EAGAIN: no room, the reader is slow).
bool out_line(const char *line, size_t length);

// As out_line, but gives a slow reader up to 250 ms to make room.
bool out_last_line(const char *line, size_t length);

#endif /* LIVE_OUT_H */
