/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Lines of a batch that differ from one that was done in nothing but the
 * device: they are attached together, with one send, and share its load.
 *
 * The line that a form is learned from goes its ordinary way, and so does one
 * that is refused: it has had no effect, and is done once more, to fail as it
 * would have alone.
 */
#ifndef CLI_GATHER_H
#define CLI_GATHER_H

#include "batchline.h"
#include "command.h"

#define GATHER_FORMS 8

/* What is still to be said of a line that went well; NULL: nothing */
typedef void (*gather_after_fn)(struct cli *cli, const char *dev,
				const struct bpfelf_hook *hook);

struct gather_form {
	char *words;		/* each with a NUL behind it */
	int argc, dev_at;	/* the word that is the device */
	struct bpfelf_hook hook;
	uint64_t shared;	/* see share.h; 0: no program */
	gather_after_fn after;
	uint64_t used;
};

struct gather {
	struct gather_form forms[GATHER_FORMS];
	uint64_t clock;
};

void gather_free(struct gather *gather);

/*
 * The line that has just gone well is one of a form: others like it would come
 * to @hook on another device, which is not to point at anything but constants.
 * @dev: the word of the line. Does nothing outside of a batch.
 */
void gather_learn(struct cli *cli, const char *dev,
		  const struct bpfelf_hook *hook, uint64_t shared,
		  gather_after_fn after);

/* Is this line of a form that is known? */
bool gather_fits(struct cli *cli, int argc, char **argv);

/* Do these, as batch.h asks for. */
size_t gather_do(struct cli *cli, const struct batch_line *lines, size_t cnt);

#endif
