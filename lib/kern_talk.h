/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Rtnetlink exchanges with the running kernel: what kern_linux.c's talk() and
 * talk_many() are. It knows sockets, sequence numbers and acknowledgements; it
 * does not know what the messages mean.
 */
#ifndef BPFELF_KERN_TALK_H
#define BPFELF_KERN_TALK_H

#include "kern.h"
#include "nl.h"

/*
 * Dumps come in pieces of up to 32 KiB. A single link is one message however
 * long it is: some 300 bytes for each of its virtual functions.
 */
#define KERN_TALK_RECV	(192 * 1024)

struct kern_talk {
	int sock;		/* opened by the first exchange; -1 */
	uint32_t seq;
	char recv[KERN_TALK_RECV] __attribute__((aligned(8)));
};

/* as kern_ops.talk */
int kern_talk(struct kern_talk *talk, struct nlmsghdr *req, kern_msg_fn fn,
	      void *data, struct err *err);
/* as kern_ops.talk_many */
int kern_talk_many(struct kern_talk *talk, struct kern_request *reqs, size_t cnt,
		   struct err *err);
/* as kern_ops.ifindex, on the same socket: no answer to wait for and to read,
 * and no RTNL, which others may hold for long */
int kern_talk_ifindex(struct kern_talk *talk, const char *name);
void kern_talk_close(struct kern_talk *talk);

#endif
