/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The words that maps in section `.maps` are declared in. */
#ifndef BTF_API_H
#define BTF_API_H

#define __uint(name, val)	int (*name)[val]
#define __type(name, val)	__typeof__(val) *name
#define __array(name, val)	__typeof__(val) *name[]

#define LIBBPF_PIN_BY_NAME	1

#endif
