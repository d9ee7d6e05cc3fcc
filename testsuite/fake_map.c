/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The fake's maps, and what is in them. */
#include <errno.h>
#include <stdio.h>

#include "fake_world.h"

#define MAX_KEY		512
#define MAX_VALUE	(4u << 20)

static bool is_map_in_map(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
	       type == BPF_MAP_TYPE_HASH_OF_MAPS;
}

static bool is_array(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY ||
	       type == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       type == BPF_MAP_TYPE_PROG_ARRAY ||
	       type == BPF_MAP_TYPE_PERF_EVENT_ARRAY ||
	       type == BPF_MAP_TYPE_CGROUP_ARRAY ||
	       type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
	       type == BPF_MAP_TYPE_DEVMAP ||
	       type == BPF_MAP_TYPE_XSKMAP ||
	       type == BPF_MAP_TYPE_CPUMAP;
}

/* the arrays whose slots are there from the start, all zero */
static bool is_plain_array(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

static bool holds_fds(uint32_t type)
{
	return type == BPF_MAP_TYPE_PROG_ARRAY || is_map_in_map(type);
}

static int check_shape(const struct kern_map *map)
{
	if (!map->type || map->type > BPF_MAP_TYPE_BLOOM_FILTER)
		return -EINVAL;
	if (map->ifindex && map->type != BPF_MAP_TYPE_ARRAY &&
	    map->type != BPF_MAP_TYPE_HASH)
		return -EINVAL;
	if (map->type == BPF_MAP_TYPE_RINGBUF)
		return map->key_size || map->value_size ? -EINVAL : 0;
	if (!map->max_entries || !map->value_size)
		return -EINVAL;
	if (is_array(map->type) && map->key_size != 4)
		return -EINVAL;
	if (holds_fds(map->type) && map->value_size != 4)
		return -EINVAL;
	if (map->key_size > MAX_KEY || map->value_size > MAX_VALUE)
		return -E2BIG;
	return map->flags >> 13 ? -EINVAL : 0;
}

/* arrays of descriptors and the like have no use for types */
static bool takes_btf(uint32_t type)
{
	return is_plain_array(type) || !is_array(type) || is_map_in_map(type);
}

static int check_types(struct fake_world *world, const struct kern_map *map,
		       struct fake_obj **btf)
{
	if (!map->value_type)
		return 0;
	return takes_btf(map->type) ? fake_btf_of(world, map->btf_fd, btf) : -ENOTSUPP;
}

static int create_map(struct fake_world *world, const struct kern_map *map)
{
	struct fake_obj *obj, *inner = NULL, *btf = NULL;
	int r;

	r = check_shape(map);
	r = r ?: fake_check_device(world, map->ifindex);
	r = r ?: check_types(world, map, &btf);
	if (r == 0 && is_map_in_map(map->type))
		r = fake_map_of(world, map->inner_fd, &inner);
	if (r < 0)
		return r;
	obj = fake_obj_new(world, map->name);
	if (!obj)
		return -ENOMEM;
	obj->type = map->type;
	obj->key_size = map->key_size;
	obj->value_size = map->value_size;
	obj->max_entries = map->max_entries;
	/* these are of the descriptor */
	obj->flags = map->flags & ~(BPF_F_RDONLY | BPF_F_WRONLY);
	obj->extra = map->extra;
	obj->ifindex = map->ifindex;
	obj->inner = inner;
	obj->btf_id = btf ? btf->id : 0;
	obj->key_type = map->key_type;
	obj->value_type = map->value_type;
	/* the kernel forbids programs to write it, and says so ever after */
	if (map->type == BPF_MAP_TYPE_DEVMAP ||
	    map->type == BPF_MAP_TYPE_DEVMAP_HASH)
		obj->flags |= BPF_F_RDONLY_PROG;
	return fake_obj_fd(world, obj);
}

int fake_map_create(struct kern *k, const struct kern_map *map)
{
	char more[64] = "";
	int r;

	if (map->numa_node || map->extra)
		snprintf(more, sizeof(more), " node %u extra %#jx", map->numa_node,
			 (uintmax_t)map->extra);
	r = fake_begin(k, "map_create %s type %u key %u value %u max %u flags %#x%s%s",
		       map->name, map->type, map->key_size, map->value_size,
		       map->max_entries, map->flags,
		       map->value_type ? " btf" : "", more);
	r = r ?: fake_lacks_bpf(k);
	if (r == 0 && map->type == fake_world(k)->fake->no_map_type)
		r = -EINVAL;
	return fake_end(k, r ?: create_map(fake_world(k), map));
}

/* Slots */

/* the link that points, or would point, to the slot of @key */
static struct fake_slot **find_slot(struct fake_obj *map, const void *key)
{
	struct fake_slot **slot = &map->slots;

	while (*slot && memcmp((*slot)->key, key, map->key_size) < 0)
		slot = &(*slot)->next;
	return slot;
}

static bool slot_is(const struct fake_obj *map, const struct fake_slot *slot,
		    const void *key)
{
	return slot && memcmp(slot->key, key, map->key_size) == 0;
}

static bool in_range(const struct fake_obj *map, const void *key)
{
	uint32_t index;

	if (!is_array(map->type))
		return true;
	memcpy(&index, key, sizeof(index));
	return index < map->max_entries;
}

static int lookup(struct fake_obj *map, const void *key, void *value)
{
	struct fake_slot *slot = *find_slot(map, key);

	if (!in_range(map, key))
		return -ENOENT;
	if (slot_is(map, slot, key))
		memcpy(value, slot->value, map->value_size);
	else if (is_plain_array(map->type))
		memset(value, 0, map->value_size);
	else
		return -ENOENT;
	return 0;
}

static uint32_t count_slots(const struct fake_obj *map)
{
	const struct fake_slot *slot;
	uint32_t n = 0;

	for (slot = map->slots; slot; slot = slot->next)
		n++;
	return n;
}

static int store(struct fake_obj *map, const void *key, const void *value)
{
	struct fake_slot **at = find_slot(map, key), *slot = *at;

	if (!slot_is(map, slot, key)) {
		if (count_slots(map) >= map->max_entries)
			return -E2BIG;
		slot = calloc(1, sizeof(*slot) + map->key_size + map->value_size);
		if (!slot)
			return -ENOMEM;
		memcpy(slot->key, key, map->key_size);
		slot->value = slot->key + map->key_size;
		slot->next = *at;
		*at = slot;
	}
	memcpy(slot->value, value, map->value_size);
	return 0;
}

static bool same_shape(const struct fake_obj *a, const struct fake_obj *b)
{
	return a->type == b->type && a->key_size == b->key_size &&
	       a->value_size == b->value_size && a->flags == b->flags &&
	       (!is_array(a->type) || a->max_entries == b->max_entries);
}

int fake_array_own(struct fake_obj *array, uint32_t type, bool jited)
{
	if (!array->owner_type) {
		array->owner_type = type;
		array->jited = jited;
	}
	return array->owner_type == type && array->jited == jited ? 0 : -EINVAL;
}

/* What stands in for a descriptor in a slot is the object's id. */
static int fd_to_id(struct fake_world *world, struct fake_obj *map, int fd,
		    uint32_t *id)
{
	struct fake_obj *obj;
	int r;

	if (is_map_in_map(map->type)) {
		r = fake_map_of(world, fd, &obj);
		if (r == 0 && !same_shape(obj, map->inner))
			r = -EINVAL;
	} else {
		r = fake_prog_of(world, fd, 0, &obj);
		r = r ?: fake_array_own(map, obj->type, obj->jited);
	}
	if (r == 0)
		*id = obj->id;
	return r;
}

static int update(struct fake_world *world, struct fake_obj *map,
		  const void *key, const void *value)
{
	uint32_t id;
	int fd, r;

	if (map->frozen)
		return -EPERM;
	if (!in_range(map, key))
		return -E2BIG;
	if (!holds_fds(map->type))
		return store(map, key, value);
	memcpy(&fd, value, sizeof(fd));
	r = fd_to_id(world, map, fd, &id);
	return r ?: store(map, key, &id);
}

static int drop(struct fake_obj *map, const void *key)
{
	struct fake_slot **at = find_slot(map, key), *slot = *at;

	if (is_plain_array(map->type))
		return -EINVAL;
	if (!in_range(map, key))
		return is_array(map->type) ? -E2BIG : -ENOENT;
	if (!slot_is(map, slot, key))
		return -ENOENT;
	*at = slot->next;
	free(slot);
	return 0;
}

static int begin_slot(struct kern *k, const char *what, int fd, const void *key,
		      const char *rest, struct fake_obj **map)
{
	int r = fake_map_of(fake_world(k), fd, map);
	char name[32], bytes[65];

	r = fake_begin(k, "%s %s %s%s", what, fake_obj_name(k, fd, name),
		       r ? "?" : fake_hex(key, (*map)->key_size, bytes), rest) ?: r;
	/* the hook may have closed it */
	return r ?: fake_map_of(fake_world(k), fd, map);
}

int fake_map_lookup(struct kern *k, int fd, const void *key, void *value)
{
	struct fake_obj *map;
	int r = begin_slot(k, "map_lookup", fd, key, "", &map);

	return fake_end(k, r ?: lookup(map, key, value));
}

static void describe_value(struct kern *k, int fd, const void *value,
			   char text[80])
{
	char name[32], bytes[65];
	struct fake_obj *map;

	text[0] = '\0';
	if (fake_map_of(fake_world(k), fd, &map) < 0)
		return;
	if (holds_fds(map->type))
		snprintf(text, 80, " %s",
			 fake_obj_name(k, *(const int *)value, name));
	else
		snprintf(text, 80, " %s", fake_hex(value, map->value_size, bytes));
}

int fake_map_update(struct kern *k, int fd, const void *key,
			   const void *value)
{
	struct fake_obj *map;
	char rest[80];
	int r;

	describe_value(k, fd, value, rest);
	r = begin_slot(k, "map_update", fd, key, rest, &map);
	return fake_end(k, r ?: update(fake_world(k), map, key, value));
}

int fake_map_delete(struct kern *k, int fd, const void *key)
{
	struct fake_obj *map;
	int r = begin_slot(k, "map_delete", fd, key, "", &map);

	return fake_end(k, r ?: drop(map, key));
}

int fake_map_freeze(struct kern *k, int fd)
{
	struct fake_obj *map;
	char name[32];
	int r;

	r = fake_begin(k, "map_freeze %s", fake_obj_name(k, fd, name));
	r = r ?: fake_map_of(fake_world(k), fd, &map);
	if (r == 0)
		map->frozen = true;
	return fake_end(k, r);
}

int fake_map_owner(struct kern *k, int fd, struct kern_owner *owner)
{
	struct fake_obj *map;
	char name[32];
	int r;

	r = fake_begin(k, "map_owner %s", fake_obj_name(k, fd, name));
	r = r ?: fake_map_of(fake_world(k), fd, &map);
	if (r == 0 && fake_world(k)->fake->no_proc)
		r = -ENOENT;
	if (r == 0)
		*owner = (struct kern_owner) {
			.type = map->owner_type, .jited = map->jited,
		};
	return fake_end(k, r);
}
