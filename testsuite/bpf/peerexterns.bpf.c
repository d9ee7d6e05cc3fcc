/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Options and symbols of the kernel. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <stdbool.h>

#include "bpf_api.h"

#define SEC(name)	__attribute__((section(name), used))
#define __kconfig	__attribute__((section(".kconfig")))
#define __ksym		__attribute__((section(".ksyms")))
#define __weak		__attribute__((weak))

extern bool CONFIG_BPF __kconfig;
extern int CONFIG_HZ __kconfig;
extern unsigned long long CONFIG_NR_CPUS __kconfig;
extern short CONFIG_NO_SUCH_OPTION __kconfig __weak;
extern char CONFIG_CC_VERSION_TEXT[8] __kconfig;
extern unsigned int LINUX_KERNEL_VERSION __kconfig;

extern const void bpf_prog_put __ksym;
extern const void no_such_symbol __ksym __weak;
extern const int no_such_variable __ksym __weak;

SEC("tc") int options(struct __sk_buff *skb)
{
	if (CONFIG_HZ > 100000)		/* which the verifier knows */
		return skb->len / CONFIG_NR_CPUS;
	return CONFIG_BPF + CONFIG_NO_SUCH_OPTION + CONFIG_CC_VERSION_TEXT[1] +
	       LINUX_KERNEL_VERSION;
}

SEC("xdp") int symbols(struct xdp_md *ctx)
{
	return (long)&bpf_prog_put >> 32 && !&no_such_symbol && !&no_such_variable ?
	       XDP_PASS : XDP_DROP;
}

char _license[] SEC("license") = "GPL";
