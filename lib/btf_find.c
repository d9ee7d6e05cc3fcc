/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Looking things up in types that btf_read() has taken. */
#include "btf.h"

#include <linux/btf.h>

#include "util.h"

#define MAP_PREFIX	"____btf_map_"

const char *btf_string(const struct btf *btf, uint32_t offset)
{
	return offset < btf->strings_len ? btf->strings + offset : "";
}

static bool is_map_type(const struct btf *btf, const struct btf_type *t,
			const char *map)
{
	const char *name = btf_string(btf, t->name_off);

	return BTF_INFO_KIND(t->info) == BTF_KIND_STRUCT && BTF_INFO_VLEN(t->info) == 2 &&
	       strncmp(name, MAP_PREFIX, strlen(MAP_PREFIX)) == 0 &&
	       str_eq(name + strlen(MAP_PREFIX), map);
}

bool btf_map_types(const struct btf *btf, const char *name, uint32_t *key,
		   uint32_t *value)
{
	struct btf_member m[2];
	struct btf_type t;
	uint32_t id;

	for (id = 1; id < btf->types_cnt; id++) {
		memcpy(&t, btf->data + btf->types[id], sizeof(t));
		if (!is_map_type(btf, &t, name))
			continue;
		memcpy(m, btf->data + btf->types[id] + sizeof(t), sizeof(m));
		*key = m[0].type;
		*value = m[1].type;
		return str_eq(btf_string(btf, m[0].name_off), "key") &&
		       str_eq(btf_string(btf, m[1].name_off), "value");
	}
	return false;
}

uint32_t btf_section_type(const struct btf *btf, const char *section,
			  uint32_t size)
{
	struct btf_type t;
	uint32_t id;

	for (id = 1; id < btf->types_cnt; id++) {
		memcpy(&t, btf->data + btf->types[id], sizeof(t));
		if (BTF_INFO_KIND(t.info) == BTF_KIND_DATASEC && t.size == size &&
		    str_eq(btf_string(btf, t.name_off), section))
			return id;
	}
	return 0;
}
