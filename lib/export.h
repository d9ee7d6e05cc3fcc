/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Handing the maps of a transaction to an agent that listens at a UNIX
 * socket. It is found before anything is attached, and gets them when all
 * else has succeeded; the other end is agent.c.
 */
#ifndef BPFELF_EXPORT_H
#define BPFELF_EXPORT_H

#include "txn.h"

/* an agent must be listening at @path; it is sent to by export_send() */
int export_connect(struct bpfelf_txn *txn, const char *path, struct err *err);

/* Give the maps to the agent, if there is to be one: 0 when it has them. */
int export_send(struct bpfelf_txn *txn, struct err *err);

#endif
