/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "mapgen.h"

#include <linux/btf.h>

static uint32_t pointer(struct btfgen *g, uint32_t to)
{
	return btfgen_type(g, "", BTFGEN(BTF_KIND_PTR, 0), to, NO_WORDS);
}

/* its index is of type 1, which nobody looks at */
static uint32_t array(struct btfgen *g, uint32_t of, uint32_t cnt)
{
	return btfgen_type(g, "", BTFGEN(BTF_KIND_ARRAY, 0), 0, WORDS(of, 1, cnt));
}

static uint32_t declare(struct btfgen *g, const struct mapgen_attr *attr)
{
	switch (attr->how) {
	case MAPGEN_NUM:
		return pointer(g, array(g, 1, attr->arg));
	case MAPGEN_TYPE:
		return pointer(g, attr->arg);
	case MAPGEN_ENUM:
		return btfgen_type(g, "", BTFGEN(BTF_KIND_ENUM, 1), 4, WORDS(0, attr->arg));
	case MAPGEN_WIDE:
		return btfgen_type(g, "", BTFGEN(BTF_KIND_ENUM64, 1), 8, WORDS(0, 0, attr->arg));
	case MAPGEN_VALUES:
		return array(g, pointer(g, attr->arg), 0);
	case MAPGEN_PLAIN:
	case MAPGEN_END:
		break;
	}
	return attr->arg;
}

uint32_t mapgen_define(struct btfgen *g, const struct mapgen_attr *attrs)
{
	uint32_t words[3 * MAPGEN_ATTRS], cnt;

	for (cnt = 0; attrs[cnt].how; cnt++) {
		words[3 * cnt + 1] = declare(g, &attrs[cnt]);
		words[3 * cnt] = btfgen_string(g, attrs[cnt].name);
		words[3 * cnt + 2] = cnt * 64;
	}
	return btfgen_type(g, "", BTFGEN(BTF_KIND_STRUCT, cnt), cnt * 8, words, 3 * cnt);
}

void mapgen_init(struct mapgen *m, struct elfgen *elf)
{
	memset(m, 0, sizeof(*m));
	m->elf = elf;
	m->u32 = btfgen_type(&m->btf, "u32", BTFGEN(BTF_KIND_INT, 0), 4, WORDS(32));
	m->u64 = btfgen_type(&m->btf, "u64", BTFGEN(BTF_KIND_INT, 0), 8, WORDS(64));
	m->prog = btfgen_type(&m->btf, "", BTFGEN(BTF_KIND_FUNC_PROTO, 0), m->u32, NO_WORDS);
}

unsigned int mapgen_map(struct mapgen *m, const char *name, uint32_t type,
			uint32_t size)
{
	static const char zeroes[4096];
	struct elfgen_section *sec = elfgen_section(m->elf, ".maps", SHT_PROGBITS,
						    SHF_ALLOC | SHF_WRITE);
	uint32_t at = sec->data.len;
	const uint32_t var[] = {
		btfgen_type(&m->btf, name, BTFGEN(BTF_KIND_VAR, 0), type, WORDS(1)), 0, size,
	};

	buf_add(&m->vars, var, sizeof(var));
	elfgen_data(m->elf, ".maps", zeroes, size);
	return elfgen_symbol(m->elf, name, elfgen_index(m->elf, ".maps"), at, size,
			     GLOBAL(STT_OBJECT));
}

void mapgen_end(struct mapgen *m)
{
	_cleanup_buf_ struct buf bytes = { 0 };
	size_t words = m->vars.len / sizeof(uint32_t);

	btfgen_type(&m->btf, ".maps", BTFGEN(BTF_KIND_DATASEC, words / 3), 0,
		    (const uint32_t *)m->vars.data, words);
	btfgen_end(&m->btf, &bytes, NULL);
	elfgen_data(m->elf, ".BTF", bytes.data, bytes.len);
	buf_free(&m->vars);
}

void mapgen_free(struct mapgen *m)
{
	buf_free(&m->btf.types);
	buf_free(&m->btf.strings);
	buf_free(&m->vars);
}
