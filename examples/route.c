/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A route whose packets a program sees as they leave, by the library.
 *
 *	cc route.c $(pkg-config --cflags --libs bpfelf) -o route
 *	route eth0 192.0.2.0 24 lwt_count.o out
 */
#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>

#include "bpfelf.h"

/* all that `ip route add PREFIX dev DEV` says; the program is bpfelf's part */
struct message {
	struct nlmsghdr nlh;
	struct rtmsg rtm;
	struct rtattr dst;
	struct in_addr addr;
	struct rtattr oif;
	unsigned int ifindex;
};

static struct message message(const char *dev, const char *addr, int bits)
{
	struct message m = {
		.nlh = { .nlmsg_len = sizeof(m), .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL },
		.rtm = {
			.rtm_family = AF_INET, .rtm_dst_len = bits,
			.rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_STATIC,
			.rtm_scope = RT_SCOPE_LINK, .rtm_type = RTN_UNICAST,
		},
		.dst = { RTA_LENGTH(sizeof(m.addr)), RTA_DST },
		.oif = { RTA_LENGTH(sizeof(m.ifindex)), RTA_OIF },
		.ifindex = if_nametoindex(dev),
	};

	inet_pton(AF_INET, addr, &m.addr);
	return m;
}

int main(int argc, char **argv)
{
	struct bpfelf_request request = {
		.sz = sizeof(request),
		.prog_type = BPF_PROG_TYPE_LWT_OUT,
	};
	struct bpfelf_encap encap = { .sz = sizeof(encap) };
	struct bpfelf_hook hook = {
		.sz = sizeof(hook), .kind = BPFELF_ROUTE, .encap = &encap,
	};
	struct bpfelf_ctx *ctx;
	struct bpfelf_object *obj = NULL;
	struct bpfelf_plan *plan = NULL;
	struct bpfelf_txn *txn = NULL;
	struct message m;
	int err;

	if (argc != 6 || bpfelf_ctx_new(&ctx) < 0) {
		fprintf(stderr, "usage: route DEV ADDRESS BITS FILE SECTION\n");
		return 1;
	}
	m = message(argv[1], argv[2], atoi(argv[3]));
	request.section = argv[5];

	err = bpfelf_object_open(ctx, argv[4], &obj);
	err = err ?: bpfelf_plan_new(obj, &request, &plan);
	err = err ?: bpfelf_load(plan, &txn);
	hook.route = &m.nlh;
	encap.out.txn = txn;
	err = err ?: bpfelf_attach(txn, &hook);
	err = err ?: bpfelf_commit(txn);
	if (err)
		fprintf(stderr, "%s\n%s", bpfelf_error(ctx), bpfelf_verifier_log(ctx));

	bpfelf_txn_free(txn);
	bpfelf_plan_free(plan);
	bpfelf_object_free(obj);
	bpfelf_ctx_free(ctx);
	return err ? 1 : 0;
}
