/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Why an XDP request did not do what was meant, on stderr: what is on the
 * device, who keeps it there, what its driver says, and the command that
 * helps.
 */
#ifndef IPLINK_WHY_H
#define IPLINK_WHY_H

#include "iplink_xdp.h"

/* The kernel refused with the negative errno @error, saying @said ("" for
 * nothing), and the user has been told so. */
void why_refused(const struct xdp_job *job, int error, const char *said);

/* It was done: has it come to sit in another mode, or is another one left? */
void why_elsewhere(const struct xdp_job *job);

#endif
