/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "capture.h"

#include <check.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "util.h"

void capture_begin(struct capture *capture, int fd)
{
	fflush(NULL);
	capture->fd = fd;
	capture->saved = dup(fd);
	capture->file = memfd_create("capture", MFD_CLOEXEC);
	ck_assert_int_ge(capture->saved, 0);
	ck_assert_int_ge(capture->file, 0);
	ck_assert_int_eq(dup2(capture->file, fd), fd);
}

char *capture_end(struct capture *capture)
{
	struct stat st;
	char *text;

	fflush(NULL);
	dup2(capture->saved, capture->fd);
	close(capture->saved);
	ck_assert_int_eq(fstat(capture->file, &st), 0);
	text = calloc(1, st.st_size + 1);
	ck_assert_int_eq(pread(capture->file, text, st.st_size, 0), st.st_size);
	close(capture->file);
	return text;
}

int split_words(char *line, char *argv[32])
{
	int argc = 1;
	char *save;

	argv[0] = (char *)"test";
	for (char *word = strtok_r(line, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		ck_assert_int_lt(argc, 31);
		argv[argc++] = word;
	}
	argv[argc] = NULL;
	return argc;
}
