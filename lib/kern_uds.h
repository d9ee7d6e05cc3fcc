/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * UNIX datagram sockets that carry descriptors: what kern_linux.c's uds
 * operations are. It knows paths and sockets; it does not know what is sent.
 */
#ifndef BPFELF_KERN_UDS_H
#define BPFELF_KERN_UDS_H

#include "kern.h"

/* as kern_ops.uds_* */
int kern_uds_connect(struct kern *k, const char *path);
int kern_uds_listen(struct kern *k, const char *path);
int kern_uds_send(struct kern *k, int sock, const struct kern_dgram *dgram);
int kern_uds_receive(struct kern *k, int sock, int timeout,
		     struct kern_dgram *dgram);

#endif
