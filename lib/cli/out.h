/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The writer: text and JSON from one call, laid out as iproute2 lays it out.
 *
 *	out_obj(o, NULL);
 *	out_u32(o, "id", "id %u ", info->id);
 *	out_str(o, "name", "name %s ", info->name);
 *	out_u32(o, "jited", NULL, info->jited);
 *	out_flag(o, "jited", "jited ", info->jited);
 *	out_obj_end(o);
 *
 * A NULL key is text only, a NULL format JSON only (an array's elements have
 * no key: use OUT_ELEMENT there). Everything is collected in memory and
 * written when it has grown large, and by out_end(); a write that fails is
 * remembered and told there. What was not written yet can be thrown away,
 * which is how `show` decides late to hand over: see out_hold(). So that a long
 * listing does not take memory without end, its records are released.
 */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include "buf.h"

#define OUT_JSON	0x1u	/* -json */
#define OUT_PRETTY	0x2u	/* -pretty: JSON over several lines */
#define OUT_ONELINE	0x4u	/* -oneline: backslash for newline */

#define OUT_ELEMENT	""	/* the key of an element of an array */

struct out {
	int fd;
	unsigned int flags;	/* OUT_* */
	struct buf buf;
	unsigned int depth;	/* JSON: open objects and arrays */
	uint64_t filled;	/* JSON: bit n: level n has an element */
	bool held;
	int error;		/* of the first write that failed, -errno */
};

void out_init(struct out *o, int fd, unsigned int flags);
void out_free(struct out *o);
#define _cleanup_out_ _cleanup_(out_free)

static inline bool out_is_json(const struct out *o)
{
	return o->flags & OUT_JSON;
}

/* Write nothing until out_end(), so that out_drop() can forget it all. */
void out_hold(struct out *o);
void out_drop(struct out *o);

/* Write what is there: between the lines of a batch. Returns as out_end(). */
int out_flush(struct out *o);

/* Write what is held, if it has grown large: it cannot be thrown away any
 * more. Whether it was. */
bool out_release(struct out *o);

/*
 * Write the rest. 0, or -errno of the first write that failed (a full disk, a
 * closed pipe) or -ENOMEM; out_status() says so on stderr and makes it an
 * exit status.
 */
int out_end(struct out *o);
int out_status(struct out *o);

/* text only, and the line ends: "\n", or "\" with -oneline */
void out_text(struct out *o, const char *fmt, ...) __format(2, 3);
void out_nl(struct out *o);

/* JSON: is nothing yet in the object or array that was opened last? */
static inline bool out_is_first(const struct out *o)
{
	return out_is_json(o) && !(o->filled & 1ull << o->depth);
}

/* as it is, text or JSON that somebody else has laid out */
void out_raw(struct out *o, const struct buf *text);
void out_bytes(struct out *o, const char *text, size_t len);

/*
 * What many records have in common, printed once and then again as it is:
 *
 *	if (out_again(o, &kept))
 *		return;
 *	out_keep(o, &kept);
 *	...
 *	out_kept(o, &kept);
 *
 * In JSON members of one object, or elements of one array. That they would
 * come to the same is for the caller to know.
 */
struct out_kept {
	char text[128];
	size_t len;		/* 0: nothing is kept, or it was too long */
	size_t start;		/* while it is printed: where it begins */
	unsigned int depth;	/* JSON: where it stands, */
	bool first;		/* there without a comma before it */
};

bool out_again(struct out *o, const struct out_kept *kept);
void out_keep(const struct out *o, struct out_kept *kept);
void out_kept(const struct out *o, struct out_kept *kept);

/* JSON only: the structure. The key is NULL at the top and OUT_ELEMENT in an
 * array; text is not touched. */
void out_obj(struct out *o, const char *key);
void out_obj_end(struct out *o);
void out_arr(struct out *o, const char *key);
void out_arr_end(struct out *o);

/* Both; @fmt has one conversion, of the value's type. (The compilers know no
 * format that may be NULL, so this one is not checked: a test prints it.) */
void out_str(struct out *o, const char *key, const char *fmt,
	     const char *value);
void out_int(struct out *o, const char *key, const char *fmt,
	     int value);
void out_u32(struct out *o, const char *key, const char *fmt,
	     uint32_t value);
void out_u64(struct out *o, const char *key, const char *fmt,
	     uint64_t value);	/* "%llu" */
/* a number in text (@fmt: "%#x"), a string "0x1f" in JSON */
void out_hex(struct out *o, const char *key, const char *fmt,
	     uint32_t value);

/* true/false in JSON; text is @on when true, @off (both may be NULL) else */
void out_bool(struct out *o, const char *key, const char *on, const char *off,
	      bool value);
/* a word that is there or not: JSON `"key":true`, or nothing at all */
void out_flag(struct out *o, const char *key, const char *text, bool value);

/* JSON null */
void out_null(struct out *o, const char *key);

#endif
