/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "rest.h"

static void within_string(struct rest *rest, char c)
{
	if (rest->escaped)
		rest->escaped = false;
	else if (c == '\\')
		rest->escaped = true;
	else if (c == '"')
		rest->quoted = false;
}

/* does this character end an element of the array? */
static bool ends_element(struct rest *rest, char c)
{
	if (rest->quoted) {
		within_string(rest, c);
		return false;
	}
	if (c == '"')
		rest->quoted = true;
	else if (c == '[' || c == '{')
		rest->depth++;
	else if ((c == ']' || c == '}') && rest->depth)
		return --rest->depth == 1;
	return false;
}

size_t rest_skip(struct rest *rest, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len && rest->records; i++)
		if (rest->json ? ends_element(rest, text[i])
			       : text[i] == rest->line_end)
			rest->records--;
	return i;
}
