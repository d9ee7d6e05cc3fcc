/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The options before the object (`ip -d -j link show`), one struct for both
 * commands; what each command calls them is its table.
 */
#ifndef CLI_OPTS_H
#define CLI_OPTS_H

#include "cli.h"
#include "util.h"

struct opts {
	bool force;
	bool json;
	bool pretty;
	bool oneline;
	bool brief;
	bool numeric;
	bool echo;
	bool version;		/* -V */
	bool help;		/* -help */
	bool color;		/* -color, unless =never or =auto on no terminal */
	bool human;		/* -human-readable, -iec */
	bool raw;		/* tc: -raw */
	bool timestamp;		/* -timestamp, -tshort: of `monitor` only */
	bool resolve;		/* ip: -resolve */
	bool foreign;		/* one that we do not know at all */
	bool system;		/* one that the system's listings know, and that
				 * makes no difference to what we do */
	uint32_t details;	/* how often */
	uint32_t stats;
	bool inet, inet6;	/* ip: -4, -6 */
	const char *family;	/* ip: -family NAME */
	const char *netns;
	const char *batch;	/* file name, "-" is stdin */
	int words;		/* argv[words] is the first behind them */
};

/* a word selects the first row it is a prefix of, at least @min letters long
 * (the dash not counted) */
struct opt {
	const char *name;	/* without the dash */
	unsigned int min;
	enum {
		OPT_FLAG,	/* bool: true */
		OPT_COUNT,	/* uint32_t: one more */
		OPT_STR,	/* const char *: the next word */
		OPT_COLOR,	/* bool, with "=always", "=auto", "=never" */
		OPT_SYSTEM_STR,	/* bool: true, and the next word is its value */
	} kind;
	size_t offset;
};

#define OPT(name, min, kind, member) \
	{ (name), (min), (kind), offsetof(struct opts, member) }

/*
 * Read the options of argv[1..]. An option that is in no row is foreign: the
 * system's tool shall take it or complain. Reading stops there. 0, or
 * CLI_USAGE when a value is missing.
 */
int opts_parse(const struct opt *table, int argc, char **argv,
	       struct opts *opts);

/* Would the system's tool list something otherwise than ours? */
static inline bool opts_want_system(const struct opts *opts)
{
	return opts->system || opts->color || opts->numeric || opts->inet ||
	       opts->inet6 || opts->family;
}

/* OUT_* for the writer */
unsigned int opts_out_flags(const struct opts *opts);

#endif
