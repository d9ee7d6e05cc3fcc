/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "batchline.h"

#include <errno.h>
#include <poll.h>

#define BLANKS " \t\r\n\f\v"
#define READ_SIZE 65536

void batch_line_free(struct batch_line *line)
{
	buf_free(&line->text);
	free(line->argv);
}

/* ---- from the file to one line of text ---- */

/* Read what there is, or wait for some. */
static int read_more(struct batch_input *in)
{
	char *room;
	ssize_t n;

	if (in->at) {
		in->data.len -= in->at;
		memmove(in->data.data, in->data.data + in->at, in->data.len);
		in->at = 0;
	}
	room = buf_reserve(&in->data, READ_SIZE);
	if (!room)
		return -ENOMEM;
	do
		n = read(in->fd, room, READ_SIZE);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	in->data.len += n;
	in->ended = n == 0;
	return 0;
}

/* The length of the line of the file that begins @skip bytes further on, with
 * its newline; 0: it is not there as a whole. */
static size_t line_length(const struct batch_input *in, size_t skip)
{
	const char *line = in->data.data + in->at + skip, *end;
	size_t left = in->data.len - in->at - skip;

	end = left ? memchr(line, '\n', left) : NULL;
	if (end)
		return end + 1 - line;
	return in->ended ? left : 0;
}

/* How much of it is text, without its comment. @more: it ends with a
 * backslash, so that another one belongs to it. */
static size_t text_length(const char *line, size_t len, bool *more)
{
	const char *end = memchr(line, '#', len);
	size_t n = strnlen(line, end ? end - line : (ssize_t)len);

	*more = n >= 2 && line[n - 1] == '\n' && line[n - 2] == '\\';
	return *more ? n - 2 : n;
}

/* Append the next line of the file. 1; 0: there is none; or -errno. */
static int add_file_line(struct batch_input *in, struct buf *text, bool *more)
{
	const char *line;
	size_t len;
	int r;

	*more = false;
	while (!(len = line_length(in, 0)) && !in->ended) {
		r = read_more(in);
		if (r < 0)
			return r;
	}
	if (!len)
		return 0;
	line = in->data.data + in->at;
	buf_add(text, line, text_length(line, len, more));
	in->at += len;
	return 1;
}

/* Lines that a backslash joins are one. 1; 0: the end of the file; or -errno */
static int read_text(struct batch_input *in, struct batch_line *line)
{
	bool more = true, any = false;
	int r;

	line->text.len = 0;
	while (more) {
		r = add_file_line(in, &line->text, &more);
		if (r < 0)
			return r;
		any |= r;
		line->number += r;
	}
	return any;
}

static bool can_read(const struct batch_input *in)
{
	struct pollfd pfd = { .fd = in->fd, .events = POLLIN };

	/* what cannot be waited for will not be; read() has the error */
	return poll(&pfd, 1, 0) != 0;
}

bool batch_is_ready(struct batch_input *in)
{
	size_t skip = 0, len;
	bool more = true;

	while (more) {
		len = line_length(in, skip);
		if (!len && in->ended)
			return true;
		if (!len && (!can_read(in) || read_more(in) < 0))
			return false;
		if (len)
			text_length(in->data.data + in->at + skip, len, &more);
		skip += len;
	}
	return true;
}

/* ---- from text to words ---- */

static int add_word(struct batch_line *line, char *word)
{
	size_t size = line->size ? 2 * line->size : 32;
	char **argv;

	if ((size_t)line->argc + 1 >= line->size) {
		argv = realloc(line->argv, size * sizeof(*argv));
		if (!argv)
			return -ENOMEM;
		line->argv = argv;
		line->size = size;
	}
	line->argv[line->argc++] = word;
	line->argv[line->argc] = NULL;
	return 0;
}

/* The end of the word that starts at *@word, whose opening quote is skipped.
 * NULL: the quote is never closed. compat: quotes count only where a word
 * begins, and the closing one ends it. */
static char *end_of_word(char **word)
{
	char quote = **word;

	if (quote != '"' && quote != '\'')
		return *word + strcspn(*word, BLANKS);
	++*word;
	return strchr(*word, quote);
}

static int split(struct batch_line *line, char *name)
{
	char *at = line->text.data, *end;
	int r;

	line->argc = 0;
	r = add_word(line, name);
	while (r == 0 && at && *(at += strspn(at, BLANKS))) {
		end = end_of_word(&at);
		if (!end)
			return -EBADMSG;
		r = add_word(line, at);
		at = *end ? end + 1 : end;
		*end = '\0';
	}
	return buf_failed(&line->text) ? -ENOMEM : r;
}

int batch_read(struct batch_input *in, char *name, struct batch_line *line,
	       bool *end)
{
	int r = read_text(in, line);

	*end = r == 0;
	return r > 0 ? split(line, name) : r;
}
