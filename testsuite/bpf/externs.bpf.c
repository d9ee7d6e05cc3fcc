/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What is known only when the object is loaded: settings of whoever loads it,
 * and the kernel's configuration, symbols and functions.
 */
#include <linux/bpf.h>
#include <stdbool.h>

#define SEC(name)	__attribute__((section(name), used))
#define __kconfig	__attribute__((section(".kconfig")))
#define __ksym		__attribute__((section(".ksyms")))
#define __weak		__attribute__((weak))

enum libbpf_tristate { TRI_NO = 0, TRI_YES = 1, TRI_MODULE = 2 };

extern bool CONFIG_BPF __kconfig;
extern char CONFIG_BPF_SYSCALL __kconfig;
extern int CONFIG_HZ __kconfig;
extern unsigned long long CONFIG_NR_CPUS __kconfig;
extern enum libbpf_tristate CONFIG_NET __kconfig __weak;
extern short CONFIG_NO_SUCH_OPTION __kconfig __weak;
extern char CONFIG_CC_VERSION_TEXT[8] __kconfig;
extern unsigned int LINUX_KERNEL_VERSION __kconfig;
extern bool LINUX_HAS_BPF_COOKIE __kconfig;

extern const void bpf_prog_put __ksym;
extern const void no_such_symbol __ksym __weak;
extern const int no_such_variable __ksym __weak;
extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;
extern int no_such_function(int number) __ksym __weak;

enum mode { OFF, SLOW = 5, FAST = -3 };

const volatile struct {
	short low;
	struct {
		unsigned char deep[3];
	};
	unsigned int bits:3;
} tuning = { .low = 7, .deep = { 1, 2, 3 } };

const volatile unsigned char byte = 1;
const volatile long long wide = -1;
const volatile bool flag;
const volatile enum mode mode = SLOW;
const volatile char text[8] = "old";
static volatile int counter = 3;
unsigned int zero;

SEC("tc") int settings(struct __sk_buff *skb)
{
	return byte + wide + flag + mode + text[0] + tuning.low +
	       tuning.deep[1] + tuning.bits + counter + zero;
}

SEC("tc") int options(struct __sk_buff *skb)
{
	return CONFIG_BPF + CONFIG_BPF_SYSCALL + CONFIG_HZ + CONFIG_NR_CPUS + CONFIG_NET +
	       CONFIG_NO_SUCH_OPTION + CONFIG_CC_VERSION_TEXT[1] +
	       LINUX_KERNEL_VERSION + LINUX_HAS_BPF_COOKIE;
}

/* a digit each */
SEC("tc") int symbols(struct __sk_buff *skb)
{
	int n = (unsigned long)&bpf_prog_put >> 63;

	bpf_rcu_read_lock();
	n += 10 * !&no_such_symbol;
	bpf_rcu_read_unlock();
	n += 100 * !&no_such_variable;
	if (no_such_function)
		n += no_such_function(n);
	return n;
}

#ifndef WITHOUT_REFUSED
extern const void not_there __ksym;
extern void not_there_either(void) __ksym;
extern int CONFIG_NOT_THERE __kconfig;

SEC("needs/symbol") int needs_symbol(struct __sk_buff *skb)
{
	return (unsigned long)&not_there >> 63;
}

SEC("needs/function") int needs_function(struct __sk_buff *skb)
{
	not_there_either();
	return 0;
}

SEC("needs/option") int needs_option(struct __sk_buff *skb)
{
	return CONFIG_NOT_THERE;
}

SEC("needs/weak") int needs_weak(struct __sk_buff *skb)
{
	return no_such_function(1);
}
#endif

#ifdef WITH_VARIABLE
extern const int bpf_prog_active __ksym;
static void *(*this_cpu_ptr)(const void *) = (void *)BPF_FUNC_this_cpu_ptr;

SEC("needs/variable") int needs_variable(struct __sk_buff *skb)
{
	return *(int *)this_cpu_ptr(&bpf_prog_active);
}
#endif

char _license[] SEC("license") = "GPL";
