/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "share.h"

#include <fcntl.h>
#include <sys/stat.h>

static void forget(struct shared *s)
{
	bpf_loaded_free(&s->loaded);
	free(s->file);
	free(s->section);
	free(s->program);
	*s = (struct shared){ 0 };
}

void share_free(struct share *share)
{
	size_t i;

	for (i = 0; i < SHARE_MAX; i++)
		forget(&share->shared[i]);
}

/* ---- what is the same ---- */

static bool same_word(const char *a, const char *b)
{
	return a && b ? str_eq(a, b) : a == b;
}

/* which side of tc it is for counts where no word says which program */
static bool is_same_side(const struct shared *s, const struct bpf_words *words)
{
	return words->section || words->program ||
	       s->attach_type == words->attach_type;
}

static bool same_words(const struct shared *s, const struct bpf_words *words,
		       uint32_t prog_type)
{
	return s->number && s->prog_type == prog_type &&
	       is_same_side(s, words) &&
	       same_word(s->file, words->file) &&
	       same_word(s->section, words->section) &&
	       same_word(s->program, words->program);
}

/* By its bytes: no time stamp tells of a file that is written twice in a
 * moment. */
static bool same_file(const struct shared *s)
{
	_cleanup_buf_ struct buf now = { 0 };

	return bpf_words_read(s->file, &now) &&
	       now.len == s->loaded.bytes.len &&
	       memcmp(now.data, s->loaded.bytes.data, now.len) == 0;
}

/* Forgotten if not */
static bool is_still_same(struct share *share, struct shared *s)
{
	s->used = ++share->clock;
	if (same_file(s) && bpfelf_load_is_same(s->loaded.txn))
		return true;
	forget(s);
	return false;
}

uint64_t share_find(struct share *share, const struct bpf_words *words,
		    uint32_t prog_type)
{
	size_t i;

	for (i = 0; i < SHARE_MAX; i++) {
		struct shared *s = &share->shared[i];

		if (same_words(s, words, prog_type))
			return s->number;
	}
	return 0;
}

const struct bpfelf_txn *share_get(struct share *share, uint64_t number)
{
	size_t i;

	for (i = 0; number && i < SHARE_MAX; i++) {
		struct shared *s = &share->shared[i];

		if (s->number == number)
			return is_still_same(share, s) ? s->loaded.txn : NULL;
	}
	return NULL;
}

/* ---- keeping ---- */

static bool copy_word(char **to, const char *from)
{
	*to = from ? strdup(from) : NULL;
	return !from || *to;
}

static struct shared *find_place(struct share *share)
{
	struct shared *s = &share->shared[0];
	size_t i;

	for (i = 1; i < SHARE_MAX; i++)
		if (share->shared[i].used < s->used)
			s = &share->shared[i];
	forget(s);
	return s;
}

uint64_t share_keep(struct share *share, const struct bpf_words *words,
		    uint32_t prog_type, struct bpf_loaded *loaded)
{
	struct shared *s;

	if (!share || loaded->from)
		return loaded->shared;
	if (!loaded->bytes.len || !bpfelf_load_is_same(loaded->txn))
		return 0;
	s = find_place(share);
	if (!copy_word(&s->file, words->file) ||
	    !copy_word(&s->section, words->section) ||
	    !copy_word(&s->program, words->program)) {
		forget(s);
		return 0;
	}
	s->prog_type = prog_type;
	s->attach_type = words->attach_type;
	s->number = s->used = ++share->clock;
	s->loaded = *loaded;
	*loaded = (struct bpf_loaded){ 0 };
	return s->number;
}
