/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs for routes that need no map, so that any loader can load them.
 * -DREFUSED: and one that the verifier does not like. */
#include "bpf_api.h"

__section(ELF_SECTION_PROG)
int lwt_pass(struct __sk_buff *skb)
{
	return BPF_OK;
}

__section("drop")
int lwt_drop(struct __sk_buff *skb)
{
	return BPF_DROP;
}

#ifdef REFUSED
/* reads what it may not */
__section("refused")
int lwt_refused(struct __sk_buff *skb)
{
	return *(volatile int *)((char *)0 + skb->len);
}
#endif

BPF_LICENSE("GPL");
