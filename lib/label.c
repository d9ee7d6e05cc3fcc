/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "label.h"

#include <errno.h>
#include <stdio.h>

#include "encap.h"

#define MAP_NAME	"bpfelf_label"
#define MAPS_MAX	64		/* as the verifier lets a program have */

_Static_assert(LABEL_SIZE >= ENCAP_NAME_SIZE, "a label holds any name");

/* ---- writing ---- */

static int new_map(struct kern *k, const char *name)
{
	const struct kern_map map = {
		.name = MAP_NAME,
		.type = BPF_MAP_TYPE_ARRAY,
		.key_size = sizeof(uint32_t),
		.value_size = LABEL_SIZE,
		.max_entries = 1,
		.inner_fd = -1,
	};
	_cleanup_close_ int fd = k->ops->map_create(k, &map);
	char value[LABEL_SIZE] = "";
	const uint32_t key = 0;
	int r;

	if (fd < 0)
		return fd;
	snprintf(value, sizeof(value), "%s", name);
	r = k->ops->map_update(k, fd, &key, value);
	return r < 0 ? r : steal_fd(&fd);
}

void label_put(struct bpfelf_ctx *ctx, int prog_fd, const char *name)
{
	struct kern *k = ctx->kern;
	_cleanup_close_ int map_fd = new_map(k, name);
	int r = map_fd;

	if (map_fd >= 0)
		r = k->ops->prog_bind_map(k, prog_fd, map_fd);
	if (r < 0)
		ctx_info(ctx, "the program keeps no note of its name '%s': %s", name,
			 err_str(r));
}

/* ---- reading ---- */

static bool is_of_routes(uint32_t type)
{
	return (type >= BPF_PROG_TYPE_LWT_IN && type <= BPF_PROG_TYPE_LWT_XMIT) ||
	       type == BPF_PROG_TYPE_LWT_SEG6LOCAL;
}

static int add(struct labels *labels, const struct bpf_prog_info *info,
	       const char *name)
{
	struct label *list, *l;

	list = reallocarray(labels->list, labels->cnt + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	labels->list = list;
	l = &list[labels->cnt++];
	*l = (struct label){ .id = info->id, .type = info->type };
	memcpy(l->prog_name, info->name, sizeof(l->prog_name));
	memcpy(l->tag, info->tag, sizeof(l->tag));
	snprintf(l->name, sizeof(l->name), "%s", name);
	return 0;
}

/* 0 and the label in @name, or -errno: it is no label's map */
static int read_map(struct kern *k, uint32_t id, char name[LABEL_SIZE])
{
	_cleanup_close_ int fd = k->ops->map_by_id(k, id);
	struct bpf_map_info info;
	const uint32_t key = 0;
	int r;

	r = fd < 0 ? fd : k->ops->map_info(k, fd, &info);
	if (r < 0)
		return r;
	if (!str_eq(info.name, MAP_NAME) || info.type != BPF_MAP_TYPE_ARRAY ||
	    info.value_size != LABEL_SIZE || info.key_size != sizeof(key))
		return -ENOENT;
	r = k->ops->map_lookup(k, fd, &key, name);
	name[LABEL_SIZE - 1] = '\0';
	return r;
}

static int add_labels(struct labels *labels, struct kern *k, int fd,
		      const struct bpf_prog_info *info)
{
	const size_t before = labels->cnt;
	uint32_t ids[MAPS_MAX];
	char name[LABEL_SIZE];
	int r, i, n;

	n = k->ops->prog_maps(k, fd, ids, ARRAY_SIZE(ids));
	for (i = 0; i < n; i++) {
		if (read_map(k, ids[i], name) < 0)
			continue;
		r = add(labels, info, name);
		if (r < 0)
			return r;
	}
	return labels->cnt > before ? 0 : add(labels, info, "");
}

/* One that has gone meanwhile is no failure. */
static int add_prog(struct labels *labels, struct kern *k, uint32_t id)
{
	_cleanup_close_ int fd = k->ops->prog_by_id(k, id);
	struct bpf_prog_info info;
	int r;

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	r = k->ops->prog_info(k, fd, &info);
	if (r < 0 || !is_of_routes(info.type))
		return r;
	return add_labels(labels, k, fd, &info);
}

int labels_read(struct labels *labels, struct bpfelf_ctx *ctx)
{
	struct kern *k = ctx->kern;
	uint32_t id = 0;
	int r;

	*labels = (struct labels){ 0 };
	while ((r = k->ops->prog_next_id(k, &id)) == 0) {
		r = add_prog(labels, k, id);
		if (r < 0)
			return r;
	}
	return r == -ENOENT ? 0 : r;
}

void labels_free(struct labels *labels)
{
	free(labels->list);
	*labels = (struct labels){ 0 };
}

/* ---- finding ---- */

static bool fits(const struct label *l, uint32_t type, const char *name)
{
	return l->type == type && *l->name && str_eq(l->name, name);
}

static bool any_fits(const struct labels *labels, uint32_t type,
		     const char *name)
{
	size_t i;

	for (i = 0; i < labels->cnt; i++)
		if (fits(&labels->list[i], type, name))
			return true;
	return false;
}

const struct label *label_next(const struct labels *labels, uint32_t type,
			       const char *name, const struct label *label)
{
	const bool labelled = any_fits(labels, type, name);
	size_t i = label ? label - labels->list + 1 : 0;

	for (; i < labels->cnt; i++) {
		label = &labels->list[i];
		if (labelled ? fits(label, type, name) :
			       label->type == type && !*label->name)
			return label;
	}
	return NULL;
}

const struct label *label_find(const struct labels *labels, uint32_t type,
			       const char *name)
{
	const struct label *l = label_next(labels, type, name, NULL);

	return l && !label_next(labels, type, name, l) ? l : NULL;
}
