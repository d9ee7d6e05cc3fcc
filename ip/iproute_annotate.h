/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What `ip route show` has printed, and which programs the names in it mean.
 *
 * It knows how iproute2 lays out routes that run programs, as text and JSON
 * (5.x to 7.x), and changes nothing else; no kernel.
 */
#ifndef IPROUTE_ANNOTATE_H
#define IPROUTE_ANNOTATE_H

#include "buf.h"
#include "label.h"

/* " id 7 name f tag 0123456789abcdef" behind a name, " id 7|9" and the tag if
 * they share it when nobody can tell which one it is, nothing for none */
void annotate_text(const struct labels *labels, const struct buf *text,
		   struct buf *out);

/* behind "in" the key "in_prog" with an object, or "in_prog_candidates" with
 * an array of them; and so on */
void annotate_json(const struct labels *labels, const struct buf *text,
		   struct buf *out);

#endif
