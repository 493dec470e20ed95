// SPDX-License-Identifier: Apache-2.0
// Connections of a thread that wait for something, first in, first out; each in one list at most.
#ifndef SCHEDULE_LIST_H
#define SCHEDULE_LIST_H

#include "wrk.h"

void list_push(live_list *, connection *);
connection *list_pop(live_list *);   // the list must not be empty
void list_remove(connection *);      // from whichever list it is in, if any

#endif /* SCHEDULE_LIST_H */
