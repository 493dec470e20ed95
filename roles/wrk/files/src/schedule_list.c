// SPDX-License-Identifier: Apache-2.0

#include "schedule_list.h"

void list_push(live_list *list, connection *c) {
    c->live.list = list;
    c->live.prev = list->last;
    c->live.next = NULL;
    if (list->last) list->last->live.next = c;
    else list->first = c;
    list->last = c;
    list->count++;
}

void list_remove(connection *c) {
    live_list *list = c->live.list;
    if (list == NULL) return;
    if (c->live.prev) c->live.prev->live.next = c->live.next;
    else list->first = c->live.next;
    if (c->live.next) c->live.next->live.prev = c->live.prev;
    else list->last = c->live.prev;
    list->count--;
    c->live.list = NULL;
}

connection *list_pop(live_list *list) {
    connection *c = list->first;
    list_remove(c);
    return c;
}
