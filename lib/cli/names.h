/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Numbers and the names that iproute2 shows for them. No kernel, no output;
 * the databases under /etc/iproute2 are read when asked for.
 */
#ifndef CLI_NAMES_H
#define CLI_NAMES_H

#include "util.h"

/* ---- traffic control ---- */

#define NAME_HANDLE_SIZE 16

/* "ffff:fff2", "1:", ":a"; also "root", "none" for the two special values.
 * Returns @text. */
const char *name_handle(uint32_t handle, char text[NAME_HANDLE_SIZE]);

/* MAJOR:[MINOR], [MAJOR]:MINOR or a bare MINOR, hexadecimal; "root", "none".
 * False: it is none of these. */
bool name_to_handle(const char *text, uint32_t *handle);

#define NAME_PROTO_SIZE 16

/* Ethernet protocol (host order) as tc prints it: "all", "ip", "802.1Q",
 * "[4660]". Returns @text or a constant. */
const char *name_proto(uint16_t proto, char text[NAME_PROTO_SIZE]);
/* and back, case ignored; also any number, base as in C */
bool name_to_proto(const char *text, uint16_t *proto);

/* ---- links ---- */

/* IF_OPER_*: "UP"; NULL when the number has no name */
const char *name_operstate(uint8_t state);
/* IF_LINK_MODE_*: "DEFAULT" */
const char *name_linkmode(uint8_t mode);
/* ARPHRD_*: "ether"; NULL: without a name */
const char *name_arphrd(uint16_t type);
/* XDP_ATTACHED_*: "xdp", "xdpgeneric", ...; NULL: without a name */
const char *name_xdp_mode(uint8_t mode);

/* ---- routes ---- */

/* The number of a protocol, scope, table, realm or tos, by its name in the
 * databases of iproute2 or as a number. False: it is none. */
enum name_kind {
	NAME_RT_PROTO,		/* 8 bits */
	NAME_RT_SCOPE,		/* 8 bits */
	NAME_RT_TABLE,		/* 32 bits */
	NAME_RT_REALM,		/* 16 bits */
	NAME_RT_TOS,		/* 8 bits; a number is hexadecimal */
};

bool name_to_number(enum name_kind kind, const char *text, uint32_t *number);

/* RTN_*: "blackhole", of most of them the first letters; -1: none of them */
int name_to_route_type(const char *text);

/* ---- a database "NUMBER NAME" per line, as /etc/iproute2/group ---- */

struct name_db {
	struct name_row {
		uint32_t number;
		char *name;
	} *rows;
	size_t count;
};

/* a file that is not there, or says nothing, is an empty database */
void name_db_read(struct name_db *db, const char *path);
void name_db_free(struct name_db *db);
#define _cleanup_name_db_ _cleanup_(name_db_free)
/* the last row of that number wins; NULL: none */
const char *name_db_get(const struct name_db *db, uint32_t number);
/* the first row of that name; false: none */
bool name_db_find(const struct name_db *db, const char *name,
		  uint32_t *number);

#endif
