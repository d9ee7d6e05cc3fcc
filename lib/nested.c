/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "nested.h"

#include <errno.h>

static const struct bpfelf_map *map_of(const struct bpfelf_txn *txn, size_t i)
{
	return txn->plan->maps[i].map;
}

/* The slot as a key of the outer map, whose keys may be longer; free() it */
static void *new_key(const struct bpfelf_txn *txn, const struct plan_insert *in,
		     struct err *err)
{
	size_t size = map_of(txn, in->outer)->def.size_key;
	void *key = calloc(1, size > sizeof(in->key) ? size : sizeof(in->key));

	if (key)
		memcpy(key, &in->key, sizeof(in->key));
	else
		err_sys(err, -ENOMEM, "map '%s'", map_of(txn, in->outer)->name);
	return key;
}

static void differs(struct buf *out, const char *what, uint32_t is,
		    uint32_t wanted)
{
	if (is != wanted)
		buf_addf(out, "%s%s %u, not %u", out->len ? ", " : "", what, is, wanted);
}

/* What the kernel compares. Entries only matter to arrays, but did to all
 * before 5.10. */
static void compare(const struct bpf_elf_map *inner,
		    const struct bpf_elf_map *template, struct buf *out)
{
	char is[MAPDEF_TYPE_SIZE], wanted[MAPDEF_TYPE_SIZE];

	if (inner->type != template->type)
		buf_addf(out, "type %s, not %s", mapdef_type(inner->type, is),
			 mapdef_type(template->type, wanted));
	differs(out, "key size", inner->size_key, template->size_key);
	differs(out, "value size", inner->size_value, template->size_value);
	if (inner->flags != template->flags)
		buf_addf(out, "%sflags %#x, not %#x", out->len ? ", " : "",
			 inner->flags, template->flags);
	if (!out->len || template->type == BPF_MAP_TYPE_ARRAY)
		differs(out, "entries", inner->max_elem, template->max_elem);
}

static int refused(const struct bpfelf_txn *txn, const struct plan_insert *in,
		   int r, struct err *err)
{
	const struct bpfelf_map *outer = map_of(txn, in->outer);
	const struct bpfelf_map *inner = map_of(txn, in->inner);
	const struct bpfelf_map *template =
		map_of(txn, txn->plan->maps[in->outer].inner);
	_cleanup_buf_ struct buf diff = { 0 };

	if (r == -EINVAL)
		compare(&inner->def, &template->def, &diff);
	err_sys(err, r, "map '%s' into slot %u of map '%s'", inner->name,
		in->key, outer->name);
	if (r != -EINVAL)
		return r;
	if (!diff.len || buf_failed(&diff))
		return err_hint(err, "map '%s' was made, by an earlier load, for maps of another type, "
				"key size, value size, flags or number of entries", outer->name);
	return err_set(err, r, "map '%s' does not fit into map '%s', which is for maps like '%s': %s",
		       inner->name, outer->name, template->name, buf_str(&diff));
}

static int put_in(struct bpfelf_txn *txn, const struct plan_insert *in,
		  const void *key, struct err *err)
{
	struct kern *k = txn->ctx->kern;
	int r = k->ops->map_update(k, txn->map_fds[in->outer], key,
				   &txn->map_fds[in->inner]);

	return r < 0 ? refused(txn, in, r, err) : 0;
}

int nested_fill_new(struct bpfelf_txn *txn, const bool *taken, struct err *err)
{
	const struct bpfelf_plan *plan = txn->plan;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < plan->inserts_cnt; i++) {
		_cleanup_free_ void *key = NULL;

		if (taken[plan->inserts[i].outer])
			continue;
		key = new_key(txn, &plan->inserts[i], err);
		if (!key)
			return -ENOMEM;
		r = put_in(txn, &plan->inserts[i], key, err);
	}
	return r;
}

bool nested_has_live(const struct bpfelf_txn *txn, const bool *taken)
{
	size_t i;

	for (i = 0; i < txn->plan->inserts_cnt; i++)
		if (taken[txn->plan->inserts[i].outer])
			return true;
	return false;
}

/* That a map which others find at its pin is not the one in the slot will
 * surprise them; one without a pin is merely not used. */
static void tell_kept(struct bpfelf_txn *txn, const struct plan_insert *in,
		      uint32_t id)
{
	const struct plan_map *inner = &txn->plan->maps[in->inner];
	struct kern *k = txn->ctx->kern;
	struct bpf_map_info info;

	if (k->ops->map_info(k, txn->map_fds[in->inner], &info) < 0 ||
	    info.id == id)
		return;
	(inner->pin ? ctx_warn : ctx_info)(txn->ctx,
		"map '%s' is not put into slot %u of map '%s', which keeps the map with the id %u",
		inner->map->name, in->key, map_of(txn, in->outer)->name, id);
}

/* compat: what an outer map holds it keeps, and the packets counted in there.
 * iproute2 leaves empty slots empty as well, and nobody finds the inner map. */
static int fill_live(struct bpfelf_txn *txn, const struct plan_insert *in,
		     struct err *err)
{
	struct kern *k = txn->ctx->kern;
	_cleanup_free_ void *key = new_key(txn, in, err);
	uint32_t id;
	int r;

	if (!key)
		return -ENOMEM;
	r = k->ops->map_lookup(k, txn->map_fds[in->outer], key, &id);
	if (r == 0)
		tell_kept(txn, in, id);
	if (r == 0 || r == -ENOTSUPP)	/* not before 4.14 */
		return 0;
	if (r != -ENOENT)
		return err_sys(err, r, "read slot %u of map '%s'", in->key,
			       map_of(txn, in->outer)->name);
	r = txn_reserve(txn, err);
	r = r ?: put_in(txn, in, key, err);
	if (r == 0)
		txn_did_insert(txn, txn->map_fds[in->outer], steal_ptr(&key));
	return r;
}

int nested_fill_live(struct bpfelf_txn *txn, const bool *taken, struct err *err)
{
	const struct bpfelf_plan *plan = txn->plan;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < plan->inserts_cnt; i++)
		if (taken[plan->inserts[i].outer])
			r = fill_live(txn, &plan->inserts[i], err);
	return r;
}
