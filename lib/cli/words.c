/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "words.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#define IFNAME_MAX 128		/* an altname, ALTIFNAMSIZ */

/* ---- the cursor ---- */

const char *word_peek(const struct words *w)
{
	return w->pos < w->argc ? w->argv[w->pos] : NULL;
}

const char *word_take(struct words *w)
{
	return w->pos < w->argc ? w->argv[w->pos++] : NULL;
}

int word_need(struct words *w, const char **word)
{
	*word = word_take(w);
	return *word ? 0 : word_incomplete();
}

bool word_is(const char *word, const char *name)
{
	return word && *word && strncmp(word, name, strlen(word)) == 0;
}

int word_among(const struct word_name *names, const char *word)
{
	for (; names->name; names++)
		if (word_is(word, names->name))
			return names->value;
	return -1;
}

/* ---- complaints ---- */

int word_incomplete(void)
{
	fprintf(stderr, "Command line is not complete. Try option \"help\"\n");
	return CLI_USAGE;
}

int word_missing(const char *key)
{
	fprintf(stderr, "Error: argument \"%s\" is required\n", key);
	return CLI_USAGE;
}

int word_wrong(const char *word, const char *why)
{
	fprintf(stderr, "Error: argument \"%s\" is wrong: %s\n", word, why);
	return CLI_USAGE;
}

int word_twice(const char *key, const char *word)
{
	fprintf(stderr, "Error: duplicate \"%s\": \"%s\" is the second value.\n",
		key, word);
	return CLI_USAGE;
}

int word_twice_or_garbage(const char *key, const char *word)
{
	fprintf(stderr, "Error: either \"%s\" is duplicate, or \"%s\" is a garbage.\n",
		key, word);
	return CLI_USAGE;
}

/* ---- tables ---- */

static bool row_fits(const struct kw *kw, const char *word)
{
	if (kw->flags & KW_F_EXACT)
		return str_eq(word, kw->name);
	return word_is(word, kw->name);
}

const struct kw *kw_find(const struct kw *table, const char *word)
{
	const struct kw *kw;

	for (kw = table; word && kw->name; kw++)
		if (row_fits(kw, word))
			return kw;
	return NULL;
}

static int take_row(const struct kw *kw, struct words *w, void *into)
{
	return kw->take(w, kw, (char *)into + kw->offset);
}

static bool taken_before(const struct kw *table, const struct kw *kw,
			 uint64_t seen)
{
	const struct kw *other;

	if (!(kw->flags & KW_F_ONCE))
		return false;
	for (other = table; other->name; other++)
		if (seen & 1ull << (other - table) &&
		    other->flags & KW_F_ONCE && other->offset == kw->offset)
			return true;
	return false;
}

static int complain_of_second(struct words *w, const struct kw *kw)
{
	const char *second;
	int r = word_need(w, &second);

	return r ? r : word_twice(kw->name, second);
}

int kw_pick(const struct kw *table, struct words *w, void *into,
	    uint64_t *seen)
{
	const struct kw *kw = kw_find(table, word_peek(w));

	if (!kw)
		return CLI_NO_WORD;
	w->pos++;
	if (seen && taken_before(table, kw, *seen))
		return complain_of_second(w, kw);
	if (seen)
		*seen |= 1ull << (kw - table);
	return take_row(kw, w, into);
}

int kw_any(const struct kw *table, struct words *w, void *into,
	   uint64_t *seen)
{
	int r;

	do
		r = kw_pick(table, w, into, seen);
	while (r == 0);
	return r == CLI_NO_WORD ? 0 : r;
}

int kw_seq(const struct kw *table, struct words *w, void *into)
{
	const struct kw *kw;
	const char *word;
	int r;

	for (kw = table; kw->name; kw++) {
		word = word_peek(w);
		if (!word || !row_fits(kw, word))
			continue;
		w->pos++;
		r = take_row(kw, w, into);
		if (r)
			return r;
	}
	return 0;
}

bool kw_was_seen(const struct kw *table, uint64_t seen, const char *name)
{
	const struct kw *kw;

	for (kw = table; kw->name; kw++)
		if (str_eq(kw->name, name))
			return seen & 1ull << (kw - table);
	return false;
}

/* ---- handlers ---- */

int word_str(struct words *w, const struct kw *kw, void *field)
{
	(void)kw;
	return word_need(w, field);
}

int word_flag(struct words *w, const struct kw *kw, void *field)
{
	(void)w;
	(void)kw;
	*(bool *)field = true;
	return 0;
}

int word_bits(struct words *w, const struct kw *kw, void *field)
{
	(void)w;
	*(uint32_t *)field |= *(const uint32_t *)kw->arg;
	return 0;
}

bool word_to_u32(const char *word, int base, uint32_t max, uint32_t *value)
{
	unsigned long long number;
	char *end;

	errno = 0;
	number = strtoull(word, &end, base);
	if (end == word || *end || errno || number > max)
		return false;
	*value = number;
	return true;
}

int word_u32(struct words *w, const struct kw *kw, void *field)
{
	static const struct word_range all = {
		0, UINT32_MAX, "invalid number",
	};
	const struct word_range *range = kw->arg ? kw->arg : &all;
	uint32_t *value = field;
	const char *word;
	int r = word_need(w, &word);

	if (r)
		return r;
	if (!word_to_u32(word, 0, range->max, value) || *value < range->min)
		return word_wrong(word, range->wrong);
	return 0;
}

static bool may_be_ifname(const char *word)
{
	const char *c;

	for (c = word; *c; c++)
		if (*c == '/' || isspace((unsigned char)*c))
			return false;
	return c > word && c - word < IFNAME_MAX;
}

int word_ifname(struct words *w, const struct kw *kw, void *field)
{
	const char *word;
	int r = word_need(w, &word);

	(void)kw;
	if (r)
		return r;
	if (!may_be_ifname(word))
		return word_wrong(word, "\"dev\" not a valid ifname");
	*(const char **)field = word;
	return 0;
}
