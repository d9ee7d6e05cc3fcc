/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The other end of export.c: a socket to listen at, and the maps that came
 * last.
 */
#include <errno.h>
#include <stdio.h>

#include "ctx.h"
#include "handoff.h"
#include "object.h"

struct bpfelf_agent {
	struct bpfelf_ctx *ctx;
	char *path;
	int sock;
	struct handoff handoff;
	int fds[HANDOFF_MAPS];		/* handoff.maps_cnt of them */
	struct bpfelf_map maps[HANDOFF_MAPS];
	char names[HANDOFF_MAPS][BPF_OBJ_NAME_LEN];
};

static int start(struct bpfelf_agent *agent, const char *path, struct err *err)
{
	struct kern *k = agent->ctx->kern;

	agent->path = strdup(path);
	if (!agent->path)
		return err_sys(err, -ENOMEM, "listen at '%s'", path);
	agent->sock = k->ops->uds_listen(k, path);
	if (agent->sock >= 0)
		return 0;
	err_sys(err, agent->sock, "listen at '%s'", path);
	if (agent->sock == -EADDRINUSE)
		err_hint(err, "another agent listens there, or it is no socket");
	return agent->sock;
}

int bpfelf_agent_listen(struct bpfelf_ctx *ctx, const char *path,
			struct bpfelf_agent **agent)
{
	struct err *err = ctx_begin(ctx);
	int r;

	*agent = calloc(1, sizeof(**agent));
	if (!*agent)
		return err_sys(err, -ENOMEM, "listen at '%s'", path);
	(*agent)->ctx = ctx;
	(*agent)->sock = -1;
	r = start(*agent, path, err);
	if (r < 0) {
		bpfelf_agent_free(*agent);
		*agent = NULL;
	}
	return r;
}

static void drop_maps(struct bpfelf_agent *agent)
{
	size_t i;

	for (i = 0; i < agent->handoff.maps_cnt; i++)
		close_fd(agent->fds[i]);
	agent->handoff.maps_cnt = 0;
}

void bpfelf_agent_free(struct bpfelf_agent *agent)
{
	struct kern *k;

	if (!agent)
		return;
	k = agent->ctx->kern;
	drop_maps(agent);
	if (agent->sock >= 0) {
		k->ops->unlink(k, agent->path);
		close_fd(agent->sock);
	}
	free(agent->path);
	free(agent);
}

int bpfelf_agent_socket(const struct bpfelf_agent *agent)
{
	return agent->sock;
}

/* the message says what a map is, the kernel what it is called */
static void name_map(struct bpfelf_agent *agent, size_t i)
{
	struct kern *k = agent->ctx->kern;
	struct bpf_map_info info;

	if (k->ops->map_info(k, agent->fds[i], &info) < 0)
		info.name[0] = '\0';
	memcpy(agent->names[i], info.name, BPF_OBJ_NAME_LEN);
	agent->maps[i] = (struct bpfelf_map) {
		.name = agent->names[i],
		.def = agent->handoff.maps[i],
		.def_size = sizeof(agent->handoff.maps[i]),
	};
}

static void take_maps(struct bpfelf_agent *agent, const struct handoff *handoff,
		      const int *fds)
{
	size_t i;

	drop_maps(agent);
	agent->handoff = *handoff;
	for (i = 0; i < handoff->maps_cnt; i++) {
		agent->fds[i] = fds[i];
		name_map(agent, i);
	}
}

static void close_all(struct kern_dgram *dgram)
{
	while (dgram->fds_cnt)
		close_fd(dgram->fds[--dgram->fds_cnt]);
}

int bpfelf_agent_receive(struct bpfelf_agent *agent, int timeout_ms)
{
	struct err *err = ctx_begin(agent->ctx);
	struct kern *k = agent->ctx->kern;
	struct kern_dgram dgram;
	struct handoff handoff;
	int r;

	r = k->ops->uds_receive(k, agent->sock, timeout_ms, &dgram);
	if (r == -ETIMEDOUT)
		return err_set(err, r, "nobody sent maps to '%s' within %g s",
			       agent->path, timeout_ms / 1000.0);
	if (r < 0)
		return err_sys(err, r, "receive at '%s'", agent->path);
	r = handoff_read(&handoff, dgram.data, dgram.len, dgram.fds_cnt, err);
	if (r < 0) {
		close_all(&dgram);
		return err_wrap(err, "received at '%s'", agent->path);
	}
	take_maps(agent, &handoff, dgram.fds);
	return handoff.maps_cnt;
}

const char *bpfelf_agent_object(const struct bpfelf_agent *agent)
{
	return agent->handoff.path;
}

const struct bpfelf_map *bpfelf_agent_map(const struct bpfelf_agent *agent,
					  unsigned int i, int *fd)
{
	if (i >= agent->handoff.maps_cnt)
		return NULL;
	if (fd)
		*fd = agent->fds[i];
	return &agent->maps[i];
}
