/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Static data by value: the content of variables in place of their addresses.
 *
 * Pure. It knows which of an object's variables are meant so (datavalue.h, or
 * because the request says so) and what they hold.
 */
#ifndef BPFELF_CONTENTS_H
#define BPFELF_CONTENTS_H

#include "link.h"

enum contents_as {
	CONTENTS_AS_FOUND,	/* what is done with it tells */
	CONTENTS_AS_VALUE,	/* but for addresses that memory is accessed by */
	CONTENTS_AS_MAP,	/* never */
};

/* a variable that is meant by value */
struct contents_variable {
	uint64_t place;		/* map and offset */
	uint32_t symbol;	/* 0: none tells its name and size */
	uint32_t told;		/* for so many links its name was */
};

struct contents {
	const struct bpfelf_object *obj;
	enum contents_as as;
	struct contents_variable *known;	/* by place */
	size_t known_cnt;
	uint32_t links;		/* that they were put into */
	const char **bytes;	/* by map, when any is known: what there is in
				 * place of the section's bytes; NULL: those */
};

/* Look at all references of the object to writable data; -ENOMEM */
int contents_find(struct contents *contents, const struct bpfelf_object *obj,
		  enum contents_as as, struct err *err);
void contents_free(struct contents *contents);

/* Put contents into linked instructions; @names gets the variables, "a, b";
 * -ENOMEM */
int contents_apply(struct contents *contents, struct link *link,
		   struct buf *names, struct err *err);

/* A variable whose address the program has, for a use that tells neither; in
 * @name, or false */
bool contents_doubtful(const struct bpfelf_object *obj, const struct link *link,
		       char *name, size_t size);

#endif
