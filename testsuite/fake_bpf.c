/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the fake tells of maps and programs alike. */
#include <errno.h>
#include <stdio.h>

#include "fake_world.h"

int fake_check_device(struct fake_world *world, uint32_t ifindex)
{
	return ifindex && ifindex != world->fake->device ? -EINVAL : 0;
}

static void map_info(const struct fake_obj *map, struct bpf_map_info *info)
{
	memset(info, 0, sizeof(*info));
	info->type = map->type;
	info->id = map->id;
	info->key_size = map->key_size;
	info->value_size = map->value_size;
	info->max_entries = map->max_entries;
	info->map_flags = map->flags;
	info->map_extra = map->extra;
	info->ifindex = map->ifindex;
	memcpy(info->name, map->name, sizeof(info->name));
	info->btf_id = map->btf_id;
	info->btf_key_type_id = map->key_type;
	info->btf_value_type_id = map->value_type;
}

static void prog_info(const struct fake_obj *prog, struct bpf_prog_info *info)
{
	memset(info, 0, sizeof(*info));
	info->type = prog->type;
	info->id = prog->id;
	info->ifindex = prog->ifindex;
	memcpy(info->tag, &prog->tag, sizeof(info->tag));
	memcpy(info->name, prog->name, sizeof(info->name));
	info->btf_id = prog->btf_id;
	info->nr_func_info = prog->funcs_cnt;
	info->nr_line_info = prog->lines_cnt;
}

/* The kernel gives the description of either to who asks for the other. */
static int describe(struct kern *k, int fd, void *info, size_t size)
{
	struct fake_obj *obj;
	int r = fake_obj_of(fake_world(k), fd, &obj);
	struct bpf_map_info map;
	struct bpf_prog_info prog;

	if (r < 0)
		return r;
	memset(info, 0, size);
	if (obj->is_prog) {
		prog_info(obj, &prog);
		memcpy(info, &prog, size < sizeof(prog) ? size : sizeof(prog));
	} else {
		map_info(obj, &map);
		memcpy(info, &map, size < sizeof(map) ? size : sizeof(map));
	}
	return 0;
}

int fake_map_info(struct kern *k, int fd, struct bpf_map_info *info)
{
	char name[32];
	int r = fake_begin(k, "map_info %s", fake_obj_name(k, fd, name));

	return fake_end(k, r ?: describe(k, fd, info, sizeof(*info)));
}

int fake_prog_info(struct kern *k, int fd, struct bpf_prog_info *info)
{
	char name[32];
	int r = fake_begin(k, "prog_info %s", fake_obj_name(k, fd, name));

	return fake_end(k, r ?: describe(k, fd, info, sizeof(*info)));
}

enum kern_obj fake_obj_kind(struct kern *k, int fd)
{
	struct fake_obj *obj;
	char name[32];
	int r;

	r = fake_begin(k, "obj_kind %s", fake_obj_name(k, fd, name));
	if (fake_end(k, r) < 0 || fake_world(k)->fake->no_proc)
		return KERN_OBJ_UNKNOWN;
	if (fake_obj_of(fake_world(k), fd, &obj) < 0)
		return KERN_OBJ_OTHER;
	if (obj->is_btf)
		return KERN_OBJ_OTHER;
	return obj->is_prog ? KERN_OBJ_PROG : KERN_OBJ_MAP;
}

static int prog_by_id(struct fake_world *world, uint32_t id)
{
	struct fake_obj *prog = fake_obj_by_id(world, id);

	return prog && prog->is_prog ? fake_obj_fd(world, prog) : -ENOENT;
}

int fake_prog_by_id(struct kern *k, uint32_t id)
{
	int r = fake_begin(k, "prog_by_id %u", id);

	return fake_end(k, r ?: prog_by_id(fake_world(k), id));
}

static int map_by_id(struct fake_world *world, uint32_t id)
{
	struct fake_obj *map = fake_obj_by_id(world, id);

	if (!map || map->is_prog || map->is_btf)
		return -ENOENT;
	return fake_obj_fd(world, map);
}

int fake_map_by_id(struct kern *k, uint32_t id)
{
	int r = fake_begin(k, "map_by_id %u", id);

	return fake_end(k, r ?: map_by_id(fake_world(k), id));
}

const char *fake_hex(const void *bytes, size_t len, char text[65])
{
	size_t i;

	for (i = 0; i < len && i < 32; i++)
		sprintf(text + 2 * i, "%02x", ((const uint8_t *)bytes)[i]);
	text[2 * i] = '\0';
	return text;
}

void fake_obj_state(const struct fake_obj *obj, struct buf *text)
{
	char key[65], value[65];
	const struct fake_slot *slot;

	if (obj->is_prog) {
		buf_addf(text, "prog %u '%s'\n", obj->id, obj->name);
		return;
	}
	buf_addf(text, "map %u '%s' type %u key %u value %u max %u\n", obj->id,
		 obj->name, obj->type, obj->key_size, obj->value_size,
		 obj->max_entries);
	for (slot = obj->slots; slot; slot = slot->next)
		buf_addf(text, "  [%s] = %s\n",
			 fake_hex(slot->key, obj->key_size, key),
			 fake_hex(slot->value, obj->value_size, value));
}
