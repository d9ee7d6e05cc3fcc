/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * An agent: the process that works with the maps of programs that `tc` loads,
 * without a pin. It prints the arrays of counters among them, every second.
 *
 * Either `tc` receives the maps, and passes them on in the environment,
 *
 *	tc exec bpf import /run/agent.sock run agent &
 *	tc filter add dev eth0 ingress bpf da obj acct.o sec ingress \
 *		export /run/agent.sock
 *
 * or it listens itself, and takes those of every load that follows:
 *
 *	agent /run/agent.sock
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bpfelf.h"

#define VALUE_MAX 4096		/* bytes */

static long bpf(enum bpf_cmd cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static long map_info(int fd, struct bpf_map_info *info)
{
	union bpf_attr attr = {
		.info = {
			.bpf_fd = fd,
			.info = (uintptr_t)info,
			.info_len = sizeof(*info),
		},
	};

	memset(info, 0, sizeof(*info));
	return bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

static long lookup(int fd, const void *key, void *value)
{
	union bpf_attr attr = {
		.map_fd = fd,
		.key = (uintptr_t)key,
		.value = (uintptr_t)value,
	};

	return bpf(BPF_MAP_LOOKUP_ELEM, &attr);
}

/* each slot as numbers of 64 bits */
static void print_counters(int fd, const struct bpf_map_info *info)
{
	__u64 value[VALUE_MAX / sizeof(__u64)];

	for (__u32 key = 0; key < info->max_entries; key++) {
		if (lookup(fd, &key, value) < 0)
			continue;
		printf("  [%u]", key);
		for (size_t i = 0; i < info->value_size / sizeof(*value); i++)
			printf(" %llu", value[i]);
		printf("\n");
	}
}

static void print_map(unsigned int id, int fd)
{
	struct bpf_map_info info;

	if (map_info(fd, &info) < 0) {
		printf("map %u: %s\n", id, strerror(errno));
		return;
	}
	printf("map %u '%s': type %u, key %u, value %u, %u entries\n", id,
	       info.name, info.type, info.key_size, info.value_size,
	       info.max_entries);
	if (info.type == BPF_MAP_TYPE_ARRAY && info.value_size <= VALUE_MAX)
		print_counters(fd, &info);
}

/* BPF_NUM_MAPS maps, descriptor BPF_MAP<id> each */
static void print_from_environment(void)
{
	extern char **environ;
	unsigned int id;
	int fd;

	for (char **var = environ; *var; var++)
		if (sscanf(*var, "BPF_MAP%u=%d", &id, &fd) == 2)
			print_map(id, fd);
}

static void print_received(const struct bpfelf_agent *agent)
{
	struct bpfelf_map_info info = { .sz = sizeof(info) };
	const struct bpfelf_map *map;
	int fd;

	for (unsigned int i = 0; (map = bpfelf_agent_map(agent, i, &fd)); i++) {
		bpfelf_map_info(map, &info);
		print_map(info.id, fd);
	}
}

static int listen_at(const char *path)
{
	struct bpfelf_agent *agent = NULL;
	struct bpfelf_ctx *ctx;
	int r = bpfelf_ctx_new(&ctx);

	if (r < 0)
		return 1;
	r = bpfelf_agent_listen(ctx, path, &agent);
	while (r >= 0) {
		/* a second without news: print what there is */
		r = bpfelf_agent_receive(agent, 1000);
		if (r >= 0)
			printf("%d maps of %s\n", r, bpfelf_agent_object(agent));
		if (r == -EBADMSG || r == -ETIMEDOUT)
			r = 0;
		if (r >= 0)
			print_received(agent);
		fflush(stdout);
	}
	fprintf(stderr, "%s\n", bpfelf_error(ctx));
	bpfelf_agent_free(agent);
	bpfelf_ctx_free(ctx);
	return 1;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return listen_at(argv[1]);
	if (!getenv("BPF_NUM_MAPS")) {
		fprintf(stderr, "usage: tc exec bpf import SOCKET run %s\n"
				"       %s SOCKET\n", argv[0], argv[0]);
		return 1;
	}
	printf("%s maps\n", getenv("BPF_NUM_MAPS"));
	for (;; sleep(1)) {
		print_from_environment();
		fflush(stdout);
	}
}
