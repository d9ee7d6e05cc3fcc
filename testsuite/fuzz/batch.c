/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Lines of a -batch file become words, which read the same when quoted. */
#include "fuzz.h"

#include "batchline.h"

/* what a quoted word of one line cannot hold: our own two, or a line's end */
static bool can_be_quoted(const char *word)
{
	return !strpbrk(word, "\"#\n");
}

static void check(const struct batch_line *line)
{
	_cleanup_(batch_line_free) struct batch_line again = { 0 };
	_cleanup_(batch_input_free) struct batch_input in = {
		.fd = -1, .ended = true,
	};
	bool end;
	int i;

	fuzz_check(line->argc > 1 && !line->argv[line->argc]);
	for (i = 1; i < line->argc; i++) {
		if (!can_be_quoted(line->argv[i]))
			return;
		buf_addf(&in.data, "\"%s\" ", line->argv[i]);
	}
	fuzz_check(batch_read(&in, line->argv[0], &again, &end) == 0 && !end);
	fuzz_check(again.argc == line->argc);
	for (i = 1; i < line->argc; i++)
		fuzz_check(str_eq(again.argv[i], line->argv[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(batch_line_free) struct batch_line line = { 0 };
	_cleanup_(batch_input_free) struct batch_input in = {
		.fd = -1, .ended = true,
	};
	char name[] = "ip";
	bool end = false;

	buf_add(&in.data, data, size);
	while (batch_read(&in, name, &line, &end) == 0 && !end) {
		fuzz_check(batch_is_ready(&in));
		if (line.argc > 1)
			check(&line);
	}
	return 0;
}
