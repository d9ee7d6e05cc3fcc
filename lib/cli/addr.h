/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Addresses and prefixes of IPv4 and IPv6 as iproute2 reads them: "10/8" is
 * 10.0.0.0/8, "default" is everything. No kernel, no resolver.
 */
#ifndef CLI_ADDR_H
#define CLI_ADDR_H

#include "words.h"

struct addr {
	uint8_t family;		/* AF_UNSPEC: "default", of any family */
	uint8_t bits;		/* of the prefix */
	uint8_t len;		/* of data: 4, 16, or 0 for all addresses */
	uint8_t data[16];
};

/*
 * Read @word, of this family or, with AF_UNSPEC, of the one it has. False: it
 * is none. An address has the prefix of its length.
 */
bool addr_read(const char *word, uint8_t family, struct addr *addr);
bool addr_read_prefix(const char *word, uint8_t family, struct addr *addr);

/* Take a word that must be one: 0, CLI_USAGE for no word, or CLI_FAIL after
 * the complaint. */
int addr_take(struct words *w, uint8_t family, struct addr *addr);
int addr_take_prefix(struct words *w, uint8_t family, struct addr *addr);

#endif
