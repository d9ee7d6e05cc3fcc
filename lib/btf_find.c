/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Looking things up in types that btf_read() has taken. */
#include "btf.h"

#include <errno.h>
#include <linux/btf.h>

#include "util.h"

#define MAP_PREFIX	"____btf_map_"

const char *btf_string(const struct btf *btf, uint32_t offset)
{
	return offset < btf->strings_len ? btf->strings + offset : "";
}

static struct btf_type type_at(const struct btf *btf, uint32_t id)
{
	struct btf_type t;

	memcpy(&t, btf->data + btf->types[id], sizeof(t));
	return t;
}

static bool is_looked_for(const struct btf *btf, uint32_t id)
{
	struct btf_type t = type_at(btf, id);

	if (BTF_INFO_KIND(t.info) == BTF_KIND_DATASEC)
		return true;
	return BTF_INFO_KIND(t.info) == BTF_KIND_STRUCT && BTF_INFO_VLEN(t.info) == 2 &&
	       strncmp(btf_string(btf, t.name_off), MAP_PREFIX, strlen(MAP_PREFIX)) == 0;
}

static const char *name_of(const struct btf *btf, uint32_t id)
{
	return btf_string(btf, type_at(btf, id).name_off);
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

	for (id = 1; id < btf->types_cnt; id++)
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
	struct btf_type t;
	const char *name;
	uint32_t i;

	for (i = find_named(btf, MAP_PREFIX, map); i < btf->named_cnt; i++) {
		t = type_at(btf, btf->named[i]);
		name = btf_string(btf, t.name_off);
		if (strncmp(name, MAP_PREFIX, strlen(MAP_PREFIX)) != 0 ||
		    !str_eq(name + strlen(MAP_PREFIX), map))
			return 0;
		if (BTF_INFO_KIND(t.info) == BTF_KIND_STRUCT)
			return btf->named[i];
	}
	return 0;
}

bool btf_map_types(const struct btf *btf, const char *name, uint32_t *key,
		   uint32_t *value)
{
	uint32_t id = find_map_type(btf, name);
	struct btf_member m[2];

	if (!id)
		return false;
	memcpy(m, btf->data + btf->types[id] + sizeof(struct btf_type), sizeof(m));
	*key = m[0].type;
	*value = m[1].type;
	return str_eq(btf_string(btf, m[0].name_off), "key") &&
	       str_eq(btf_string(btf, m[1].name_off), "value");
}

uint32_t btf_section_type(const struct btf *btf, const char *section,
			  uint32_t size)
{
	struct btf_type t;
	uint32_t i;

	for (i = find_named(btf, "", section); i < btf->named_cnt; i++) {
		t = type_at(btf, btf->named[i]);
		if (!str_eq(btf_string(btf, t.name_off), section))
			return 0;
		if (BTF_INFO_KIND(t.info) == BTF_KIND_DATASEC && t.size == size)
			return btf->named[i];
	}
	return 0;
}
