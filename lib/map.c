/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "map.h"

#include <errno.h>

static void differs(struct buf *out, const char *what, uint32_t obj,
		    uint32_t pin)
{
	if (obj != pin)
		buf_addf(out, "%s%s %u in the object, %u in the pin",
			 out->len ? ", " : "", what, obj, pin);
}

/* What the kernel adds by itself is no difference: a devmap is read-only to
 * programs, whatever was asked for. */
static uint32_t kernel_flags(uint32_t type)
{
	if (type == BPF_MAP_TYPE_DEVMAP || type == BPF_MAP_TYPE_DEVMAP_HASH)
		return BPF_F_RDONLY_PROG;
	return 0;
}

static void compare(const struct plan_map *want,
		    const struct bpf_map_info *have, struct buf *out)
{
	const struct bpf_elf_map *def = &want->map->def;
	uint32_t ignored = kernel_flags(have->type);
	char obj[MAPDEF_TYPE_SIZE], pin[MAPDEF_TYPE_SIZE];

	if (def->type != have->type)
		buf_addf(out, "type %s in the object, %s in the pin",
			 mapdef_type(def->type, obj), mapdef_type(have->type, pin));
	differs(out, "key size", def->size_key, have->key_size);
	differs(out, "value size", want->value_size, have->value_size);
	differs(out, "entries", def->max_elem, have->max_entries);
	if ((def->flags | ignored) != (have->map_flags | ignored))
		buf_addf(out, "%sflags %#x in the object, %#x in the pin",
			 out->len ? ", " : "", def->flags, have->map_flags);
}

static int check_pinned(struct kern *k, int fd, const struct plan_map *want,
			const char *path, struct err *err)
{
	_cleanup_buf_ struct buf diff = { 0 };
	enum kern_obj kind = k->ops->obj_kind(k, fd);
	struct bpf_map_info info;
	int r;

	if (kind != KERN_OBJ_MAP && kind != KERN_OBJ_UNKNOWN)
		return err_set(err, -EEXIST, "what is pinned at '%s' is no map", path);
	r = k->ops->map_info(k, fd, &info);
	if (r < 0)
		return err_sys(err, r, "ask for the map pinned at '%s'", path);
	compare(want, &info, &diff);
	if (buf_failed(&diff))
		return err_sys(err, -ENOMEM, "compare with the map pinned at '%s'", path);
	if (!diff.len)
		return 0;
	err_set(err, -EEXIST, "pinned at '%s' with another shape: %s", path, buf_str(&diff));
	return err_hint(err, "change the object, or remove the pin when nothing needs it: rm %s", path);
}

int map_take(struct bpfelf_ctx *ctx, const struct plan_map *want,
	     const char *path, struct err *err)
{
	struct kern *k = ctx->kern;
	_cleanup_close_ int fd = k->ops->obj_get(k, path);
	int r;

	if (fd == -ENOENT)
		return fd;
	if (fd < 0)
		return err_sys(err, fd, "open the map pinned at '%s'", path);
	r = check_pinned(k, fd, want, path, err);
	return r < 0 ? r : steal_fd(&fd);
}

static void hint_for_create(const struct plan_map *want, uint32_t ifindex,
			    int r, struct err *err)
{
	const struct bpf_elf_map *def = &want->map->def;
	char type[MAPDEF_TYPE_SIZE];

	if (r == -EPERM)
		err_hint(err, "it takes root, or CAP_BPF and CAP_NET_ADMIN");
	else if (ifindex)
		err_hint(err, "does the device itself run BPF programs? Few do; without offload the kernel does");
	else if (r == -EINVAL || r == -E2BIG)
		err_hint(err, "asked for: type %s, key size %u, value size %u, %u entries, flags %#x",
			 mapdef_type(def->type, type), def->size_key,
			 want->value_size, def->max_elem, def->flags);
}

static int create(struct bpfelf_ctx *ctx, struct kern_map *km)
{
	int fd = ctx->kern->ops->map_create(ctx->kern, km);

	if (!km->value_type || !kern_may_refuse_btf(fd))
		return fd;
	ctx_info(ctx, "map '%s': its types are refused (%s), it is created without",
		 km->name, err_str(fd));
	km->key_type = km->value_type = 0;
	return ctx->kern->ops->map_create(ctx->kern, km);
}

int map_create(struct bpfelf_ctx *ctx, const struct plan_map *want,
	       int inner_fd, int btf_fd, uint32_t ifindex, struct err *err)
{
	const struct bpf_elf_map *def = &want->map->def;
	struct kern_map km = {
		.name = want->name,
		.type = def->type,
		.key_size = def->size_key,
		.value_size = want->value_size,
		.max_entries = def->max_elem,
		.flags = def->flags,
		/* perf events are the host's even for an offloaded program */
		.ifindex = def->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY ? 0 : ifindex,
		.inner_fd = inner_fd,
		.btf_fd = btf_fd,
		.key_type = btf_fd < 0 ? 0 : want->key_type,
		.value_type = btf_fd < 0 ? 0 : want->value_type,
	};
	int fd = create(ctx, &km);

	if (fd >= 0)
		return fd;
	err_sys(err, fd, "create");
	hint_for_create(want, ifindex, fd, err);
	return fd;
}

static bool is_zero(const char *bytes, size_t size)
{
	return !size || (!bytes[0] && memcmp(bytes, bytes + 1, size - 1) == 0);
}

int map_fill(struct bpfelf_ctx *ctx, const struct bpfelf_map *map, int fd,
	     struct err *err)
{
	const struct image_section *sec = map->data;
	const uint32_t key = 0;
	int r;

	/* new maps are zero; SHT_NOBITS has no bytes */
	if (sec->data && !is_zero(sec->data, sec->size)) {
		r = ctx->kern->ops->map_update(ctx->kern, fd, &key, sec->data);
		if (r < 0)
			return err_sys(err, r, "fill it with its section's data");
	}
	if (!(map->def.flags & BPF_F_RDONLY_PROG))
		return 0;
	r = ctx->kern->ops->map_freeze(ctx->kern, fd);
	if (r < 0)
		ctx_info(ctx, "map '%s' cannot be frozen (%s), the verifier does not rely on its values",
			 map->name, err_str(r));
	return 0;
}
