/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A map whose flags the kernel adds to: BPF_F_RDONLY_PROG. */
#include "bpf_api.h"

struct bpf_elf_map ports __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_DEVMAP,
	.size_key	= 4,
	.size_value	= 4,
	.max_elem	= 8,
	.pinning	= PIN_GLOBAL_NS,
};

struct bpf_elf_map hashed __section(ELF_SECTION_MAPS) = {
	.type		= BPF_MAP_TYPE_DEVMAP_HASH,
	.size_key	= 4,
	.size_value	= 4,
	.max_elem	= 8,
	.pinning	= PIN_GLOBAL_NS,
};

static int (*bpf_redirect_map)(void *map, __u64 key, __u64 flags) =
	(void *)BPF_FUNC_redirect_map;

__section(ELF_SECTION_PROG)
int by_port(struct xdp_md *ctx)
{
	if (ctx->ingress_ifindex == 9999)
		return bpf_redirect_map(&hashed, 0, XDP_PASS);
	return bpf_redirect_map(&ports, 0, XDP_PASS);
}

BPF_LICENSE("GPL");
