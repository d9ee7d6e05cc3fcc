/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "plan.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#include "pinpath.h"

#define NO_SLOT		((uint32_t)-1)	/* inner_idx: a template only */

const char *bpfelf_default_section(uint32_t prog_type)
{
	switch (prog_type) {
	case BPF_PROG_TYPE_SCHED_CLS:
		return ELF_SECTION_CLASSIFIER;
	case BPF_PROG_TYPE_SCHED_ACT:
		return ELF_SECTION_ACTION;
	case BPF_PROG_TYPE_XDP:
	case BPF_PROG_TYPE_LWT_IN:
	case BPF_PROG_TYPE_LWT_OUT:
	case BPF_PROG_TYPE_LWT_XMIT:
	case BPF_PROG_TYPE_LWT_SEG6LOCAL:
		return ELF_SECTION_PROG;
	default:
		return NULL;
	}
}

/* The kernel takes 15 characters of a small alphabet */
static void kernel_name(const char *name, char out[BPF_OBJ_NAME_LEN])
{
	size_t i;

	for (i = 0; i < BPF_OBJ_NAME_LEN - 1 && name[i]; i++)
		out[i] = isalnum((unsigned char)name[i]) || name[i] == '.' ?
			 name[i] : '_';
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

static int plan_inner(struct bpfelf_plan *plan, struct plan_map *pm,
		      struct err *err)
{
	const struct bpf_elf_map *def = &pm->map->def;

	pm->inner = -1;
	if (!mapdef_is_outer(def))
		return 0;
	if (!def->inner_id)
		return err_set(err, -EINVAL, "a map of maps without inner_id");
	pm->inner = first_map_with_id(plan->obj, def->inner_id);
	if (pm->inner < 0)
		return err_set(err, -EINVAL, "inner_id %u is the id of no map", def->inner_id);
	if (mapdef_is_outer(&plan->obj->maps[pm->inner].def))
		return err_set(err, -EINVAL, "its inner map '%s' is a map of maps itself",
			       plan->obj->maps[pm->inner].name);
	/* compat: whatever the object says, a slot holds one map */
	pm->value_size = sizeof(__u32);
	return 0;
}

/* Every object has a .rodata: as much of the object's name as fits comes
 * before it, "demo.rodata", "d.rodata.str1.1" */
static void data_name(const struct bpfelf_object *obj, const char *section,
		      char out[BPF_OBJ_NAME_LEN])
{
	size_t len = strnlen(section, BPF_OBJ_NAME_LEN - 1);
	size_t room = BPF_OBJ_NAME_LEN - 1 - len;
	char name[BPF_OBJ_NAME_LEN];

	if (section[0] != '.')
		room = 0;
	else if (room > strcspn(obj->name, "."))
		room = strcspn(obj->name, ".");
	snprintf(name, sizeof(name), "%.*s%.*s", (int)room, obj->name, (int)len, section);
	kernel_name(name, out);
}

static void plan_data(const struct bpfelf_plan *plan, struct plan_map *pm)
{
	pm->inner = -1;
	pm->is_idle = true;
	pm->value_type = btf_section_type(&plan->obj->btf, pm->map->name, pm->value_size);
	data_name(plan->obj, pm->map->name, pm->name);
}

static int plan_map(struct bpfelf_plan *plan, size_t i,
		    const struct pinpath_ns *ns, struct err *err)
{
	struct plan_map *pm = &plan->maps[i];
	int r;

	pm->map = &plan->obj->maps[i];
	pm->value_size = pm->map->def.size_value;
	if (pm->map->data) {
		plan_data(plan, pm);
		return 0;
	}
	kernel_name(pm->map->name, pm->name);
	if (!btf_map_types(&plan->obj->btf, pm->map->name, &pm->key_type,
			   &pm->value_type))
		pm->key_type = pm->value_type = 0;
	r = pinpath_map(ns, pm->map->def.pinning, pm->map->name, &pm->pin, err);
	return r ?: plan_inner(plan, pm, err);
}

/* Only static maps, of several files linked into one, can share a name */
static int check_pin_twice(const struct bpfelf_plan *plan, size_t i,
			   struct err *err)
{
	size_t j;

	for (j = 0; plan->maps[i].pin && j < i; j++)
		if (plan->maps[j].pin && str_eq(plan->maps[i].pin, plan->maps[j].pin))
			return err_set(err, -EEXIST, "another map of that name has the same pin");
	return 0;
}

/* compat: outer maps come after all others, each kind in file order */
static void order_maps(struct bpfelf_plan *plan)
{
	size_t i, n = 0;

	for (i = 0; i < plan->maps_cnt; i++)
		if (plan->maps[i].inner < 0 && !plan->maps[i].is_idle)
			plan->order[n++] = i;
	for (i = 0; i < plan->maps_cnt; i++)
		if (plan->maps[i].inner >= 0)
			plan->order[n++] = i;
	plan->order_cnt = n;
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

static int plan_maps(struct bpfelf_plan *plan, const struct pindb *db,
		     struct err *err)
{
	const struct bpfelf_object *obj = plan->obj;
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
	if (!plan->maps || !plan->order)
		return err_sys(err, -ENOMEM, "plan maps");
	if (wants_object_id(obj))
		object_id(obj, id);
	for (i = 0; i < obj->maps_cnt; i++) {
		plan->maps_cnt++;
		r = plan_map(plan, i, &ns, err);
		r = r ?: check_pin_twice(plan, i, err);
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
		       struct err *err)
{
	const struct bpfelf_map *o = plan->maps[outer].map;
	const struct bpfelf_map *m = plan->maps[inner].map;
	struct plan_insert *grown;

	if (o->def.type == BPF_MAP_TYPE_ARRAY_OF_MAPS &&
	    m->def.inner_idx >= o->def.max_elem)
		return err_set(err, -E2BIG, "map '%s' goes into slot %u of map '%s', which has %u",
			       m->name, m->def.inner_idx, o->name, o->def.max_elem);
	grown = reallocarray(plan->inserts, plan->inserts_cnt + 1, sizeof(*grown));
	if (!grown)
		return err_sys(err, -ENOMEM, "plan maps");
	plan->inserts = grown;
	grown[plan->inserts_cnt++] = (struct plan_insert) {
		.outer = outer,
		.inner = inner,
		.key = m->def.inner_idx,
	};
	return 0;
}

static int plan_inserts(struct bpfelf_plan *plan, struct err *err)
{
	size_t i, j;
	int r;

	for (i = 0; i < plan->maps_cnt; i++) {
		if (plan->maps[i].inner < 0)
			continue;
		for (j = 0; j < plan->maps_cnt; j++) {
			if (!is_member(&plan->maps[j].map->def, &plan->maps[i].map->def))
				continue;
			r = plan_insert(plan, i, j, err);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

/* "prog, ingress (in), egress (out)": what could have been asked for */
static void list_entries(const struct bpfelf_object *obj, struct buf *out)
{
	const struct bpfelf_program *p = NULL;

	while ((p = bpfelf_program_next(obj, p))) {
		buf_addf(out, "%s'%s'", out->len ? ", " : "", p->code->sec->name);
		if (!str_eq(p->name, p->code->sec->name))
			buf_addf(out, " (%s)", p->name);
	}
}

static int no_entry(const struct bpfelf_object *obj, const char *what,
		    const char *name, struct err *err)
{
	_cleanup_buf_ struct buf list = { 0 };

	list_entries(obj, &list);
	err_set(err, -ENOENT, "no %s '%s'", what, name);
	if (!list.len)
		return err_hint(err, "the object holds no program at all");
	return err_hint(err, "the object has the sections (programs): %s", buf_str(&list));
}

static const struct bpfelf_program *
find_function(const struct bpfelf_object *obj, const char *section,
	      const char *name)
{
	const struct bpfelf_program *p = NULL;

	while ((p = bpfelf_program_next(obj, p)))
		if (str_eq(p->name, name) &&
		    (!section || str_eq(p->code->sec->name, section)))
			return p;
	return NULL;
}

static int find_entry(const struct bpfelf_object *obj,
		      const struct bpfelf_request *req,
		      const struct bpfelf_program **entry, struct err *err)
{
	const char *section = req->section ?: bpfelf_default_section(req->prog_type);

	if (req->program) {
		*entry = find_function(obj, req->section, req->program);
		return *entry ? 0 : no_entry(obj, "program", req->program, err);
	}
	if (!section)
		return err_set(err, -EINVAL, "programs of type %u have no default section, name one",
			       req->prog_type);
	*entry = object_entry(obj, section);
	return *entry ? 0 : no_entry(obj, "section", section, err);
}

static int add_prog(struct bpfelf_plan *plan, const struct bpfelf_program *prog,
		    ssize_t array, uint32_t key, struct err *err)
{
	struct plan_prog *pp = &plan->progs[plan->progs_cnt];
	size_t i;
	int r;

	r = link_program(plan->obj, prog, &pp->code, err);
	r = r ?: debuginfo_link(plan->obj, &pp->code, &pp->info, err);
	if (r < 0) {
		link_free(&pp->code);
		return err_wrap(err, "program '%s'", prog->name);
	}
	for (i = 0; i < pp->code.refs_cnt; i++)
		plan->maps[pp->code.refs[i].map].is_idle = false;
	pp->prog = prog;
	kernel_name(prog->name, pp->name);
	pp->array = array;
	pp->key = key;
	plan->progs_cnt++;
	return 0;
}

/* compat: of several prog arrays with one id the first is filled */
static ssize_t prog_array_with_id(const struct bpfelf_object *obj, uint32_t id)
{
	size_t i;

	for (i = 0; i < obj->maps_cnt; i++)
		if (obj->maps[i].def.type == BPF_MAP_TYPE_PROG_ARRAY &&
		    obj->maps[i].def.id == id)
			return i;
	return -1;
}

static int plan_slot(struct bpfelf_plan *plan, const struct code *code,
		     struct err *err)
{
	const struct bpfelf_object *obj = plan->obj;
	ssize_t array = prog_array_with_id(obj, code->slot_id);
	const struct bpfelf_map *map;

	if (array < 0) {
		buf_addf(&plan->notes, "section '%s' is left out: no prog array has the id %u\n",
			 code->sec->name, code->slot_id);
		return 0;
	}
	map = &obj->maps[array];
	if (code->slot_key >= map->def.max_elem)
		return err_set(err, -E2BIG, "section '%s': key %u is past the end of map '%s', which has %u slots",
			       code->sec->name, code->slot_key, map->name,
			       map->def.max_elem);
	return add_prog(plan, object_code_entry(obj, code), array,
			code->slot_key, err);
}

/* What is declared but not used need not be for our programs. */
static void note_users(struct bpfelf_plan *plan)
{
	const struct plan_prog *pp;
	struct plan_map *pm;
	size_t i, j;

	for (i = 0; i < plan->progs_cnt; i++) {
		pp = &plan->progs[i];
		for (j = 0; j < pp->code.refs_cnt; j++) {
			pm = &plan->maps[pp->code.refs[j].map];
			if (pm->map->def.type == BPF_MAP_TYPE_PROG_ARRAY)
				pm->user_type = plan->prog_type;
		}
		if (pp->array >= 0)
			plan->maps[pp->array].user_type = plan->prog_type;
	}
}

static bool fills(const struct bpfelf_plan *plan, size_t map)
{
	size_t i;

	for (i = 1; i < plan->progs_cnt; i++)
		if (plan->progs[i].array == (ssize_t)map)
			return true;
	return false;
}

static void note_same_ids(struct bpfelf_plan *plan)
{
	const struct bpfelf_map *maps = plan->obj->maps;
	size_t i, j;

	for (i = 0; i < plan->maps_cnt; i++)
		for (j = i + 1; fills(plan, i) && j < plan->maps_cnt; j++)
			if (maps[j].def.type == BPF_MAP_TYPE_PROG_ARRAY &&
			    maps[j].def.id == maps[i].def.id)
				buf_addf(&plan->notes, "prog arrays '%s' and '%s' both have the id %u: "
					 "the sections %u/... go into '%s'\n",
					 maps[i].name, maps[j].name, maps[i].def.id,
					 maps[i].def.id, maps[i].name);
}

/* Programs that call through a map do not count as its users, in the kernel's
 * eyes, when it comes to keeping what is in its slots. */
static void note_fleeting_arrays(struct bpfelf_plan *plan)
{
	size_t i;

	for (i = 0; i < plan->maps_cnt; i++)
		if (!plan->maps[i].pin && fills(plan, i))
			buf_addf(&plan->notes, "prog array '%s' is not pinned: "
				 "the kernel empties it when its last descriptor is closed; "
				 "declare it with .pinning = PIN_GLOBAL_NS to keep its tail calls\n",
				 plan->maps[i].map->name);
}

static int plan_progs(struct bpfelf_plan *plan,
		      const struct bpfelf_program *entry, struct err *err)
{
	const struct bpfelf_object *obj = plan->obj;
	size_t i;
	int r;

	plan->progs = calloc(obj->codes_cnt + 1, sizeof(*plan->progs));
	if (!plan->progs)
		return err_sys(err, -ENOMEM, "plan programs");
	r = add_prog(plan, entry, -1, 0, err);
	for (i = 0; r == 0 && i < obj->codes_cnt; i++)
		if (obj->codes[i].is_slot && &obj->codes[i] != entry->code)
			r = plan_slot(plan, &obj->codes[i], err);
	if (r < 0)
		return r;
	order_maps(plan);
	note_users(plan);
	note_same_ids(plan);
	note_fleeting_arrays(plan);
	return 0;
}

static int check_request(const struct bpfelf_plan *plan, struct err *err)
{
	size_t i;

	if (plan->subdir)
		return 0;
	for (i = 0; i < plan->obj->maps_cnt; i++)
		if (plan->obj->maps[i].def.pinning != PIN_NONE)
			return err_set(err, -ENOTSUP,
				       "map '%s' is to be pinned, but programs of type %u have no directory",
				       plan->obj->maps[i].name, plan->prog_type);
	return 0;
}

int plan_new(const struct bpfelf_object *obj, const struct bpfelf_request *req,
	     const struct pindb *db, struct bpfelf_plan **out, struct err *err)
{
	const struct bpfelf_program *entry;
	struct bpfelf_plan *plan;
	int r;

	plan = calloc(1, sizeof(*plan));
	if (!plan)
		return err_sys(err, -ENOMEM, "plan");
	plan->obj = obj;
	plan->prog_type = req->prog_type;
	plan->ifindex = req->ifindex;
	plan->verbose = req->flags & BPFELF_VERBOSE;
	plan->subdir = pinpath_subdir(req->prog_type);
	r = find_entry(obj, req, &entry, err);
	r = r ?: check_request(plan, err);
	r = r ?: plan_maps(plan, db, err);
	r = r ?: plan_inserts(plan, err);
	r = r ?: plan_progs(plan, entry, err);
	if (r == 0 && buf_failed(&plan->notes))
		r = err_sys(err, -ENOMEM, "plan");
	if (r < 0) {
		bpfelf_plan_free(plan);
		return r;
	}
	*out = plan;
	return 0;
}

void bpfelf_plan_free(struct bpfelf_plan *plan)
{
	size_t i;

	if (!plan)
		return;
	for (i = 0; i < plan->maps_cnt; i++)
		free(plan->maps[i].pin);
	for (i = 0; i < plan->progs_cnt; i++) {
		link_free(&plan->progs[i].code);
		debuginfo_free(&plan->progs[i].info);
	}
	free(plan->maps);
	free(plan->order);
	free(plan->progs);
	free(plan->inserts);
	buf_free(&plan->notes);
	free(plan);
}

const struct bpfelf_program *bpfelf_plan_entry(const struct bpfelf_plan *plan)
{
	return plan->progs[0].prog;
}
