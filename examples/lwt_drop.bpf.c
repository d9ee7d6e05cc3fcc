/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A route that lets nothing bigger than SIZE bytes pass.
 *
 *	ip route add 192.0.2.0/24 via 10.0.0.1 dev eth0 encap bpf out obj lwt_drop.o
 *	ip route add local 198.51.100.7 dev lo encap bpf in obj lwt_drop.o
 *	ip -details route show
 */
#include "bpf_api.h"

#define SIZE 576

__section(ELF_SECTION_PROG)
int drop_big(struct __sk_buff *skb)
{
	return skb->len > SIZE ? BPF_DROP : BPF_OK;
}

BPF_LICENSE("GPL");
