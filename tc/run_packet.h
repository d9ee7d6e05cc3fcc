/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * `packet`: an Ethernet frame from a few words.
 *
 *	packet [ eth | ip | tcp | udp ] [ src A ] [ dst A ] [ sport N ] ...
 *
 * No kernel: words in, bytes out, checksums and lengths right.
 */
#ifndef TC_RUN_PACKET_H
#define TC_RUN_PACKET_H

#include "addr.h"
#include "buf.h"

#define RUN_PACKET_MAX	65535u

enum run_packet_kind {
	RUN_PACKET_UDP,
	RUN_PACKET_TCP,
	RUN_PACKET_IP,		/* without a header behind it */
	RUN_PACKET_ETH,
};

struct run_packet {
	enum run_packet_kind kind;
	const char *smac, *dmac;	/* NULL: 02:00:00:00:00:01 to :02 */
	const char *src, *dst;	/* IPv4 or IPv6; NULL: from the documentation's */
	uint32_t sport, dport;
	uint32_t proto;		/* ip: of the payload; eth: EtherType */
	uint32_t ttl, tos;
	uint32_t len;		/* of the frame; 0: 64, or what it needs */
	uint32_t tcp_flags;	/* 0: SYN */
};

/* Take the words behind `packet` and append the frame to @frame. 0, or
 * CLI_USAGE after the complaint. */
int run_packet_take(struct words *w, struct buf *frame);

#endif
