/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Loads and unloads, many times over, in every way that a load can end. What
 * must be the same after each: the descriptors that are open; at the end: the
 * memory in use.
 *
 *	soak DEV LOADS TAG COMMAND
 *
 * The objects pinned.o, unpinned.o and refused.o are variants of jump.bpf.c
 * with maps named j_TAG and t_TAG instead of `jmp` and `steps`. DEV has a
 * clsact qdisc and nothing else.
 *
 * COMMAND is run with the argument "during" while a program is attached, and
 * with "after" at the end, before this process goes. Prints what it measured.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_sched.h>
#include <malloc.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpfelf.h>

#define WARM_UP	50		/* loads, before memory is first looked at */

static struct soak {
	struct bpfelf_ctx *ctx;
	const char *tag, *command;
	unsigned int ifindex;
	unsigned long loads;

	struct bpfelf_object *obj;
	struct bpfelf_plan *plan;
	struct bpfelf_txn *txn;
} s;

static void __attribute__((noreturn, format(printf, 1, 2)))
die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fprintf(stderr, "load %lu: ", s.loads);
	vfprintf(stderr, format, args);
	fprintf(stderr, " (%s)\n", bpfelf_error(s.ctx));
	va_end(args);
	exit(1);
}

static void expect(const char *what, int got, int want)
{
	if (got != want)
		die("%s: got %d, expected %d", what, got, want);
}

static void unload(void)
{
	bpfelf_txn_free(s.txn);
	bpfelf_plan_free(s.plan);
	bpfelf_object_free(s.obj);
	s.txn = NULL;
	s.plan = NULL;
	s.obj = NULL;
}

static int load(const char *path, uint32_t type)
{
	struct bpfelf_request request = {
		.sz = sizeof(request), .prog_type = type,
		.section = "classifier",
	};
	int r;

	s.loads++;
	r = bpfelf_object_open(s.ctx, path, &s.obj);
	r = r ?: bpfelf_plan_new(s.obj, &request, &s.plan);
	return r ?: bpfelf_load(s.plan, &s.txn);
}

static struct bpfelf_hook filter(unsigned int ifindex)
{
	return (struct bpfelf_hook) {
		.sz = sizeof(struct bpfelf_hook), .kind = BPFELF_CLS,
		.ifindex = ifindex, .flags = BPFELF_REPLACE,
		.parent = TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
		.pref = 1, .handle = 1, .protocol = ETH_P_ALL,
		.direct_action = true,
	};
}

static void attach(const char *path)
{
	struct bpfelf_hook hook = filter(s.ifindex);

	expect("load", load(path, BPF_PROG_TYPE_SCHED_CLS), 0);
	expect("attach", bpfelf_attach(s.txn, &hook), 0);
}

static void keep(const char *path)
{
	attach(path);
	expect("commit", bpfelf_commit(s.txn), 0);
	unload();
}

static void detach(void)
{
	struct bpfelf_hook hook = filter(s.ifindex);

	expect("begin", bpfelf_txn_new(s.ctx, &s.txn), 0);
	expect("detach", bpfelf_detach(s.txn, &hook), 0);
	expect("commit", bpfelf_commit(s.txn), 0);
	unload();
}

static void unpin(char which)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/fs/bpf/tc/globals/%c_%s", which, s.tag);
	expect(path, unlink(path), 0);
}

static void run(const char *when)
{
	char command[256];

	snprintf(command, sizeof(command), "%s %s", s.command, when);
	expect(command, system(command), 0);
}

/* ---- the ways that a load can end ---- */

static void not_committed(void)
{
	attach("pinned.o");
	unload();
}

/* with its pins; they are taken by the next, which takes its place */
static void committed(void)
{
	keep("pinned.o");
	keep("pinned.o");
	if (s.loads < WARM_UP && access("during", F_OK) < 0)
		run("during");
	detach();
	unpin('j');
	unpin('t');
}

static void committed_without_jmp(void)
{
	keep("unpinned.o");
	detach();
	unpin('t');
}

static void refused_by_the_verifier(void)
{
	expect("refused", load("refused.o", BPF_PROG_TYPE_SCHED_CLS), -EACCES);
	unload();
}

static void refused_by_the_hook(void)
{
	struct bpfelf_hook nowhere = filter(0x7fffffff);

	expect("load", load("pinned.o", BPF_PROG_TYPE_SCHED_CLS), 0);
	expect("nowhere", bpfelf_attach(s.txn, &nowhere), -ENODEV);
	unload();
}

static void damaged(void)
{
	char bytes[512];
	FILE *f = fopen("pinned.o", "re");

	if (!f || fread(bytes, sizeof(bytes), 1, f) != 1)
		die("pinned.o: not read");
	fclose(f);
	s.loads++;
	expect("half an object",
	       bpfelf_object_open_mem(s.ctx, bytes, sizeof(bytes), "half.o", &s.obj),
	       -EBADMSG);
	unload();
}

/* waits for a grace period, so it is for few of the rounds */
static void xdp(void)
{
	struct bpfelf_hook hook = {
		.sz = sizeof(hook), .kind = BPFELF_XDP, .ifindex = s.ifindex,
	};

	expect("load", load("pinned.o", BPF_PROG_TYPE_XDP), 0);
	expect("attach", bpfelf_attach(s.txn, &hook), 0);
	unload();
}

/* ---- what must stay the same ---- */

static int open_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

/* kB that are mapped; what /proc/self/status tells may be out of date */
static long resident(void)
{
	FILE *f = fopen("/proc/self/smaps_rollup", "re");
	char line[128];
	long kb = -1;

	while (f && kb < 0 && fgets(line, sizeof(line), f))
		sscanf(line, "Rss: %ld kB", &kb);
	if (f)
		fclose(f);
	return kb;
}

static void soak(unsigned long loads)
{
	static void (*const ways[])(void) = {
		not_committed, committed, committed_without_jmp,
		refused_by_the_verifier, refused_by_the_hook, damaged,
	};
	unsigned int i;
	int fds;

	not_committed();	/* the context has its socket now */
	fds = open_fds();
	while (s.loads < loads) {
		for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
			ways[i]();
			expect("descriptors", open_fds(), fds);
		}
		if (s.loads % 64 < 7)
			xdp();
	}
}

int main(int argc, char **argv)
{
	unsigned long loads = argc == 5 ? strtoul(argv[2], NULL, 0) : 0;
	size_t heap;
	long rss;
	int fds;

	s.ifindex = loads ? if_nametoindex(argv[1]) : 0;
	if (!s.ifindex || bpfelf_ctx_new(&s.ctx) < 0)
		return 2;
	s.tag = argv[3];
	s.command = argv[4];
	fds = open_fds();

	soak(WARM_UP);
	rss = resident();
	heap = mallinfo2().uordblks;
	soak(loads);
	printf("loads %lu\nheap %zd\nrss %ld\n", s.loads,
	       (ssize_t)(mallinfo2().uordblks - heap), resident() - rss);

	run("after");
	bpfelf_ctx_free(s.ctx);
	expect("descriptors of the context", open_fds(), fds);
	return 0;
}
