/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Words of a command line: a cursor over them, and tables of keywords.
 *
 * It knows how iproute2 reads words and how it complains of missing, repeated
 * and wrong ones; it knows nothing of what they mean. All functions that
 * return int give 0, CLI_USAGE after having complained on stderr, or (where
 * said) CLI_NO_WORD when no row fits and nothing was taken.
 *
 *	static const struct kw options[] = {
 *		KW      ("section", word_str,  struct bpf_words, section),
 *		KW_EXACT("program", word_str,  struct bpf_words, program),
 *		KW_ARG  ("pref",    word_u32,  struct x, pref, &pref_range),
 *		KW_ONCE ("dev",     word_str,  struct x, dev),
 *		{ 0 }
 *	};
 *
 * A word selects the first row it is a prefix of, so the order of rows is
 * part of the interface.
 */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include "cli.h"
#include "util.h"

/* ---- the cursor; copy it to look ahead or to come back ---- */

struct words {
	char **argv;
	int argc;
	int pos;		/* the next word to be taken */
};

/* the next word, NULL at the end; word_take() also goes past it */
const char *word_peek(const struct words *w);
const char *word_take(struct words *w);

/* Take a word that must be there into *@word, else "Command line is not
 * complete. Try option "help"". */
int word_need(struct words *w, const char **word);

/* Is @word a non-empty prefix of @name? NULL is not. */
bool word_is(const char *word, const char *name);

/* The value of the first name that @word is a prefix of; -1 for none of them,
 * or no word. A NULL name ends the list. */
struct word_name {
	const char *name;
	int value;
};

int word_among(const struct word_name *names, const char *word);

/* complaints, each returning CLI_USAGE */
int word_incomplete(void);
int word_missing(const char *key);	/* argument "KEY" is required */
int word_wrong(const char *word, const char *why);
int word_twice(const char *key, const char *word);
int word_twice_or_garbage(const char *key, const char *word);

/* ---- tables ---- */

struct kw {
	const char *name;
	unsigned int flags;	/* KW_F_* */
	/* @field is what the row's offset points to; the keyword is taken */
	int (*take)(struct words *w, const struct kw *kw, void *field);
	size_t offset;
	const void *arg;	/* for the handler: a range, bits, a value */
};

#define KW_F_EXACT	0x1u	/* compared whole */
#define KW_F_ONCE	0x2u	/* again is "duplicate", see kw_pick() */

#define KW_ROW_(name, fl, fn, type, member, arg) \
	{ (name), (fl), (fn), offsetof(type, member), (arg) }
#define KW(name, fn, type, member) \
	KW_ROW_(name, 0, fn, type, member, NULL)
#define KW_ARG(name, fn, type, member, arg) \
	KW_ROW_(name, 0, fn, type, member, arg)
#define KW_EXACT(name, fn, type, member) \
	KW_ROW_(name, KW_F_EXACT, fn, type, member, NULL)
#define KW_EXACT_ARG(name, fn, type, member, arg) \
	KW_ROW_(name, KW_F_EXACT, fn, type, member, arg)
#define KW_ONCE(name, fn, type, member) \
	KW_ROW_(name, KW_F_ONCE, fn, type, member, NULL)
#define KW_ONCE_ARG(name, fn, type, member, arg) \
	KW_ROW_(name, KW_F_ONCE, fn, type, member, arg)
#define KW_EXACT_ONCE(name, fn, type, member) \
	KW_ROW_(name, KW_F_EXACT | KW_F_ONCE, fn, type, member, NULL)
#define KW_EXACT_ONCE_ARG(name, fn, type, member, arg) \
	KW_ROW_(name, KW_F_EXACT | KW_F_ONCE, fn, type, member, arg)
/* a handler that needs the whole struct, not one member */
#define KW_SELF(name, fn, arg) \
	{ (name), 0, (fn), 0, (arg) }
#define KW_EXACT_SELF(name, fn, arg) \
	{ (name), KW_F_EXACT, (fn), 0, (arg) }

/* The row that @word selects, or NULL. Takes nothing. */
const struct kw *kw_find(const struct kw *table, const char *word);

/*
 * Take one keyword and what its handler wants. CLI_NO_WORD: the next word, or
 * the end of them, fits no row.
 *
 * @seen (may be NULL, starts as 0, tables of at most 64 rows): the rows that
 * were taken. A row marked ONCE complains when it, or another row marked ONCE
 * with the same member, was taken before.
 */
int kw_pick(const struct kw *table, struct words *w, void *into,
	    uint64_t *seen);

/* kw_pick() until a word fits no row, which is left. 0 or CLI_USAGE. */
int kw_any(const struct kw *table, struct words *w, void *into,
	   uint64_t *seen);

/* Each row at most once and in the order of the table; the first word that
 * does not continue it is left. 0 or CLI_USAGE. */
int kw_seq(const struct kw *table, struct words *w, void *into);

/* Was the (first) row of this name taken? */
bool kw_was_seen(const struct kw *table, uint64_t seen, const char *name);

/* ---- handlers; @field is of the type given behind each ---- */

int word_str(struct words *w, const struct kw *kw, void *field); /* string */
int word_flag(struct words *w, const struct kw *kw, void *field); /* bool */
int word_u32(struct words *w, const struct kw *kw, void *field); /* uint32_t */
/* uint32_t: the bits that arg points to are added */
int word_bits(struct words *w, const struct kw *kw, void *field);
/* string: might be the name of a device */
int word_ifname(struct words *w, const struct kw *kw, void *field);

/* arg of word_u32(), which takes any base that C knows. NULL: the whole range,
 * and "invalid number". */
struct word_range {
	uint32_t min, max;
	const char *wrong;	/* the words behind "is wrong: " */
};

/* Numbers as iproute2 reads them: @base 0 as in C, the whole word must be
 * the number; false: it is not, or is past @max. */
bool word_to_u32(const char *word, int base, uint32_t max, uint32_t *value);

#endif
