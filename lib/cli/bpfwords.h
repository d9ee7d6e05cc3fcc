/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The words that name a BPF program, the same after `ip link set ... xdp`,
 * `tc filter ... bpf` and `tc exec bpf graft`:
 *
 *	MODE [type T] [section NAME] [program NAME] [maps-as STRUCT]
 *	     [data-as WHAT] [set NAME=VALUE]...
 *	     [export PATH] [verbose]
 *
 * From words to a plain struct; nothing is opened.
 */
#ifndef CLI_BPFWORDS_H
#define CLI_BPFWORDS_H

#include "bpfelf.h"
#include "buf.h"
#include "suggest.h"
#include "words.h"

enum bpf_mode {
	BPF_MODE_NONE,
	BPF_MODE_OBJECT,	/* object-file FILE */
	BPF_MODE_PINNED,	/* pinned PATH, fd PATH, object-pinned PATH */
	BPF_MODE_BYTECODE,	/* bytecode 'LEN,c t f k,...' */
	BPF_MODE_BYTECODE_FILE,	/* bytecode-file FILE */
};

#define BPF_WORDS_SETS	128	/* values that can be set */

struct bpf_words {
	enum bpf_mode mode;
	const char *file;	/* object, pin, bytecode or its file */
	uint32_t prog_type;	/* `type`; 0: not said */
	const char *section;	/* NULL: not said */
	const char *program;
	uint32_t maps_as;	/* enum bpfelf_maps_as */
	uint32_t data_as;	/* BPFELF_DATA_AS_VALUE, BPFELF_DATA_AS_MAP; 0 */
	const char *export;	/* an agent's socket; $TC_BPF_UDS */
	const char *set[BPF_WORDS_SETS + 1];	/* "NAME=VALUE", and a NULL */
	bool verbose;
	uint32_t attach_type;	/* no word: the side of tc; 0: any */
	uint32_t ifindex;	/* no word: device to offload to */
	bool is_private;	/* no word: leave pins alone */
	struct share *share;	/* no word: of the lines of a batch; or NULL */
};

/* which of the optional words the caller's place in the grammar has */
#define BPF_WORDS_TYPE		0x1u
#define BPF_WORDS_EXPORT	0x2u
#define BPF_WORDS_BYTECODE	0x4u
#define BPF_WORDS_UDS		0x8u	/* no word: $TC_BPF_UDS counts */

/*
 * Take MODE and its options. 0; CLI_USAGE for a missing or wrong word;
 * CLI_FAIL for the complaint 'What mode is "X"?' (ip exits with 255 then, tc
 * goes on to say more and exits with 1).
 */
int bpf_words_take(struct words *w, unsigned int allow, struct bpf_words *bpf);

/* Does this word begin MODE? Takes nothing, says nothing. */
bool bpf_words_is_mode(const char *word, unsigned int allow);

/* A type of program by its name among @types. 0, or CLI_USAGE after the
 * complaint. */
int bpf_type_take(struct words *w, const struct word_name *types,
		  uint32_t *type);

/* For the row of "maps-as": which struct the definitions in section `maps` are,
 * as enum bpfelf_maps_as. */
int bpf_maps_as_take(struct words *w, const struct kw *kw, void *field);

/* For the row of "set": one more NAME=VALUE. */
int bpf_set_take(struct words *w, const struct kw *kw, void *field);

/* For the row of "data-as": BPFELF_DATA_AS_VALUE or BPFELF_DATA_AS_MAP */
int bpf_data_as_take(struct words *w, const struct kw *kw, void *field);

/* All words of MODE and its options, for a word that is none of them. */
void bpf_words_suggest(struct suggest *suggest);

/*
 * Carry them out up to an open transaction: read and plan the object, then
 * load it, or open the pin, or read classic instructions; find who it is
 * exported to. @prog_type is used unless `type` was said. Frees itself with
 * bpf_loaded_free(), which undoes what was not committed. Returns 0 or a
 * negative errno, its words in bpfelf_error(); prints nothing.
 */
struct bpf_loaded {
	struct bpfelf_object *obj;
	struct bpfelf_plan *plan;
	struct bpfelf_txn *txn;
	struct sock_filter *insns;	/* classic, then txn has no program */
	size_t insns_cnt;
	/* an earlier load's program, then txn has none */
	const struct bpfelf_txn *from;
	uint64_t shared;		/* the number of that load */
	struct buf bytes;		/* of the object, to share it; or empty */
};

/* whose program it is, and its name */
static inline const struct bpfelf_txn *
bpf_loaded_source(const struct bpf_loaded *loaded)
{
	return loaded->from ?: loaded->txn;
}

int bpf_words_load(const struct bpf_words *bpf, struct bpfelf_ctx *ctx,
		   uint32_t prog_type, struct bpf_loaded *loaded);

/* The bytes of an object that may be shared: false if it is none, as it is a
 * pipe, or too large to be read for that. */
bool bpf_words_read(const char *file, struct buf *bytes);

/* Only the name that the program would go by, "FILE:[SECTION]" or
 * "PIN:[*fsobj]"; the object is read when `program` was said. free() it. */
int bpf_words_name(const struct bpf_words *bpf, struct bpfelf_ctx *ctx,
		   uint32_t prog_type, char **name);

void bpf_loaded_free(struct bpf_loaded *loaded);
#define _cleanup_loaded_ _cleanup_(bpf_loaded_free)

#endif
