/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "map.h"

#include <errno.h>

#include "features.h"
#include "maprules.h"
#include "prog.h"

/* A ring buffer has a power of two of bytes, pages at least. In `.maps` what
 * fits into one may be asked for, as libbpf has it. */
static uint32_t ring_size(uint32_t bytes)
{
	uint32_t size = sysconf(_SC_PAGESIZE);

	while (size < bytes && size < 1u << 31)
		size *= 2;
	return bytes ? size : 0;
}

/* An array of perf events has one for each CPU, and how many these are no
 * object can know: 0, which the kernel would refuse, means all. */
static uint32_t entries(struct kern *k, const struct bpfelf_map *map)
{
	const struct bpf_elf_map *def = &map->def;

	if (def->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY && !def->max_elem)
		return k->ops->cpus(k);
	if (map->btf && (def->type == BPF_MAP_TYPE_RINGBUF ||
			 def->type == BPF_MAP_TYPE_USER_RINGBUF))
		return ring_size(def->max_elem);
	return def->max_elem;
}

static void differs(struct buf *out, const char *what, uint32_t obj,
		    uint32_t pin)
{
	if (obj != pin)
		buf_addf(out, "%s%s %u in the object, %u in the pin",
			 out->len ? ", " : "", what, obj, pin);
}

/* What the kernel adds by itself is no difference: a devmap is read-only to
 * programs, whatever was asked for. Nor is what it forgets: these two are for
 * the descriptor that the creator gets. */
static uint32_t kernel_flags(uint32_t type)
{
	uint32_t forgotten = BPF_F_RDONLY | BPF_F_WRONLY;

	if (type == BPF_MAP_TYPE_DEVMAP || type == BPF_MAP_TYPE_DEVMAP_HASH)
		return forgotten | BPF_F_RDONLY_PROG;
	return forgotten;
}

/* perf events are the host's, even for an offloaded program */
static uint32_t device_for(const struct bpf_elf_map *def, uint32_t ifindex)
{
	return def->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY ? 0 : ifindex;
}

/* The kernel lets a program use maps of its own device only */
static void compare_device(uint32_t obj, uint32_t pin, struct buf *out)
{
	const char *sep = out->len ? ", " : "";

	if (obj && !pin)
		buf_addf(out, "%sfor the device with index %u in the object, not for a device in the pin",
			 sep, obj);
	else if (!obj && pin)
		buf_addf(out, "%sfor the device with index %u in the pin, not for a device in the object",
			 sep, pin);
	else
		differs(out, "device index", obj, pin);
}

static void compare(struct kern *k, const struct plan_map *want,
		    uint32_t ifindex,
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
	differs(out, "entries", entries(k, want->map), have->max_entries);
	if ((def->flags | ignored) != (have->map_flags | ignored))
		buf_addf(out, "%sflags %#x in the object, %#x in the pin",
			 out->len ? ", " : "", def->flags, have->map_flags);
	if (want->map->btf && want->map->btf->map_extra != have->map_extra)
		buf_addf(out, "%smap_extra %#jx in the object, %#jx in the pin", out->len ? ", " : "",
			 (uintmax_t)want->map->btf->map_extra, (uintmax_t)have->map_extra);
	compare_device(device_for(def, ifindex), have->ifindex, out);
}

/* The kernel tells of a program or a link as readily. That it should look like
 * the map, with its tag for sizes, is out of the question, so that whoever finds
 * what it expects need not ask. */
static bool is_no_map(struct kern *k, int fd)
{
	enum kern_obj kind = k->ops->obj_kind(k, fd);

	return kind != KERN_OBJ_MAP && kind != KERN_OBJ_UNKNOWN;
}

static int check_pinned(struct kern *k, int fd, const struct plan_map *want,
			uint32_t ifindex, const char *path, struct err *err)
{
	_cleanup_buf_ struct buf diff = { 0 };
	struct bpf_map_info info;
	int r;

	r = k->ops->map_info(k, fd, &info);
	if (r < 0)
		err_sys(err, r, "ask for the map pinned at '%s'", path);
	if (r == -ENODEV)
		err_hint(err, "the device that it was made for is gone; to have a new map: rm %s", path);
	if (r < 0)
		return r;
	compare(k, want, ifindex, &info, &diff);
	if (buf_failed(&diff))
		return err_sys(err, -ENOMEM, "compare with the map pinned at '%s'", path);
	if (!diff.len)
		return 0;
	if (is_no_map(k, fd))
		return err_set(err, -EEXIST, "what is pinned at '%s' is no map", path);
	err_set(err, -EEXIST, "pinned at '%s' with another shape: %s", path, buf_str(&diff));
	return err_hint(err, "change the object, or remove the pin when nothing needs it: rm %s", path);
}

static int check_owner(const struct kern_owner *owner, uint32_t prog_type,
		       struct err *err)
{
	char theirs[PROG_TYPE_SIZE], ours[PROG_TYPE_SIZE];

	if (!owner->type || owner->type == prog_type)
		return 0;
	return err_set(err, -EINVAL, "it is for programs of type %s, not %s",
		       prog_type_name(owner->type, theirs),
		       prog_type_name(prog_type, ours));
}

int map_check_owner(struct kern *k, int fd, uint32_t prog_type,
		    struct err *err)
{
	struct kern_owner owner;
	int r = k->ops->map_owner(k, fd, &owner);

	return r < 0 ? 0 : check_owner(&owner, prog_type, err);
}

/* Without JIT no program has it; with JIT, one that the kernel cannot compile
 * has not, and fits: that an owner has none refuses nothing yet. */
static int check_jit(struct kern *k, const struct kern_owner *owner,
		     struct err *err)
{
	if (!owner->type || !owner->jited || k->ops->jit(k) != 0)
		return 0;
	return err_set(err, -EINVAL, "it is for programs with JIT, and net.core.bpf_jit_enable is 0");
}

int map_hint_jit(struct kern *k, int fd, const char *name, int code,
		 struct err *err)
{
	struct kern_owner owner;

	if (k->ops->map_owner(k, fd, &owner) < 0 || !owner.type ||
	    owner.jited || k->ops->jit(k) <= 0)
		return code;
	return err_hint(err, "prog array '%s' is for programs without JIT, and net.core.bpf_jit_enable "
			"is 1: remove its pin when nothing needs it", name);
}

static int check_pinned_owner(struct kern *k, int fd, uint32_t prog_type,
			      const char *path, struct err *err)
{
	struct kern_owner owner;
	int r = k->ops->map_owner(k, fd, &owner);

	if (r < 0)
		return 0;	/* the kernel will tell, in fewer words */
	r = check_owner(&owner, prog_type, err);
	r = r ?: check_jit(k, &owner, err);
	if (r == 0)
		return 0;
	err_hint(err, "a prog array stays what its first program made it: pin another one for "
		 "these programs, or remove the pin when nothing needs it: rm %s", path);
	return err_wrap(err, "pinned at '%s'", path);
}

int map_take(struct bpfelf_ctx *ctx, const struct plan_map *want,
	     uint32_t ifindex, const char *path, struct err *err)
{
	struct kern *k = ctx->kern;
	_cleanup_close_ int fd = k->ops->obj_get(k, path);
	int r;

	if (fd == -ENOENT)
		return fd;
	if (fd < 0) {
		r = err_sys(err, fd, "open the map pinned at '%s'", path);
		feature_hint_no_bpf(k, r, err);
		return r;
	}
	r = check_pinned(k, fd, want, ifindex, path, err);
	if (r == 0 && want->user_type && want->map->def.type == BPF_MAP_TYPE_PROG_ARRAY)
		r = check_pinned_owner(k, fd, want->user_type, path, err);
	return r < 0 ? r : steal_fd(&fd);
}

/* the kernel's part of a refusal: something is not built in, or not allowed */
static bool hint_for_kernel(struct kern *k, const struct bpf_elf_map *def,
			    int r, struct err *err)
{
	if (feature_hint_no_bpf(k, r, err))
		return true;
	if (r != -EINVAL || def->type != BPF_MAP_TYPE_XSKMAP ||
	    feature_try(k, FEATURE_XDP_SOCKETS) != 0)
		return false;
	feature_hint(k, FEATURE_XDP_SOCKETS, r, err);
	return true;
}

static void hint_what_was_asked(const struct bpf_elf_map *def, const char *more,
				struct err *err)
{
	char type[MAPDEF_TYPE_SIZE];

	err_hint(err, "asked for: type %s, key size %u, value size %u, %u entries, flags %#x%s",
		 mapdef_type(def->type, type), def->size_key, def->size_value,
		 def->max_elem, def->flags, more);
}

static void hint_for_device(const struct bpf_elf_map *def, int r,
			    struct err *err)
{
	char type[MAPDEF_TYPE_SIZE];

	if (r == -EPERM)
		err_hint(err, "a map on a device takes CAP_SYS_ADMIN");
	else if (def->type != BPF_MAP_TYPE_ARRAY && def->type != BPF_MAP_TYPE_HASH)
		err_hint(err, "maps on a device are arrays or hashes, this is of type %s",
			 mapdef_type(def->type, type));
	else if (r == -EINVAL || r == -EOPNOTSUPP)
		err_hint(err, KERN_DEVICE_HINT);
	else
		hint_what_was_asked(def, ", of a device", err);
}

/* what the kernel finds by types, and keeps in maps of some types only */
static void hint_for_value(const struct bpf_elf_map *def, struct err *err)
{
	char type[MAPDEF_TYPE_SIZE];

	err_hint(err, "by its type a value holds a timer, a lock, a list, a kptr or the like, "
		 "which maps of type %s cannot", mapdef_type(def->type, type));
}

static void hint_for_create(const struct bpf_elf_map *def,
			    const struct plan_map *want, uint32_t ifindex,
			    int r, struct err *err)
{
	if (ifindex)
		hint_for_device(def, r, err);
	else if (r == -EPERM)
		err_hint(err, "it takes root, or CAP_BPF and CAP_NET_ADMIN");
	else if (r == -EOPNOTSUPP && want->value_type)
		hint_for_value(def, err);
	else if (def->type == BPF_MAP_TYPE_STRUCT_OPS)
		err_hint(err, "such a map has a type of the kernel's own, which struct bpf_elf_map has no field for");
	else if (maprules_needs_types(def->type) && !want->value_type && want->map->btf)
		err_hint(err, "declare key and value by __type(key, int) and __type(value, TYPE)");
	else if (maprules_needs_types(def->type) && !want->value_type)
		err_hint(err, "declare struct ____btf_map_%s { __u32 key; TYPE value; } "
			 "with a variable of it, and compile with -g", want->map->name);
	else if (r == -EINVAL || r == -E2BIG || r == -ENOTSUPP)
		hint_what_was_asked(def, "; older kernels know fewer types and flags", err);
}

/* @km is what was asked for */
static int refused(struct kern *k, const struct kern_map *km,
		   const struct plan_map *want, int r, struct err *err)
{
	const struct bpf_elf_map def = {
		.type = km->type,
		.size_key = km->key_size,
		.size_value = km->value_size,
		.max_elem = km->max_entries,
		.flags = km->flags,
	};
	_cleanup_buf_ struct buf why = { 0 };
	char type[MAPDEF_TYPE_SIZE];

	if (r == -EINVAL || r == -E2BIG || r == -ENOTSUPP)
		maprules_broken(&def, want->value_type, &why);
	err_sys(err, r, "create");
	if (why.len && !buf_failed(&why))
		err_set(err, r, "create: %s: type %s %s", err_str(r),
			mapdef_type(km->type, type), buf_str(&why));
	if (!hint_for_kernel(k, &def, r, err))
		hint_for_create(&def, want, km->ifindex, r, err);
	return r;
}

/* Data that cannot be mapped, as before Linux 5.5, does for programs. */
static int create_unmapped(struct kern *k, struct kern_map *km)
{
	km->flags &= ~BPF_F_MMAPABLE;
	return k->ops->map_create(k, km);
}

static int create(struct bpfelf_ctx *ctx, const struct plan_map *want,
		  struct kern_map *km)
{
	int fd = ctx->kern->ops->map_create(ctx->kern, km);

	if (fd == -EINVAL && want->map->data && km->flags & BPF_F_MMAPABLE)
		fd = create_unmapped(ctx->kern, km);
	if (!km->value_type || !kern_may_refuse_btf(fd))
		return fd;
	ctx_info(ctx, "map '%s': its types are refused (%s), it is created without",
		 km->name, err_str(fd));
	km->key_type = km->value_type = 0;
	return ctx->kern->ops->map_create(ctx->kern, km);
}

static struct kern_map describe(struct kern *k, const struct plan_map *want,
				int inner_fd, int btf_fd, uint32_t ifindex)
{
	const struct bpf_elf_map *def = &want->map->def;

	return (struct kern_map) {
		.name = want->name,
		.type = def->type,
		.key_size = def->size_key,
		.value_size = want->value_size,
		.max_entries = entries(k, want->map),
		/* compat: BPF_F_NUMA_NODE is taken as it is. In struct bpf_elf_map
		 * no field says which node, so that it is node 0. */
		.flags = def->flags,
		.numa_node = want->map->numa_node,
		.extra = want->map->btf ? want->map->btf->map_extra : 0,
		.ifindex = device_for(def, ifindex),
		.inner_fd = inner_fd,
		.btf_fd = btf_fd,
		.key_type = btf_fd < 0 ? 0 : want->key_type,
		.value_type = btf_fd < 0 ? 0 : want->value_type,
	};
}

int map_try(struct kern *k, const struct plan_map *want, int btf_fd,
	    uint32_t ifindex)
{
	const struct kern_map km = describe(k, want, -1, btf_fd, ifindex);

	return k->ops->map_create(k, &km);
}

int map_create(struct bpfelf_ctx *ctx, const struct plan_map *want,
	       int inner_fd, int btf_fd, uint32_t ifindex, struct err *err)
{
	struct kern_map km = describe(ctx->kern, want, inner_fd, btf_fd, ifindex);
	int fd = create(ctx, want, &km);

	return fd < 0 ? refused(ctx->kern, &km, want, fd, err) : fd;
}

/* An element of a hash, key and value apart; arrays are one piece of memory,
 * and the maps of each CPU wait for each other. */
#define ELEM_SIZE	64

uint64_t map_cost(const struct plan_map *want)
{
	const struct bpf_elf_map *def = &want->map->def;

	if ((def->type != BPF_MAP_TYPE_HASH && def->type != BPF_MAP_TYPE_LRU_HASH) ||
	    def->flags & BPF_F_NO_PREALLOC)
		return 0;
	return (uint64_t)def->max_elem * (ELEM_SIZE + def->size_key + want->value_size);
}

static bool is_zero(const char *bytes, size_t size)
{
	return !size || (!bytes[0] && memcmp(bytes, bytes + 1, size - 1) == 0);
}

int map_fill(struct bpfelf_ctx *ctx, const struct plan_map *want, int fd,
	     struct err *err)
{
	const struct bpfelf_map *map = want->map;
	const char *bytes = want->bytes ?: map->data->data;
	const uint32_t key = 0;
	int r;

	/* new maps are zero; SHT_NOBITS has no bytes */
	if (bytes && !is_zero(bytes, map->data->size)) {
		r = ctx->kern->ops->map_update(ctx->kern, fd, &key, bytes);
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
