/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Looking things up in types that btf_read() has taken. */
#include "btf.h"

#include <errno.h>
#include <linux/btf.h>

#include "util.h"

#define MAP_PREFIX	"____btf_map_"

const char *btf_string(const struct btf *btf, uint32_t offset)
{
	return types_string(&btf->types, offset);
}

static const char *name_of(const struct btf *btf, uint32_t id)
{
	return type_name(&btf->types, types_get(&btf->types, id));
}

static bool is_looked_for(const struct btf *btf, uint32_t id)
{
	const struct btf_type *t = types_get(&btf->types, id);

	if (type_kind(t) == TYPE_DATASEC)
		return true;
	return type_kind(t) == TYPE_STRUCT && type_vlen(t) == 2 &&
	       strncmp(name_of(btf, id), MAP_PREFIX, strlen(MAP_PREFIX)) == 0;
}

static int cmp_named(const void *a, const void *b, void *btf)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int r = strcmp(name_of(btf, x), name_of(btf, y));

	return r ?: (x > y) - (x < y);
}

int btf_index(struct btf *btf, struct err *err)
{
	uint32_t id, cnt = 0;

	for (id = 1; id < btf->types.cnt; id++)
		cnt += is_looked_for(btf, id);
	btf->named = calloc(cnt + 1, sizeof(*btf->named));
	if (!btf->named)
		return err_sys(err, -ENOMEM, "read types");
	for (id = 1; btf->named_cnt < cnt; id++)
		if (is_looked_for(btf, id))
			btf->named[btf->named_cnt++] = id;
	qsort_r(btf->named, cnt, sizeof(*btf->named), cmp_named, btf);
	return 0;
}

/* The first of @name, preceded by @prefix, or what comes behind it. */
static uint32_t find_named(const struct btf *btf, const char *prefix,
			   const char *name)
{
	const size_t len = strlen(prefix);
	uint32_t lo = 0, hi = btf->named_cnt, mid;
	const char *other;
	int r;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		other = name_of(btf, btf->named[mid]);
		r = strncmp(other, prefix, len) ?: strcmp(other + len, name);
		if (r < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* the struct that tells the types of a map; 0: there is none */
static uint32_t find_map_type(const struct btf *btf, const char *map)
{
	const char *name;
	uint32_t i, id;

	for (i = find_named(btf, MAP_PREFIX, map); i < btf->named_cnt; i++) {
		id = btf->named[i];
		name = name_of(btf, id);
		if (strncmp(name, MAP_PREFIX, strlen(MAP_PREFIX)) != 0 ||
		    !str_eq(name + strlen(MAP_PREFIX), map))
			return 0;
		if (type_kind(types_get(&btf->types, id)) == TYPE_STRUCT)
			return id;
	}
	return 0;
}

bool btf_map_types(const struct btf *btf, const char *name, uint32_t *key,
		   uint32_t *value)
{
	uint32_t id = find_map_type(btf, name);
	const struct btf_member *m = type_tail(types_get(&btf->types, id));

	if (!id)
		return false;
	*key = m[0].type;
	*value = m[1].type;
	return str_eq(btf_string(btf, m[0].name_off), "key") &&
	       str_eq(btf_string(btf, m[1].name_off), "value");
}

uint32_t btf_section_type(const struct btf *btf, const char *section,
			  uint32_t size)
{
	const struct btf_type *t;
	uint32_t i;

	for (i = find_named(btf, "", section); i < btf->named_cnt; i++) {
		t = types_get(&btf->types, btf->named[i]);
		if (!str_eq(type_name(&btf->types, t), section))
			return 0;
		if (type_kind(t) == TYPE_DATASEC && t->size == size)
			return btf->named[i];
	}
	return 0;
}
