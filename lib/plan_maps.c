/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The maps of a plan: names, pins, types; which go into which. */
#include "plan.h"

#include <errno.h>
#include <stdio.h>

#include "maprules.h"
#include "pinpath.h"

#define NO_SLOT		((uint32_t)-1)	/* inner_idx: a template only */

static bool is_kernel_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       (c >= 'A' && c <= 'Z') || c == '.' || c == '_';
}

/* The kernel takes 15 characters of a small alphabet */
void plan_kernel_name(const char *name, char out[BPF_OBJ_NAME_LEN])
{
	size_t i;

	for (i = 0; i < BPF_OBJ_NAME_LEN - 1 && name[i]; i++)
		out[i] = is_kernel_char(name[i]) ? name[i] : '_';
	out[i] = '\0';
}

static ssize_t first_map_with_id(const struct bpfelf_object *obj, uint32_t id)
{
	size_t i;

	for (i = 0; i < obj->maps_cnt; i++)
		if (obj->maps[i].def.id == id)
			return i;
	return -1;
}

static int no_inner(const struct bpfelf_map *map, struct err *err)
{
	if (!map->btf)
		return err_set(err, -EINVAL, "a map of maps without inner_id");
	err_set(err, -EINVAL, "a map of maps without values");
	return err_hint(err, "say what its maps are like: __array(values, struct { ... })");
}

static int plan_inner(struct bpfelf_plan *plan, struct plan_map *pm,
		      struct err *err)
{
	const struct bpf_elf_map *def = &pm->map->def;

	pm->inner = -1;
	if (!mapdef_is_outer(def))
		return 0;
	/* compat: whatever the object says, a slot holds one map */
	pm->value_size = sizeof(__u32);
	if (pm->map->inner) {
		pm->inner = pm->map->inner - 1;
		return 0;
	}
	if (!def->inner_id)
		return no_inner(pm->map, err);
	pm->inner = first_map_with_id(plan->obj, def->inner_id);
	if (pm->inner < 0)
		return err_set(err, -EINVAL, "inner_id %u is the id of no map", def->inner_id);
	if (mapdef_is_outer(&plan->obj->maps[pm->inner].def))
		return err_set(err, -EINVAL, "its inner map '%s' is a map of maps itself",
			       plan->obj->maps[pm->inner].name);
	return 0;
}

/* Every object has a .rodata: what there is room for of the object's name comes
 * before it, up to 8 bytes, "demo.rodata"; but not before a name of its own,
 * ".rodata.settings". So libbpf has it, and who looks for a map by name finds
 * it. */
static void data_name(const struct bpfelf_object *obj, const char *section,
		      char out[BPF_OBJ_NAME_LEN])
{
	const size_t longest = strlen(".rodata");
	size_t len = strnlen(section, BPF_OBJ_NAME_LEN - 1);
	size_t room = BPF_OBJ_NAME_LEN - 1 - (len > longest ? len : longest);
	char name[BPF_OBJ_NAME_LEN];

	if (section[0] != '.' || strchr(section + 1, '.'))
		room = 0;
	else if (room > strcspn(obj->name, "."))
		room = strcspn(obj->name, ".");
	snprintf(name, sizeof(name), "%.*s%.*s", (int)room, obj->name, (int)len, section);
	plan_kernel_name(name, out);
}

static void plan_section(const struct bpfelf_plan *plan, struct plan_map *pm)
{
	pm->inner = -1;
	pm->value_type = btf_section_type(&plan->obj->btf, pm->map->name, pm->value_size);
	data_name(plan->obj, pm->map->name, pm->name);
}

/* The kernel takes types of both key and value, or none. */
static bool has_types(const struct bpfelf_map *map)
{
	return map->btf->value_type &&
	       (map->btf->key_type || !map->def.size_key) &&
	       maprules_takes_types(map->def.type);
}

static void plan_types(const struct btf *btf, struct plan_map *pm)
{
	const struct mapbtf *spec = pm->map->btf;

	if (spec && has_types(pm->map)) {
		pm->key_type = spec->key_type;
		pm->value_type = spec->value_type;
	}
	if (!spec && !btf_map_types(btf, pm->map->name, &pm->key_type, &pm->value_type))
		pm->key_type = pm->value_type = 0;
}

static int plan_map(struct bpfelf_plan *plan, size_t i,
		    const struct pinpath_ns *ns, struct err *err)
{
	struct plan_map *pm = &plan->maps[i];
	int r;

	pm->map = &plan->obj->maps[i];
	pm->value_size = pm->map->def.size_value;
	if (pm->map->data) {
		plan_section(plan, pm);
		return 0;
	}
	plan_kernel_name(pm->map->name, pm->name);
	plan_types(&plan->obj->btf, pm);
	r = plan->is_private ? 0 :
	    pinpath_map(ns, pm->map->def.pinning, pm->map->name, &pm->pin, err);
	return r ?: plan_inner(plan, pm, err);
}

static const char *pin_of(const void *maps, size_t i)
{
	return ((const struct plan_map *)maps)[i].pin;
}

/* Only static maps, of several files linked into one, can share a name */
static int check_pin_twice(struct nameindex *pins, const struct plan_map *pm,
			   size_t i, struct err *err)
{
	uint32_t *place = pm->pin ? nameindex_find(pins, pm->pin) : NULL;

	if (place && *place)
		return err_set(err, -EEXIST, "another map of that name has the same pin");
	if (place)
		*place = i + 1;
	return 0;
}

static bool wants_object_id(const struct bpfelf_object *obj)
{
	size_t i;

	for (i = 0; i < obj->maps_cnt; i++)
		if (obj->maps[i].def.pinning == PIN_OBJECT_NS)
			return true;
	return false;
}

bool plan_wants_pindb(const struct bpfelf_object *obj)
{
	size_t i;

	for (i = 0; i < obj->maps_cnt; i++)
		if (pindb_has_to_say(obj->maps[i].def.pinning))
			return true;
	return false;
}

int plan_maps(struct bpfelf_plan *plan, const struct pindb *db,
	      struct err *err)
{
	const struct bpfelf_object *obj = plan->obj;
	_cleanup_(nameindex_free) struct nameindex pins = { 0 };
	char id[OBJECT_ID_LEN + 1] = "";
	const struct pinpath_ns ns = {
		.subdir = plan->subdir,
		.object_id = id,
		.db = db,
	};
	size_t i;
	int r;

	plan->maps = calloc(obj->maps_cnt + 1, sizeof(*plan->maps));
	plan->order = calloc(obj->maps_cnt + 1, sizeof(*plan->order));
	if (!plan->maps || !plan->order ||
	    !nameindex_init(&pins, plan->maps, obj->maps_cnt, pin_of))
		return err_sys(err, -ENOMEM, "plan maps");
	if (wants_object_id(obj))
		object_id(obj, id);
	for (i = 0; i < obj->maps_cnt; i++) {
		plan->maps_cnt++;
		r = plan_map(plan, i, &ns, err);
		r = r ?: check_pin_twice(&pins, &plan->maps[i], i, err);
		if (r < 0)
			return err_wrap(err, "map '%s'", obj->maps[i].name);
	}
	return 0;
}

/* which maps go into which slots of which maps of maps */
static bool is_member(const struct bpf_elf_map *inner,
		      const struct bpf_elf_map *outer)
{
	return inner->id && !inner->inner_id && inner->inner_idx != NO_SLOT &&
	       inner->id == outer->inner_id;
}

static int plan_insert(struct bpfelf_plan *plan, size_t outer, size_t inner,
		       uint32_t key, struct err *err)
{
	const struct bpfelf_map *o = plan->maps[outer].map;
	struct plan_insert *grown;

	if (o->def.type == BPF_MAP_TYPE_ARRAY_OF_MAPS && key >= o->def.max_elem)
		return err_set(err, -E2BIG, "map '%s' goes into slot %u of map '%s', which has %u",
			       plan->maps[inner].map->name, key, o->name, o->def.max_elem);
	grown = reallocarray(plan->inserts, plan->inserts_cnt + 1, sizeof(*grown));
	if (!grown)
		return err_sys(err, -ENOMEM, "plan maps");
	plan->inserts = grown;
	grown[plan->inserts_cnt++] = (struct plan_insert) {
		.outer = outer,
		.inner = inner,
		.key = key,
	};
	return 0;
}

static int plan_members(struct bpfelf_plan *plan, size_t outer, struct err *err)
{
	const struct bpf_elf_map *def = &plan->maps[outer].map->def;
	const struct bpf_elf_map *inner;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < plan->maps_cnt; i++) {
		inner = &plan->maps[i].map->def;
		if (is_member(inner, def))
			r = plan_insert(plan, outer, i, inner->inner_idx, err);
	}
	return r;
}

int plan_inserts(struct bpfelf_plan *plan, struct err *err)
{
	const struct map_value *value = plan->obj->values;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < plan->maps_cnt; i++)
		if (plan->maps[i].inner >= 0)
			r = plan_members(plan, i, err);
	for (i = 0; r == 0 && i < plan->obj->values_cnt; i++, value++)
		if (!value->prog)
			r = plan_insert(plan, value->map, value->inner, value->key, err);
	return r;
}
