/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "kfuncs.h"

#include "core.h"

/* names that end in _ are what others begin with */
static const struct { const char *name, *module; } known[] = {
	{ "bpf_ct_set_nat_info", "nf_nat" },	/* 6.1 */
	{ "bpf_ct_", "nf_conntrack" },		/* 5.18 */
	{ "bpf_skb_ct_", "nf_conntrack" },
	{ "bpf_xdp_ct_", "nf_conntrack" },
	{ "bpf_skb_get_xfrm_info", "xfrm_interface" },	/* 6.2 */
	{ "bpf_skb_set_xfrm_info", "xfrm_interface" },
	{ "bpf_skb_get_fou_encap", "fou" },	/* 6.4 */
	{ "bpf_skb_set_fou_encap", "fou" },
	{ "bpf_xdp_flow_lookup", "nf_flow_table" },	/* 6.11 */
};

const char *kfuncs_module(const char *name)
{
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		len = strlen(known[i].name);
		if (strncmp(name, known[i].name, len) == 0 &&
		    (known[i].name[len - 1] == '_' || core_name_len(name) == len))
			return known[i].module;
	}
	return NULL;
}
