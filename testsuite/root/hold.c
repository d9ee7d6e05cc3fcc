/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * hold { xdp | xdpgeneric | tcx_ingress | tcx_egress } DEV PROG_PIN [ LINK_PIN ]
 *
 * Attaches a pinned program by a bpf_link, as daemons do, and pins that or
 * holds it open until it is killed. It says "held" then. The kernel's headers
 * may be older than tcx.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	unsigned int attach_type, flags;
} kinds[] = {
	{ "xdp",	 BPF_XDP, XDP_FLAGS_DRV_MODE },
	{ "xdpgeneric",	 BPF_XDP, XDP_FLAGS_SKB_MODE },
	{ "tcx_ingress", 46, 0 },
	{ "tcx_egress",	 47, 0 },
};

static int bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return syscall(__NR_bpf, cmd, attr, sizeof(*attr));
}

static int get(const char *path)
{
	union bpf_attr attr = { .pathname = (uintptr_t)path };

	return bpf(BPF_OBJ_GET, &attr);
}

static int attach(const char *kind, const char *dev, int prog)
{
	union bpf_attr attr = {
		.link_create = {
			.prog_fd = prog,
			.target_ifindex = if_nametoindex(dev),
		},
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(kinds[i].name, kind) != 0)
			continue;
		attr.link_create.attach_type = kinds[i].attach_type;
		attr.link_create.flags = kinds[i].flags;
	}
	return bpf(BPF_LINK_CREATE, &attr);
}

static int pin(int fd, const char *path)
{
	union bpf_attr attr = {
		.pathname = (uintptr_t)path,
		.bpf_fd = fd,
	};

	return bpf(BPF_OBJ_PIN, &attr);
}

int main(int argc, char **argv)
{
	int prog = argc < 4 ? -1 : get(argv[3]), link;

	link = prog < 0 ? -1 : attach(argv[1], argv[2], prog);
	if (link < 0 || (argc > 4 && pin(link, argv[4]) < 0)) {
		fprintf(stderr, "hold: %s\n", strerror(errno));
		return 1;
	}
	puts("held");
	fflush(stdout);
	if (argc <= 4)
		pause();
	return 0;
}
