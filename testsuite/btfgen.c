/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "btfgen.h"

#include <linux/btf.h>

#include "types.h"

struct header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len;
	uint32_t first_off, first_len, second_off, second_len;
};

static void add(struct buf *buf, const void *data, size_t size)
{
	buf_add(buf, data, size);
	if (buf_failed(buf))
		abort();
}

static void add_word(struct buf *buf, uint32_t word)
{
	add(buf, &word, sizeof(word));
}

uint32_t btfgen_string(struct btfgen *g, const char *str)
{
	size_t at;

	if (!g->strings.len)
		add(&g->strings, "", 1);
	if (!*str)
		return 0;
	at = g->strings_first + g->strings.len;
	add(&g->strings, str, strlen(str) + 1);
	return at;
}

struct btfgen btfgen_behind(const struct buf *base)
{
	struct btfgen g = { 0 };
	struct types types;
	struct err err;

	if (types_read(&types, NULL, base->data, base->len, &err) < 0)
		abort();
	g.cnt = types.cnt - 1;
	g.strings_first = types.strings_len;
	types_free(&types);
	return g;
}

uint32_t btfgen_type(struct btfgen *g, const char *name, uint32_t info,
		     uint32_t size, const uint32_t *words, size_t cnt)
{
	add_word(&g->types, btfgen_string(g, name));
	add_word(&g->types, info);
	add_word(&g->types, size);
	add(&g->types, words, cnt * sizeof(*words));
	return ++g->cnt;
}

void btfgen_run(struct btfgen *g, struct buf *table, const char *section,
		size_t rec_words, const uint32_t *words, size_t cnt)
{
	if (!table->len)
		add_word(table, rec_words * sizeof(*words));
	add_word(table, btfgen_string(g, section));
	add_word(table, cnt / rec_words);
	add(table, words, cnt * sizeof(*words));
}

static void put(struct buf *out, const struct buf *first,
		const struct buf *second)
{
	const struct header hdr = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(hdr),
		.first_len = first->len,
		.second_off = first->len,
		.second_len = second->len,
	};

	memset(out, 0, sizeof(*out));
	add(out, &hdr, sizeof(hdr));
	add(out, buf_str(first), first->len);
	add(out, buf_str(second), second->len);
}

/* with a header of its later length where that is needed */
static void put_ext(struct buf *out, const struct btfgen *g)
{
	const uint32_t relos[] = { g->funcs.len + g->lines.len, g->relos.len };
	struct header hdr = {
		.magic = BTF_MAGIC,
		.version = BTF_VERSION,
		.hdr_len = sizeof(hdr) + (g->relos.len ? sizeof(relos) : 0),
		.first_len = g->funcs.len,
		.second_off = g->funcs.len,
		.second_len = g->lines.len,
	};

	memset(out, 0, sizeof(*out));
	add(out, &hdr, sizeof(hdr));
	if (g->relos.len)
		add(out, relos, sizeof(relos));
	add(out, buf_str(&g->funcs), g->funcs.len);
	add(out, buf_str(&g->lines), g->lines.len);
	add(out, buf_str(&g->relos), g->relos.len);
}

void btfgen_end(struct btfgen *g, struct buf *btf, struct buf *ext)
{
	btfgen_string(g, "");
	put(btf, &g->types, &g->strings);
	if (ext)
		put_ext(ext, g);
	buf_free(&g->types);
	buf_free(&g->strings);
	buf_free(&g->funcs);
	buf_free(&g->lines);
	buf_free(&g->relos);
	memset(g, 0, sizeof(*g));
}
