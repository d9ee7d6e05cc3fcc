/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Closing many descriptors: those that follow each other with one call. */
#ifndef BPFELF_FDS_H
#define BPFELF_FDS_H

/* what is still to be closed; { 0 } at first */
struct fds_run {
	int first;
	int cnt;
};

/* Close it, at the latest with fds_end(). @fd: -1 is none. */
void fds_close(struct fds_run *run, int fd);
void fds_end(struct fds_run *run);

#endif
