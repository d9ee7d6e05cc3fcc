/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Reading a value of a map. */
#include <errno.h>

#include "query.h"

#define MAX_MAPS 256

static bool is_named(const struct bpf_map_info *info, const char *name)
{
	return strncmp(info->name, name, sizeof(info->name) - 1) == 0;
}

/* the kernel knows the names of a program's maps, cut to 15 bytes */
static int find(struct kern *k, struct query_map *map, struct err *err)
{
	uint32_t ids[MAX_MAPS];
	int i, fd, cnt = k->ops->prog_maps(k, map->prog_fd, ids, MAX_MAPS);

	if (cnt < 0)
		return err_sys(err, cnt, "ask for the maps of the program");
	for (i = 0; i < cnt; i++) {
		fd = k->ops->map_by_id(k, ids[i]);
		if (fd < 0)
			return err_sys(err, fd, "open map %u", ids[i]);
		if (k->ops->map_info(k, fd, &map->info) == 0 &&
		    is_named(&map->info, map->name)) {
			map->map_fd = fd;
			return 0;
		}
		close_fd(fd);
	}
	return err_set(err, -ENOENT, "the program has no map '%s'", map->name);
}

static bool is_per_cpu(uint32_t type)
{
	return type == BPF_MAP_TYPE_PERCPU_ARRAY || type == BPF_MAP_TYPE_PERCPU_HASH ||
	       type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

int query_map_open(struct bpfelf_ctx *ctx, struct query_map *map)
{
	struct err *err = ctx_begin(ctx);
	struct kern *k = ctx->kern;
	int r = 0;

	if (map->map_fd >= 0)
		map->map_fd = dup(map->map_fd);
	else
		r = find(k, map, err);
	if (r < 0)
		return r;
	if (map->map_fd < 0)
		return err_sys(err, -errno, "open map '%s'", map->name);
	r = k->ops->map_info(k, map->map_fd, &map->info);
	if (r < 0)
		return err_sys(err, r, "ask for map '%s'", map->name);
	map->values = is_per_cpu(map->info.type) ? k->ops->cpus(k) : 1;
	return 0;
}

void query_map_close(struct query_map *map)
{
	close_fd(map->map_fd);
	map->map_fd = -1;
}

int query_map_value(struct bpfelf_ctx *ctx, const struct query_map *map,
		    const void *key, struct buf *value)
{
	struct err *err = ctx_begin(ctx);
	size_t size = map->values == 1 ? map->info.value_size :
		      map->values * ((map->info.value_size + 7ul) & ~7ul);
	char *room = buf_reserve(value, size);
	int r;

	if (!room)
		return err_sys(err, -ENOMEM, "map '%s'", map->name);
	r = ctx->kern->ops->map_lookup(ctx->kern, map->map_fd, key, room);
	if (r < 0)
		return err_sys(err, r, "look up in map '%s'", map->name);
	value->len += size;
	return 0;
}
