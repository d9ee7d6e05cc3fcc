/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Programs that lines of a batch have in common: loaded once, as long as the
 * file has the same bytes and nobody could tell that it was not loaded anew
 * (bpfelf_load_is_same). A few are kept.
 *
 *	words.share = cli->share;
 *	r = bpf_words_load(&words, ...);	whose program it is: loaded.from
 *	...
 *	share_keep(cli->share, &words, type, &loaded);
 */
#ifndef CLI_SHARE_H
#define CLI_SHARE_H

#include "bpfwords.h"

#define SHARE_MAX 4

struct shared {
	uint64_t number;	/* of this load; 0: none is here */
	uint64_t used;		/* when */
	char *file, *section, *program;	/* as said; NULL: not said */
	uint32_t prog_type, attach_type;
	struct bpf_loaded loaded;
};

struct share {
	struct shared shared[SHARE_MAX];
	uint64_t clock;
};

void share_free(struct share *share);

/* The load that these words came to; 0: none is kept */
uint64_t share_find(struct share *share, const struct bpf_words *words,
		    uint32_t prog_type);

/* Whose program that is, looked at again; NULL: it is no longer the same. It
 * is there until the next call of share_keep(). */
const struct bpfelf_txn *share_get(struct share *share, uint64_t number);

/*
 * After success: keep the load if it can be shared, and take it over then. Its
 * number, or that of the one that it was taken from; 0: neither.
 */
uint64_t share_keep(struct share *share, const struct bpf_words *words,
		    uint32_t prog_type, struct bpf_loaded *loaded);

#endif
