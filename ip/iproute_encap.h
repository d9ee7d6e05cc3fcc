/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The encapsulations of a route that run programs:
 *
 *	encap bpf { in MODE | out MODE | xmit MODE | headroom N } ...
 *	encap seg6local { action End.BPF | endpoint MODE | count } ...
 *
 * first as words, then loaded and given to the library.
 */
#ifndef IPROUTE_ENCAP_H
#define IPROUTE_ENCAP_H

#include "bpfwords.h"
#include "report.h"

#define ENCAP_PLACES 4		/* in, out, xmit, seg6local */

struct encap_words {
	uint32_t nexthop;	/* as in struct bpfelf_encap */
	uint32_t headroom;
	bool action;		/* End.BPF was said */
	bool count;
	struct bpf_words progs[ENCAP_PLACES];
};

/* Behind the word "encap". 0 or CLI_USAGE. */
int encap_words_take(struct words *w, struct encap_words *encap);

/* Is there such an encapsulation among these words? Says nothing. */
bool encap_words_are_there(struct words w);

/*
 * What came of them. Freed with encap_jobs_free(), which undoes what was not
 * committed.
 */
struct encap_job {
	struct bpfelf_encap encap;
	struct bpf_loaded loaded[ENCAP_PLACES];
	char *names[ENCAP_PLACES];
};

struct encap_jobs {
	struct encap_job *list;	/* linked by encap.next */
	size_t cnt;
	struct report report;
};

/* Load all that is said, or with @names_only find out how it is called. An
 * exit status, after the complaint. */
int encap_jobs_load(struct encap_jobs *jobs, struct cli *cli,
		    const struct encap_words *words, size_t cnt,
		    bool names_only);
void encap_jobs_commit(struct encap_jobs *jobs);
void encap_jobs_free(struct encap_jobs *jobs);

#endif
