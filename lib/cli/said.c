/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "said.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>

#include "out.h"

/* ---- kinds of lines, by how they begin ---- */

enum kind { WARNINGS, NOTES, HINTS, LOG, KINDS };

static const struct {
	const char *key, *begin;
} kinds[KINDS] = {
	[WARNINGS] = { "warnings", "Warning: " },
	[NOTES]	   = { "notes",	   "Note: " },
	[HINTS]	   = { "hints",	   "Hint: " },
	[LOG]	   = { "log",	   "" },
};

static bool begins(const char *line, const char *with)
{
	return strncmp(line, with, strlen(with)) == 0;
}

static enum kind kind_of(const char *line)
{
	int kind = 0;

	while (kind < LOG && !begins(line, kinds[kind].begin))
		kind++;
	return kind;
}

/* each line with a NUL behind it */
static void cut(char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (text[i] == '\n')
			text[i] = '\0';
}

/* The line that is the error: the one that says so, else the first of the
 * log. NULL: none. */
static const char *find_message(const char *text, size_t len)
{
	const char *line, *first = NULL;
	size_t at = 0;

	for (; at < len; at += strlen(line) + 1) {
		line = text + at;
		if (begins(line, "Error: "))
			return line;
		if (!first && *line && kind_of(line) == LOG)
			first = line;
	}
	return first;
}

/* ---- the object ---- */

static void add_error(struct out *o, const struct said_end *end,
		      const char *message)
{
	const char *name = end->error ? strerrorname_np(end->error) : NULL;

	out_obj(o, "error");
	out_int(o, "status", NULL, end->status);
	if (end->error)
		out_int(o, "errno", NULL, end->error);
	if (name)
		out_str(o, "name", NULL, name);
	if (end->file) {
		out_str(o, "file", NULL, end->file);
		out_u32(o, "line", NULL, end->line);
	}
	if (message && begins(message, "Error: "))
		message += strlen("Error: ");
	out_str(o, "message", NULL, message ?: "");
	out_obj_end(o);
}

static void add_lines(struct out *o, enum kind kind, const char *text,
		      size_t len, const char *message)
{
	const char *line;
	bool any = false;
	size_t at;

	for (at = 0; at < len; at += strlen(line) + 1) {
		line = text + at;
		if (line == message || !*line || kind_of(line) != kind)
			continue;
		if (!any)
			out_arr(o, kinds[kind].key);
		any = true;
		out_str(o, OUT_ELEMENT, NULL, line + strlen(kinds[kind].begin));
	}
	if (any)
		out_arr_end(o);
}

static void tell(const struct said *said, const struct said_end *end,
		 char *text, size_t len)
{
	const char *message = NULL;
	struct out o;
	int kind;

	cut(text, len);
	if (end->status)
		message = find_message(text, len);
	out_init(&o, said->real, said->flags);
	out_obj(&o, NULL);
	if (end->status)
		add_error(&o, end, message);
	for (kind = 0; kind < KINDS; kind++)
		add_lines(&o, kind, text, len, message);
	out_obj_end(&o);
	out_end(&o);
	out_free(&o);
}

/* ---- gathering ---- */

void said_begin(struct said *said, unsigned int flags)
{
	*said = (struct said){ .real = -1, .gathered = -1, .flags = flags };
	if (!(flags & OUT_JSON))
		return;
	said->gathered = memfd_create("stderr", MFD_CLOEXEC);
	said->real = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (said->gathered < 0 || said->real < 0 ||
	    dup2(said->gathered, STDERR_FILENO) < 0) {
		close_fd(said->real);
		said->real = -1;
	}
}

/* Take what there is, and begin anew. */
static void take(struct said *said, struct buf *text)
{
	fflush(stderr);
	lseek(said->gathered, 0, SEEK_SET);
	buf_read(text, said->gathered, SIZE_MAX / 8);
	lseek(said->gathered, 0, SEEK_SET);
	if (ftruncate(said->gathered, 0) < 0)
		said->flags &= ~OUT_JSON;
}

void said_tell(struct said *said, const struct said_end *end)
{
	_cleanup_buf_ struct buf text = { 0 };

	if (said->real < 0)
		return;
	take(said, &text);
	if (begins(buf_str(&text), "Usage:"))
		dprintf(said->real, "%s", text.data);
	else if (text.len)
		tell(said, end, text.data, text.len);
}

void said_stop(struct said *said)
{
	_cleanup_buf_ struct buf text = { 0 };

	if (said->real >= 0) {
		take(said, &text);
		dup2(said->real, STDERR_FILENO);
		dprintf(STDERR_FILENO, "%s", buf_str(&text));
	}
	close_fd(said->real);
	close_fd(said->gathered);
	said->real = said->gathered = -1;
}
