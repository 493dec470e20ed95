// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "live_out.h"

#define PIPE_BYTES    (1 << 20)  // asked for; the kernel may give less
#define TRACKED_LINES 256        // as many as 1 MB of 4 kB slots can hold
#define LAST_WAIT_MS  250
#define LAST_STEP_MS  5

static struct {
    int    fd;
    bool   fifo;
    size_t slot_bytes;
    size_t written[TRACKED_LINES];  // lengths of the last lines, a ring
    size_t lines;
} out = { .fd = -1 };

static void refuse(const char *path, const char *why) {
    fprintf(stderr, "wrk: --live %s: %s\n", path, why);
    exit(2);
}

void out_open(const char *path) {
    struct stat st;
    out.fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_CLOEXEC, 0644);
    if (out.fd == -1 && errno == ENXIO) refuse(path, "no process has this FIFO open to read it");
    if (out.fd == -1 || fstat(out.fd, &st) == -1) refuse(path, strerror(errno));

    out.fifo = S_ISFIFO(st.st_mode);
    if (!out.fifo && !S_ISREG(st.st_mode)) refuse(path, "neither a regular file nor a FIFO");

    out.slot_bytes = sysconf(_SC_PAGESIZE);
    if (out.fifo) (void) fcntl(out.fd, F_SETPIPE_SZ, PIPE_BYTES);
}

static size_t slots(size_t bytes) {
    return (bytes + out.slot_bytes - 1) / out.slot_bytes;
}

static size_t pipe_slots(void) {
    int bytes = fcntl(out.fd, F_GETPIPE_SZ);
    return bytes > 0 ? bytes / out.slot_bytes : 0;
}

// The kernel keeps a pipe in page-sized slots. A write takes at most slots(length) of them and
// frees none before all of it is read, so the unread lines bound the slots in use from above.
static size_t used_slots(size_t all) {
    int unread = 0;
    size_t used = 0;
    if (ioctl(out.fd, FIONREAD, &unread) == -1) return all;

    for (size_t back = 1; unread > 0; back++) {
        if (back > TRACKED_LINES || back > out.lines) return all;
        size_t length = out.written[(out.lines - back) % TRACKED_LINES];
        used   += slots(length);
        unread -= (int) length;
    }
    return used;
}

// A full disk takes part of a line: take that part back. A pipe with room never does it.
static void cut_back(ssize_t n) {
    if (out.fifo || ftruncate(out.fd, lseek(out.fd, 0, SEEK_END) - n) == -1) out.fd = -1;
    errno = out.fifo ? EIO : ENOSPC;
}

static bool whole(const char *line, size_t length) {
    ssize_t n = write(out.fd, line, length);
    if (n == (ssize_t) length) {
        out.written[out.lines++ % TRACKED_LINES] = length;
        return true;
    }
    if (n > 0) cut_back(n);
    return false;
}

bool out_line(const char *line, size_t length) {
    if (out.fifo) {
        size_t all = pipe_slots();
        if (used_slots(all) + slots(length) > all) {
            errno = EAGAIN;
            return false;
        }
    }
    return whole(line, length);
}

// A last line longer than the whole pipe can only pass while the reader reads: the one line that
// goes out in parts.
static bool in_parts(const char *line, size_t length) {
    for (int waited = 0; length > 0; ) {
        ssize_t n = write(out.fd, line, length);
        if (n == -1 && errno != EAGAIN) return false;
        if (n > 0) {
            line   += n;
            length -= n;
            continue;
        }
        if ((waited += LAST_STEP_MS) > LAST_WAIT_MS) return false;
        poll(NULL, 0, LAST_STEP_MS);
    }
    return true;
}

bool out_last_line(const char *line, size_t length) {
    if (out.fifo && slots(length) > pipe_slots()) return in_parts(line, length);

    for (int waited = 0; !out_line(line, length); waited += LAST_STEP_MS) {
        if (errno != EAGAIN || waited >= LAST_WAIT_MS) return false;
        poll(NULL, 0, LAST_STEP_MS);
    }
    return true;
}
