/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The least that a program over libbpf does to load an object and attach its
 * entry: libbpf_load {tc|xdp} DEV OBJECT. Tail calls are in their slots by
 * then, as the values of a prog array in `.maps`; tc has its clsact before.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

static int attach(int xdp, int ifindex, int fd)
{
	LIBBPF_OPTS(bpf_tc_hook, hook, .ifindex = ifindex,
		    .attach_point = BPF_TC_INGRESS);
	LIBBPF_OPTS(bpf_tc_opts, opts, .prog_fd = fd);

	if (xdp)
		return bpf_xdp_attach(ifindex, fd, XDP_FLAGS_SKB_MODE, NULL);
	return bpf_tc_attach(&hook, &opts);
}

static int load(struct bpf_object *obj, enum bpf_prog_type type)
{
	struct bpf_program *prog;

	bpf_object__for_each_program(prog, obj)
		bpf_program__set_type(prog, type);
	return bpf_object__load(obj);
}

int main(int argc, char **argv)
{
	struct bpf_program *entry;
	struct bpf_object *obj;
	int xdp, r;

	if (argc != 4)
		return 2;
	xdp = !strcmp(argv[1], "xdp");
	obj = bpf_object__open(argv[3]);
	if (!obj)
		return 1;
	r = load(obj, xdp ? BPF_PROG_TYPE_XDP : BPF_PROG_TYPE_SCHED_CLS);
	if (r < 0)
		return 1;
	entry = bpf_object__find_program_by_name(obj, "entry");
	r = attach(xdp, if_nametoindex(argv[2]), bpf_program__fd(entry));
	if (r < 0)
		fprintf(stderr, "attach: %s\n", strerror(-r));
	return r < 0;
}
