/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "export.h"

#include <errno.h>
#include <stdio.h>

#include "handoff.h"

_Static_assert(sizeof(((struct kern_dgram *)NULL)->data) >= HANDOFF_SIZE &&
	       ARRAY_SIZE(((struct kern_dgram *)NULL)->fds) >= HANDOFF_MAPS,
	       "a hand-off is one datagram");

/* The maps that the object defines come first; its data is its own. */
static size_t maps_cnt(const struct bpfelf_txn *txn)
{
	return txn->plan->obj->defs_cnt;
}

static int check(const struct bpfelf_txn *txn, struct err *err)
{
	if (txn->agent_fd >= 0)
		return err_set(err, -EINVAL, "the maps go to '%s' already", txn->agent);
	if (!txn->plan) {
		err_set(err, -ENOTSUP, "only the maps of an object are handed over");
		return err_hint(err, "a pinned program's maps are at their pins, or in 'bpftool prog show'");
	}
	if (maps_cnt(txn) > HANDOFF_MAPS)
		return err_set(err, -E2BIG, "%zu maps, an agent takes %u at most",
			       maps_cnt(txn), HANDOFF_MAPS);
	return 0;
}

static int connect_failed(const char *path, int r, struct err *err)
{
	err_sys(err, r, "connect");
	if (r == -ENOENT || r == -ECONNREFUSED)
		return err_hint(err, "an agent has to listen there first: tc exec bpf import %s run AGENT", path);
	if (r == -EPROTOTYPE)
		return err_hint(err, "an agent listens at a datagram socket");
	return r;
}

int export_connect(struct bpfelf_txn *txn, const char *path, struct err *err)
{
	struct kern *k = txn->ctx->kern;
	_cleanup_free_ char *copy = NULL;
	int r = check(txn, err);

	if (r < 0)
		return r;
	copy = strdup(path);
	if (!copy)
		return err_sys(err, -ENOMEM, "connect");
	r = k->ops->uds_connect(k, path);
	if (r < 0)
		return connect_failed(path, r, err);
	txn->agent_fd = r;
	txn->agent = steal_ptr(&copy);
	return 0;
}

/* compat: iproute2 sends nothing when there is no map, and its agent waits */
static void fill(const struct bpfelf_txn *txn, struct kern_dgram *dgram)
{
	const struct bpfelf_object *obj = txn->plan->obj;
	struct handoff handoff = {
		.dev = obj->img.dev,
		.ino = obj->img.ino,
		.maps_cnt = maps_cnt(txn),
	};
	size_t i;

	snprintf(handoff.path, sizeof(handoff.path), "%s", obj->path);
	for (i = 0; i < handoff.maps_cnt; i++) {
		handoff.maps[i] = txn->plan->maps[i].map->def;
		dgram->fds[i] = txn->map_fds[i];
	}
	dgram->fds_cnt = handoff.maps_cnt;
	dgram->len = handoff_write(&handoff, dgram->data);
}

int export_send(struct bpfelf_txn *txn, struct err *err)
{
	struct kern *k = txn->ctx->kern;
	struct kern_dgram dgram;
	int r;

	if (txn->agent_fd < 0)
		return 0;
	fill(txn, &dgram);
	r = k->ops->uds_send(k, txn->agent_fd, &dgram);
	if (r < 0) {
		err_sys(err, r, "send %zu maps", dgram.fds_cnt);
		if (r == -EAGAIN)
			err_hint(err, "the agent has messages waiting and does not read them");
		return err_wrap(err, "export to '%s'", txn->agent);
	}
	close_fd(steal_fd(&txn->agent_fd));
	return 0;
}
