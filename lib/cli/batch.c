/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "batch.h"

#include <errno.h>
#include <sys/stat.h>

#define BLANKS " \t\r\n\f\v"

void batch_line_free(struct batch_line *line)
{
	buf_free(&line->text);
	free(line->argv);
}

/* ---- from the file to one line of text ---- */

/* Append the next line of the file without its comment. False: there is none.
 * @more: it ends with a backslash, so that another one belongs to it. */
static bool add_file_line(FILE *file, struct buf *text, bool *more)
{
	_cleanup_free_ char *line = NULL;
	size_t size = 0;
	ssize_t len = getline(&line, &size, file);

	*more = false;
	if (len < 0)
		return false;
	len = strcspn(line, "#");
	if (len >= 2 && line[len - 1] == '\n' && line[len - 2] == '\\') {
		*more = true;
		len -= 2;
	}
	buf_add(text, line, len);
	return true;
}

/* Lines that a backslash joins are one. False: the end of the file. */
static bool read_text(FILE *file, struct batch_line *line)
{
	bool more = true, any = false;

	line->text.len = 0;
	while (more && add_file_line(file, &line->text, &more)) {
		any = true;
		line->number++;
	}
	return any;
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

int batch_read(FILE *file, char *name, struct batch_line *line, bool *end)
{
	int r;

	*end = false;
	while (read_text(file, line)) {
		r = split(line, name);
		if (r || line->argc > 1)
			return r;
	}
	*end = true;
	return ferror(file) ? -EIO : 0;
}

/* ---- running ---- */

/* Would we do any of these lines? A line that cannot be read counts as ours:
 * then it is we who complain, and at the right moment. */
static bool any_is_ours(const struct batch *batch, FILE *file)
{
	_cleanup_(batch_line_free) struct batch_line line = { 0 };
	bool end = false;

	while (!end) {
		if (batch_read(file, batch->name, &line, &end))
			return true;
		if (!end && batch->is_ours(batch->data, line.argc, line.argv))
			return true;
	}
	return false;
}

static int complain(const struct batch *batch, int error)
{
	if (error == -EBADMSG)
		fprintf(stderr, "Unterminated quoted string\n");
	else
		fprintf(stderr, "Cannot read \"%s\": %s\n", batch->file,
			strerror(-error));
	return CLI_FAIL;
}

static int run_lines(const struct batch *batch, FILE *file)
{
	_cleanup_(batch_line_free) struct batch_line line = { 0 };
	bool end = false;
	int r, status = 0;

	for (;;) {
		r = batch_read(file, batch->name, &line, &end);
		if (r || end)
			return r ? complain(batch, r) : status;
		r = batch->run(batch->data, line.argc, line.argv);
		if (r == 0)
			continue;
		batch->failed(batch->data, line.number, r);
		status = CLI_FAIL;
		if (!batch->force)
			return status;
	}
}

static bool is_regular(FILE *file)
{
	struct stat st;

	return fstat(fileno(file), &st) == 0 && S_ISREG(st.st_mode);
}

int batch_run(const struct batch *batch)
{
	FILE *file;
	int status;

	if (str_eq(batch->file, "-"))
		return run_lines(batch, stdin);
	file = fopen(batch->file, "re");
	if (!file) {
		fprintf(stderr, "Cannot open file \"%s\" for reading: %s\n",
			batch->file, strerror(errno));
		return CLI_FAIL;
	}
	if (is_regular(file) && !any_is_ours(batch, file)) {
		fclose(file);
		return CLI_HANDOVER;
	}
	rewind(file);
	status = run_lines(batch, file);
	fclose(file);
	return status;
}
