/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Lines of a -batch file become words, which read the same when quoted. */
#include "fuzz.h"

#include "batch.h"

/* what a quoted word of one line cannot hold: our own two, or a line's end */
static bool can_be_quoted(const char *word)
{
	return !strpbrk(word, "\"#\n");
}

static void check(const struct batch_line *line)
{
	_cleanup_(batch_line_free) struct batch_line again = { 0 };
	_cleanup_buf_ struct buf text = { 0 };
	bool end;
	FILE *file;
	int i;

	fuzz_check(line->argc > 1 && !line->argv[line->argc]);
	for (i = 1; i < line->argc; i++) {
		if (!can_be_quoted(line->argv[i]))
			return;
		buf_addf(&text, "\"%s\" ", line->argv[i]);
	}
	file = fmemopen(text.data, text.len, "r");
	if (!file)
		return;
	fuzz_check(batch_read(file, line->argv[0], &again, &end) == 0 && !end);
	fclose(file);
	fuzz_check(again.argc == line->argc);
	for (i = 1; i < line->argc; i++)
		fuzz_check(str_eq(again.argv[i], line->argv[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(batch_line_free) struct batch_line line = { 0 };
	char name[] = "ip";
	bool end = false;
	FILE *file;

	if (!size)
		return 0;
	file = fmemopen((void *)data, size, "r");
	while (file && batch_read(file, name, &line, &end) == 0 && !end)
		check(&line);
	if (file)
		fclose(file);
	return 0;
}
