/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "iproute_annotate.h"

#include <ctype.h>
#include <stdio.h>

static const struct place {
	const char *word;	/* and the key in JSON */
	uint32_t type;
} places[] = {
	{ "in",	      BPF_PROG_TYPE_LWT_IN },
	{ "out",      BPF_PROG_TYPE_LWT_OUT },
	{ "xmit",     BPF_PROG_TYPE_LWT_XMIT },
	{ "endpoint", BPF_PROG_TYPE_LWT_SEG6LOCAL },
};

static void add_tag(struct buf *out, const struct label *l)
{
	size_t i;

	for (i = 0; i < sizeof(l->tag); i++)
		buf_addf(out, "%02x", l->tag[i]);
}

/* ---- text ---- */

static void add_candidates(struct buf *out, const struct labels *labels,
			   uint32_t type, const char *name)
{
	const struct label *first = label_next(labels, type, name, NULL), *l;
	bool same = true;

	if (!first)
		return;
	buf_addf(out, " id %u", first->id);
	for (l = first; (l = label_next(labels, type, name, l)); ) {
		buf_addf(out, "|%u", l->id);
		same = same && !memcmp(l->tag, first->tag, sizeof(l->tag));
	}
	if (!label_next(labels, type, name, first) && *first->prog_name)
		buf_addf(out, " name %s", first->prog_name);
	if (!same)
		return;
	buf_addf(out, " tag ");
	add_tag(out, first);
}

static bool ends_here(const char *at)
{
	return !*at || *at == ' ' || *at == '\n' || *at == '\\';
}

/* How long is the name at @at? One that is known may have blanks in it. */
static size_t name_length(const struct labels *labels, uint32_t type,
			  const char *at)
{
	size_t len = strcspn(at, " \n\\"), i, known;

	for (i = 0; i < labels->cnt; i++) {
		known = strlen(labels->list[i].name);
		if (labels->list[i].type == type && known > len &&
		    !strncmp(at, labels->list[i].name, known) &&
		    ends_here(at + known))
			len = known;
	}
	return len;
}

/* The place whose word, between blanks, begins at @at */
static const struct place *find_place(const char *at)
{
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		len = strlen(places[i].word);
		if (!strncmp(at, places[i].word, len) && at[len] == ' ')
			return &places[i];
	}
	return NULL;
}

/* "in NAME", with what there is to say of it. Returns what is behind it. */
static const char *copy_prog(const struct labels *labels,
			     const struct place *place, const char *at,
			     struct buf *out)
{
	const char *from = at + strlen(place->word) + 1;
	size_t len = name_length(labels, place->type, from);
	_cleanup_free_ char *name = strndup(from, len);

	buf_add(out, at, from + len - at);
	if (name)
		add_candidates(out, labels, place->type, name);
	else
		out->failed = true;
	return from + len;
}

/* Behind "encap bpf " or "encap seg6local action End.BPF " */
static const char *copy_progs(const struct labels *labels, const char *at,
			      struct buf *out)
{
	const struct place *place;

	while ((place = find_place(at))) {
		at = copy_prog(labels, place, at, out);
		if (*at == ' ')
			buf_add(out, at++, 1);
	}
	return at;
}

static size_t encap_length(const char *at)
{
	static const char *const encaps[] = {
		" encap bpf ", " encap seg6local action End.BPF ",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(encaps); i++)
		if (!strncmp(at, encaps[i], strlen(encaps[i])))
			return strlen(encaps[i]);
	return 0;
}

void annotate_text(const struct labels *labels, const struct buf *text,
		   struct buf *out)
{
	const char *at = buf_str(text), *from = at;
	size_t len;

	while ((at = strstr(at, " encap "))) {
		len = encap_length(at);
		if (!len) {
			at++;
			continue;
		}
		buf_add(out, from, at + len - from);
		from = at = copy_progs(labels, at + len, out);
	}
	buf_add(out, from, strlen(from));
}

/* ---- JSON ---- */

static void add_object(struct buf *out, const struct label *l)
{
	buf_addf(out, "{\"id\":%u,", l->id);
	if (*l->prog_name)
		buf_addf(out, "\"name\":\"%s\",", l->prog_name);
	buf_addf(out, "\"tag\":\"");
	add_tag(out, l);
	buf_addf(out, "\"}");
}

/* @gap: what stands between the members of this object */
static void add_member(struct buf *out, const struct labels *labels,
		       const struct place *place, const char *name,
		       const char *gap, size_t gap_len)
{
	const struct label *l = label_next(labels, place->type, name, NULL);
	bool certain = label_find(labels, place->type, name);
	const char *comma = "";

	if (!l)
		return;
	buf_add(out, ",", 1);
	buf_add(out, gap, gap_len);
	buf_addf(out, "\"%s_prog%s\":%s", place->word,
		 certain ? "" : "_candidates", certain ? "" : "[");
	for (; l; l = label_next(labels, place->type, name, l), comma = ",") {
		buf_addf(out, "%s", comma);
		add_object(out, l);
	}
	if (!certain)
		buf_add(out, "]", 1);
}

/* What is behind a string, by its opening quote; NULL: it does not end */
static const char *skip_string(const char *at)
{
	for (at++; *at && *at != '"'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at + 1 : NULL;
}

/* Only what iproute2 writes with a backslash. NULL: no memory */
static char *unescape(const char *from, const char *end)
{
	static const char named[] = "bfnrt", meant[] = "\b\f\n\r\t";
	char *text = calloc(1, end - from + 1), *to = text;
	const char *found;

	for (; text && from < end; from++) {
		if (*from != '\\' || from + 1 == end) {
			*to++ = *from;
			continue;
		}
		found = strchr(named, *++from);
		*to++ = found ? meant[found - named] : *from;
	}
	return text;
}

static const struct place *find_key(const char *key, const char *end)
{
	size_t i, len = end - key;

	for (i = 0; i < ARRAY_SIZE(places); i++)
		if (strlen(places[i].word) + 2 == len &&
		    !strncmp(key + 1, places[i].word, len - 2))
			return &places[i];
	return NULL;
}

/* The value that belongs to a key that ends at @at; NULL: no string */
static const char *find_value(const char *at)
{
	at += strspn(at, " ");
	if (*at++ != ':')
		return NULL;
	at += strspn(at, " ");
	return *at == '"' ? at : NULL;
}

/* The name is a string from @value to @end. */
static void say(struct buf *out, const struct labels *labels,
		const struct place *place, const char *value, const char *end,
		const char *gap, size_t gap_len)
{
	_cleanup_free_ char *name = unescape(value + 1, end - 1);

	if (name)
		add_member(out, labels, place, name, gap, gap_len);
	else
		out->failed = true;
}

void annotate_json(const struct labels *labels, const struct buf *text,
		   struct buf *out)
{
	const char *at = buf_str(text), *start = at, *from = at;
	const char *end, *value, *gap;
	const struct place *place;

	for (; (at = strchr(at, '"')); at = end) {
		end = skip_string(at);
		place = end ? find_key(at, end) : NULL;
		value = place ? find_value(end) : NULL;
		if (end && !value)
			continue;
		end = value ? skip_string(value) : NULL;
		if (!end)
			break;
		for (gap = at; gap > start && isspace((unsigned char)gap[-1]); gap--)
			;
		buf_add(out, from, end - from);
		say(out, labels, place, value, end, gap, at - gap);
		from = end;
	}
	buf_add(out, from, strlen(from));
}
