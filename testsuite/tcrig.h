/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What suites about the words of `tc` share: lines, taken apart, and what they
 * ask for as text. What is marked "as 6.1" was tried on iproute2 6.1, which
 * means or says the same.
 */
#ifndef BPFELF_TCRIG_H
#define BPFELF_TCRIG_H

#include "../tc/m_action.h"
#include "buf.h"
#include "capture.h"

struct row {
	const char *line;	/* words behind the object, one blank between */
	const char *means;	/* what is asked for, or "STATUS: first line said" */
};

#define SYSTEMS "the system's"

struct line {
	char text[256];
	char *argv[32];
	struct words words;
};

void words_split(struct line *line, const char *text);
/* What was written to stderr: its first line is what counts. free() it */
char *words_said(struct capture *capture);

/* as in row.means */
void text_prog(struct buf *text, const struct bpf_words *prog);
void text_police(struct buf *text, const struct m_police *p);
void text_action(struct buf *text, const struct m_action *a);
void text_status(struct buf *text, int status, const char *said);

#endif
